"""`chatadmin check`: is everything fit to serve? One line a thing, and what to do about it."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.cli import CommandError
from app.commands.opened import with_store
from app.config import Settings, masked
from app.server.listeners import ListenError, listen
from app.store.store import Store

# Bytes free below which a shop should look: a year of a small one's messages.
ENOUGH_DISK = 1 << 30
# Milliseconds the store's clock may differ from ours before sessions and times look odd.
CLOCK = 2000


class Finding(NamedTuple):
    """What was looked at, and how it is: `ok`, `warn` or `fail`."""

    verdict: str
    what: str
    says: str


def check(settings: Settings) -> int:
    """Print the findings; exit status 1 where one failed."""
    findings = [Finding("ok", "configuration", "can be read"), _port(settings), *_store(settings), *_disk(settings)]
    for finding in findings:
        print(f"{finding.verdict:4}  {finding.what}: {finding.says}")
    return 1 if any(finding.verdict == "fail" for finding in findings) else 0


def _port(settings: Settings) -> Finding:
    try:
        listen(settings.server).close()
    except ListenError as error:
        if _answers(settings.server):
            return Finding("ok", "port", f"{settings.server} is in use, by a chatadmin that answers")
        return Finding("fail", "port", str(error))
    return Finding("ok", "port", f"{settings.server} is free")


def _answers(server: str) -> bool:
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.create_connection((host if host not in ("", "0.0.0.0", "::") else "127.0.0.1", int(port)), 2) as s:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b" 200 " in s.recv(64)
    except OSError:
        return False


def _store(settings: Settings) -> Iterator[Finding]:
    async def look(store: Store) -> list[Finding]:
        seconds, micros = await store.client.time()
        info = await store.client.info()
        apart = abs(int(seconds) * 1000 + int(micros) // 1000 - int(time.time() * 1000))
        version = info.get("valkey_version") or info.get("redis_version")
        return [
            Finding("ok", "store", f"{info.get('server_name', 'redis')} {version} at {store.link.address}"),
            Finding("ok", "clock", f"{apart} ms from the store's")
            if apart <= CLOCK
            else Finding("warn", "clock", f"{apart} ms from the store's: set both by NTP"),
            Finding("ok", "durability", "append-only file is on")
            if info.get("aof_enabled")
            else Finding(
                "warn", "durability", "no append-only file: a crash of the store loses messages (appendonly yes)"
            ),
            Finding("ok", "agents", "an administrator can log in")
            if await store.people.has_admin()
            else Finding("warn", "agents", "there is no administrator yet: chatadmin agent add NAME --role admin"),
        ]

    try:
        yield from with_store(settings, look)
    except CommandError as error:
        yield Finding("fail", "store", str(error))


def _disk(settings: Settings) -> Iterator[Finding]:
    if settings.redis:
        yield Finding("ok", "disk", f"data is kept by the store at {masked('redis', settings.redis)}")
        return
    place = Path(settings.data_dir)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    verdict = "ok" if free > ENOUGH_DISK else "warn"
    yield Finding(verdict, "disk", f"{free // (1 << 20)} MiB free at {settings.data_dir}")
