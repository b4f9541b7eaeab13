"""`chatadmin check`: is everything fit to serve? One line a thing, and what to do about it."""

import os
import resource
import shutil
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.chat import alerts, sites
from app.chat.widget import Widget
from app.commands.error import CommandError
from app.commands.opened import with_store
from app.config import Settings, masked
from app.files.directory import MARK, Directory
from app.server.listeners import ListenError, listen, near, split
from app.store.errors import EmbeddedError
from app.store.private import existing, refuse_unfit
from app.store.store import Store

# Bytes free below which a shop should look: years of a small one's messages.
ENOUGH_DISK = 1 << 30
# Milliseconds the store's clock may differ from ours before sessions and times look odd.
MAX_CLOCK_SKEW_MS = 2000
# Unix time of a day in 2026: a clock before this program was written is wrong.
EARLIEST_CLOCK = 1767225600
# Descriptors: one for each open page, and some.
ENOUGH_DESCRIPTORS = 1024
# Seconds for a running instance to answer.
ANSWER_TIMEOUT = 2.0


class Finding(NamedTuple):
    """What was looked at, and how it is: `ok`, `warn` or `fail`."""

    verdict: str
    what: str
    says: str


def check(settings: Settings, exposed: list[str]) -> int:
    """Print the findings; exit status 1 where one failed. `exposed`: what is said of secrets that lie open."""
    failed = False
    for finding in (*(Finding("warn", "secrets", line) for line in exposed), *_findings(settings)):
        print(f"{finding.verdict:4}  {finding.what}: {finding.says}", flush=True)
        failed = failed or finding.verdict == "fail"
    return int(failed)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "configuration", "every setting is understood")
    yield _port(settings)
    yield _mail(settings)
    yield from _store(settings)
    if not settings.redis:
        yield from _disk(Path(settings.data_dir))
    yield _descriptors()


def _port(settings: Settings) -> Finding:
    try:
        listen(settings.server).close()
    except ListenError as error:
        if _answers(settings):
            return Finding("ok", "port", f"{settings.server} is taken by a chatadmin that answers")
        return Finding("fail", "port", str(error))
    return Finding("ok", "port", f"{settings.server} is free")


def _mail(settings: Settings) -> Finding:
    """Whether the mail server would let us send; none is sent."""
    from app.commands.mail import fault  # as long to load as all the rest

    needed = {"mail.smtp": settings.mail.smtp, "mail.from": settings.mail.sender, "url": settings.url}
    lacking = [name for name, value in needed.items() if not value]
    if len(lacking) == len(needed):
        return Finding("ok", "mail", "none is sent: README says how to set it up")
    if lacking:
        return Finding("warn", "mail", f"none is sent without {' and '.join(lacking)}")
    if says := fault(settings):
        return Finding("warn", "mail", says)
    host, url = settings.mail.server.host, settings.url
    if url.startswith("http://"):
        return Finding("warn", "mail", f"{host} takes it; its links lead to {url}, which is not encrypted")
    return Finding("ok", "mail", f"{host} takes it; its links lead to {url}")


def _answers(settings: Settings) -> bool:
    """Whether it is one of us that listens there."""
    import http.client

    host, port = split(settings.server)
    host = near(host)
    if settings.tls.certificate:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # our own certificate, for another name
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=ANSWER_TIMEOUT, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_TIMEOUT)
    try:
        connection.request("GET", "/v1/me")
        return connection.getresponse().read(256).startswith(b'{"code":"no_session"')
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.redis or Path(settings.data_dir).exists():
        yield from _look(settings, settings.files_directory)
        return
    place = existing(Path(settings.data_dir))
    try:
        refuse_unfit(Path(settings.data_dir))
        with tempfile.TemporaryDirectory(prefix=".chatadmin-check-", dir=place) as folder:  # and leave nothing
            yield Finding("ok", "data", f"{settings.data_dir} will be made by the first start")
            yield from _look(msgspec.structs.replace(settings, data_dir=folder), settings.files_directory)
    except EmbeddedError as error:
        yield Finding("fail", "data", str(error))
    except OSError as error:
        says = f"{settings.data_dir} cannot be made in {place} ({error.strerror}): give another with --data-dir"
        yield Finding("fail", "data", says)


def _look(settings: Settings, files: str) -> Iterator[Finding]:
    async def look(store: Store) -> list[Finding]:
        info = await store.info()
        clock, agents, listed = (
            _clock(await store.now_ms()),
            await _agents(settings, store),
            await _sites(settings, store),
        )
        found = [_version(settings, info), clock, _durability(info), agents, listed, await _files(files, store)]
        return [*found, *await _delivery(settings, store)]

    try:
        yield from with_store(settings, look)
    except CommandError as error:
        yield Finding("fail", "store", str(error))


