"""Certificates that come by themselves: one for each name of `hosts:`, fetched, and renewed in time.

A name by itself, so that one that leads elsewhere hinders no other. What fails leaves the certificate there is, says
why, and is tried again, the later the more often it failed; that is kept over a restart, so that an authority is never
asked more often than it allows.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from app.config import Settings
from app.store.errors import StoreError
from app.store.store import Store
from app.tls import renewing
from app.tls.folder import Folder, Try
from app.tls.trouble import AcmeTrouble
from app.tls.validity import Validity, validity

if TYPE_CHECKING:
    from app.tls.authority import Authority

log = logging.getLogger("chatadmin.courier")

T = TypeVar("T")

# Seconds between two looks, at most; of a certificate that ends soon they are fewer.
LOOK_INTERVAL, _SHORTEST = 60.0, 1.0
# Seconds between two questions when the authority would have one renewed (RFC 9773), and that as a part of a life.
_ASKED_INTERVAL, _ASKED_PART = 6 * 3600.0, 1 / 12
# Seconds the store gets to take an answer.
_STORE_TIMEOUT = 20.0
# Seconds between two words on one that could not be renewed for long.
_TOLD_INTERVAL = 12 * 3600.0


class CertificateWatcher:
    """Fetches what is lacking or due, one after another."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._folder = Folder(settings.data_dir)
        self._thread = ThreadPoolExecutor(1, "authority")
        self._authority: Authority | None = None
        self._said: dict[str, tuple[float | None, float]] = {}  # when to renew each, and when to ask again
        self._told: dict[str, float] = {}  # when an alarm was last raised of each
        known = self._folder.tries()
        self._tries = {name: renewing.restarted(known[name]) for name in settings.certified if name in known}

    async def run(self) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            pause = LOOK_INTERVAL
            try:
                pause = await self.look()
            except OSError as error:  # a full disk, above all
                log.error("certificates cannot be looked after: %s", error)
            await asyncio.sleep(pause)

    async def look(self) -> float:
        """Fetch what is due; returns in how many seconds to look again."""
        until = time.time() + LOOK_INTERVAL
        for name in self._settings.certified:
            found = self._certificate(name)
            due = await self._due(name, found)
            if time.time() >= due:
                found = await self._fetch(name, found)
                due = await self._due(name, found)
            if name in self._tries and renewing.alarming(found, time.time()):
                self._alarm(name, found)
            until = min(until, due)
        return max(until - time.time(), _SHORTEST)

    def _certificate(self, name: str) -> Validity | None:
        """Of what is there for a name; what cannot be read is as good as none."""
        try:
            return validity(self._folder.certificate(name).read_bytes())
        except (OSError, ValueError):
            return None

    async def _due(self, name: str, found: Validity | None) -> float:
        """When to fetch, in unix seconds."""
        tried = self._tries.get(name, Try())
        if found is None:
            return tried.next_at
        at, again = self._said.get(name, (None, 0.0))
        if time.time() >= again:
            at, again = await self._asked(name, found)
            self._said[name] = at, again
        return max(renewing.renewal(found, at), tried.next_at)

    async def _asked(self, name: str, found: Validity) -> tuple[float | None, float]:
        """When the authority would have it renewed, and when to ask again."""
        pem = self._folder.certificate(name).read_bytes()
        try:
            at, again = await self._threaded(lambda: self._asking().renewal(pem))
        except AcmeTrouble:  # by its life, then
            at, again = None, 0.0
        soon = time.time() + min(_ASKED_INTERVAL, found.life * _ASKED_PART)
        return at, min(max(again, soon), time.time() + _ASKED_INTERVAL)

    async def _fetch(self, name: str, found: Validity | None) -> Validity | None:
        """Bring one; what is there afterwards."""
        log.info("a certificate is asked for", extra={"host": name})
        try:
            found = await self._threaded(lambda: self._asking().fetch(name))
        except AcmeTrouble as trouble:
            tried = renewing.failed(self._tries.get(name, Try()), time.time(), str(trouble), trouble.wait, found)
            self._tries[name] = tried
            again = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(tried.next_at))
            log.warning("no certificate came for %s: %s. The next try is at %s", name, trouble, again)
        else:
            self._tries.pop(name, None)
            self._said.pop(name, None)
            log.info("a certificate came", extra={"host": name, "days": round(found.life / 86400, 1)})
        self._folder.put_tries(self._tries)
        return found

    def _alarm(self, name: str, found: Validity | None) -> None:
        """Say that it will not do for much longer."""
        now = time.time()
        if found is None or now - self._told.get(name, 0.0) < _TOLD_INTERVAL:
            return  # that there is none was said where it failed
        self._told[name] = now
        days, reason = (found.ends - now) / 86400, self._tries[name].reason
        log.error("the certificate of %s ends in %.1f days and could not be renewed: %s", name, days, reason)

    async def _threaded(self, work: Callable[[], T]) -> T:
        """What it returns or raises. At our end nobody waits for it: it goes with the process."""
        return await asyncio.wrap_future(self._thread.submit(work))

    def _asking(self) -> "Authority":
        """The authority, in whose thread we are."""
        if self._authority is None:
            from app.tls.authority import Authority

            challenges = self._store.challenges
            self._authority = Authority(
                self._settings.tls, self._folder, self._waiting(challenges.put), self._waiting(challenges.drop)
            )
        return self._authority

    def _waiting(self, work: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
        """What the loop does, for a thread that waits for it."""

        def wait(*args: str) -> None:
            try:
                asyncio.run_coroutine_threadsafe(work(*args), self._loop).result(_STORE_TIMEOUT)
            except (StoreError, TimeoutError) as error:
                raise OSError(f"the store takes nothing now: {error}") from None

        return wait
