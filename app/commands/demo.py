"""`chatadmin demo`: a throw-away shop on this machine, with customers in it."""

import asyncio
import os
import re
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from app.commands.error import CommandError
from app.commands.opened import with_store
from app.commands.said import reason
from app.config import ConfigError, Loaded, MailSettings, Settings
from app.server.run import serve
from app.store import child, datadir
from app.store.low_water import ENOUGH_BYTES
from app.store.store import Store

AGENTS = ("admin", "administrator")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_FOLDER = re.compile(r"chatadmin-demo-(\d+)-\w+")


def demo(loaded: Loaded) -> int:
    """Serve the demo until a signal; returns the exit status. Raises ConfigError, CommandError."""
    signal.signal(signal.SIGTERM, _leave)  # until `serve` listens: so that what follows is cleaned up
    signal.signal(signal.SIGHUP, _leave)
    folder = _temporary_folder()
    visitors = 0
    try:
        settings = _throw_away(loaded, folder)
        with_store(settings, _hire)
        print(
            f"This is a demo. Log in at /admin as {' or '.join(AGENTS)}, without a password, and answer the customers\n"
            "who are about to come; open the visitors' page in another window and be one yourself.\n"
            "Nobody else can reach it, and nothing of it is kept.\n",
            flush=True,
        )
        visitors = child.fork(lambda: _customers(f"http://{settings.server}"))
        return serve(settings)
    finally:
        _end(visitors)
        shutil.rmtree(folder, ignore_errors=True)


def _temporary_folder() -> Path:
    try:
        _sweep()
        place = Path(tempfile.gettempdir())
        if shutil.disk_usage(place).free < ENOUGH_BYTES:  # with less the store takes nothing
            raise CommandError(f"{place} is too full for the demo: set TMPDIR to a folder with room")
        return Path(tempfile.mkdtemp(prefix=f"chatadmin-demo-{os.getpid()}-", dir=place))
    except OSError as error:
        raise CommandError(f"no temporary folder for the demo: {reason(error)}; set TMPDIR") from None


def _throw_away(loaded: Loaded, folder: Path) -> Settings:
    """The operator's settings, without their store, files, certificate, mail server and the rest of the network."""
    settings = loaded.settings
    host, _, port = settings.server.rpartition(":")
    if host not in _LOOPBACK:
        if loaded.origin["server"] == "--server":
            asked = host or "every address"
            raise ConfigError(f"--server: the demo has no passwords, so it listens on 127.0.0.1 only, not on {asked}")
        host = _LOOPBACK[0]
    return msgspec.structs.replace(
        settings,
        server=f"{host}:{_free(host.strip('[]'), int(port))}",
        redis="",
        data_dir=str(folder),
        files=msgspec.structs.replace(settings.files, directory=""),
        workers=1,
        shop_name=settings.shop_name or "The Rain Shop",
        tls=msgspec.structs.replace(loaded.settings.tls, certificate="", key="", automatic=False),
        mail=MailSettings("", ""),
    )


def _free(host: str, port: int) -> int:
    """`port`, or any free one where it is taken: a tour should not fail for that."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port, 0):
        with socket.socket(family, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, candidate))
            return int(probe.getsockname()[1])
    raise CommandError(f"cannot listen on {host}; give another address with --server HOST:PORT")


async def _hire(store: Store) -> None:
    for name in AGENTS:
        await store.people.add_agent(name, "", "admin")


def _customers(url: str) -> int:
    from app.commands.customers import crowd

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    asyncio.run(crowd(url))
    return 0


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(0)


def _end(pid: int) -> None:
    """End the customers; they have nothing to save."""
    with suppress(ProcessLookupError, ChildProcessError):  # gone already, and reaped
        if pid and os.waitpid(pid, os.WNOHANG)[0] == 0:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _sweep() -> None:
    """Remove what demos of this user left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("chatadmin-demo-*"):
        found = _FOLDER.fullmatch(folder.name)
        with suppress(OSError):
            if found and not child.alive(int(found[1])) and folder.stat().st_uid == os.geteuid():
                datadir.forget_socket(folder)  # which may lie elsewhere
                shutil.rmtree(folder)