def _version(settings: Settings, info: dict[str, str]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version") or info["redis_version"]
    place = f"at {masked('redis', settings.redis)}" if settings.redis else "of our own"
    return Finding("ok", "store", f"{name} {version} {place}, maxmemory-policy noeviction")


def _clock(now_ms: int) -> Finding:
    apart = abs(now_ms - int(time.time() * 1000))
    if time.time() < EARLIEST_CLOCK:
        return Finding("fail", "clock", f"this machine's says {time.strftime('%Y-%m-%d')}: set it, best by NTP")
    if apart > MAX_CLOCK_SKEW_MS:
        return Finding("warn", "clock", f"{apart} ms from the store's: set both by NTP")
    return Finding("ok", "clock", f"{apart} ms from the store's")


def _durability(info: dict[str, str]) -> Finding:
    if info.get("aof_enabled") == "1":
        return Finding("ok", "durability", "the append-only file is on")
    return Finding("warn", "durability", "a crash of the store loses messages: set appendonly yes in its configuration")


async def _agents(settings: Settings, store: Store) -> Finding:
    if not await store.people.has_admin():
        return Finding("warn", "agents", "there is no administrator yet: chatadmin agent add NAME --role admin")
    told = not (settings.sends_mail and settings.alerts.after) or alerts.on_duty(await store.people.agents())
    if not told:
        says = "nobody is told by mail who waits too long: who takes conversations confirms an address (Settings, You)"
        return Finding("warn", "agents", says)
    return Finding("ok", "agents", "an administrator can log in")


async def _sites(settings: Settings, store: Store) -> Finding:
    """The configuration's, and those that administrators added."""
    listed = sites.together(sites.listed(settings.sites), (await store.widget.read(Widget())).sites)
    return Finding("ok", "sites", f"the chat may be shown by {', '.join(listed) or 'no site but its own'}")


async def _delivery(settings: Settings, store: Store) -> list[Finding]:
    """What waits to be told by mail; nothing where none is sent and none waits."""
    waiting, oldest_ms, dead = await store.outbox.figures()
    if not (settings.sends_mail or waiting or dead):
        return []
    hours = (await store.now_ms() - oldest_ms) // 3_600_000 if oldest_ms else 0
    troubles = []
    if waiting and not settings.sends_mail:
        troubles.append("and none can be sent: set mail.smtp, mail.from and url")
    elif hours:
        troubles.append(f"the oldest for {hours} h longer than it should")
    if dead:
        troubles.append(f"people to whom something was given up in 30 days: {dead}")
    if troubles:
        says = f"waiting for a mail: {waiting}; {'; '.join(troubles)}. The page Delivery in the console says why"
        return [Finding("warn", "delivery", says)]
    return [Finding("ok", "delivery", f"waiting for a mail: {waiting}, none longer than it should")]


async def _files(place: str, store: Store) -> Finding:
    """Whether the place of files is there, the one this store's files are in, and for us to write to."""
    if not place:
        says = "none are taken: with a store of your own set files.directory, a place that all servers on it share"
        return Finding("warn", "files", says)
    root = Path(place)
    try:
        mark, home = Directory(root).mark(), await store.files.home()
    except OSError as error:
        return Finding("fail", "files", f"{root} cannot be looked at ({error.strerror}): none are taken")
    if not os.access(existing(root), os.W_OK | os.X_OK):
        return Finding("fail", "files", f"{existing(root)} may not be written by this user: none are taken")
    if mark == home and mark:
        free, total = shutil.disk_usage(root).free, await store.files.total()
        return Finding("ok", "files", f"{total >> 20} MiB in {root}, {free >> 20} MiB free")
    if not home and Directory(root).empty() and (not mark or await store.files.made(mark)):
        return Finding("ok", "files", f"they will be kept in {root}")
    return Finding("fail", "files", _wrong_place(root, home))


def _wrong_place(root: Path, home: str) -> str:
    if not home:
        return f"{root} is the place of another store: none are taken until files.directory names another place"
    return (
        f"{root} is not where this store's files are, so none are taken: mount the place that all servers share, "
        f"or, if it is lost for good, write {home} into {root / MARK}"
    )


def _disk(data_dir: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(existing(data_dir)).free
    if free > ENOUGH_DISK:
        yield Finding("ok", "disk", f"{free >> 20} MiB free at {data_dir}")
    else:
        yield Finding("warn", "disk", f"only {free >> 20} MiB free at {data_dir}: a full disk stops the chat")


def _descriptors() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < ENOUGH_DESCRIPTORS:
        return Finding(
            "warn", "descriptors", f"{soft} open files allowed (ulimit -n, at most {hard}): one for each open page"
        )
    return Finding("ok", "descriptors", f"{soft} open files allowed")
