"""What serves: for each name a certificate, read again when its file has changed.

A certificate that changed is loaded into a context of its own, which takes its place only once it took both chain and
key: so a pair that does not fit, or half a file, changes nothing. (Loading into the context that serves would do for a
pair that fits; but of one that does not it keeps the half, and beside a new key of another kind it goes on offering the
old one.) Which context a connection gets is decided at its first bytes, so no handshake ever waits or fails for it.
"""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.config import Settings
from app.tls.folder import Folder
from app.tls.validity import validity

log = logging.getLogger("chatadmin.tls")

# What Hypercorn takes, too: RFC 7540, 9.2.
_CIPHERS = "ECDHE+AESGCM"

# Of each file what changes with it: when, how much and where it was written; () for none.
Seen = tuple[tuple[int, int, int], ...]


@dataclass
class _Source:
    """Where a certificate lies: in one file with its key, or in two."""

    files: tuple[Path, ...]
    context: ssl.SSLContext | None = None
    ends: float = 0.0  # unix seconds; of what is loaded
    read: Seen = ()  # as it was loaded, or refused
    before: Seen = ()  # as it was at the last look

    def seen(self) -> Seen:
        try:
            found = [file.stat() for file in self.files]
        except OSError:
            return ()
        return tuple((one.st_mtime_ns, one.st_size, one.st_ino) for one in found)


@dataclass
class Served:
    """The certificates of these settings. `tells`: whether it says in the log what it does, as one of many does."""

    settings: Settings
    tells: bool = True
    context: ssl.SSLContext = field(init=False)
    """What the server listens with."""
    _named: dict[str, _Source] = field(init=False, default_factory=dict)

    _other: _Source = field(init=False)

    def __post_init__(self) -> None:
        tls = self.settings.tls
        if tls.automatic:
            folder = Folder(self.settings.data_dir)
            self._named = {name: _Source((folder.certificate(name),)) for name in self.settings.certified}
            self._other = _Source((folder.self_signed,))
        else:
            self._other = _Source((Path(tls.certificate), Path(tls.key)))
        for source in (*self._named.values(), self._other):
            self._load(source, source.seen())
        self.context = self._context() or _context()  # with none at all handshakes fail, until there is one
        self.context.sni_callback = self._choose

    async def watch(self, interval: float) -> None:
        """Look at the files every `interval` seconds, until cancelled."""
        while True:
            await asyncio.sleep(interval)
            self.look()

    def look(self) -> None:
        """Take what has changed, once it no longer does: another program may write two files one after the other."""
        for source in (*self._named.values(), self._other):
            seen = source.seen()
            settled = seen == source.before or self.settings.tls.automatic  # what we write is whole
            source.before = seen
            if seen and seen != source.read and settled:
                self._load(source, seen)

    def ends(self) -> float:
        """When the first of them ends that serves, in unix seconds; of names without one that is now. 0 where nobody
        vouches for any."""
        if not self._named:
            return self._other.ends
        return min(source.ends for source in self._named.values())

    def _load(self, source: _Source, seen: Seen) -> None:
        if not seen:
            return
        source.read = source.before = seen
        first = source.context is None
        name = " and ".join(map(str, source.files))
        try:
            made = _context(*source.files)
            source.ends = validity(source.files[0].read_bytes()).ends
            source.context = made
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = getattr(error, "reason", None) or error
            what = "is of no use" if first else "is of no use, and the one before goes on serving"
            self._tell(logging.ERROR, f"the certificate in {name} {what}: {reason}")
            return
        if not first or (self._named and source is not self._other):
            until = time.strftime("%Y-%m-%d", time.gmtime(source.ends))
            self._tell(logging.INFO, f"the certificate in {name} serves, until {until}")

    def _tell(self, level: int, sentence: str) -> None:
        log.log(level if self.tells else logging.DEBUG, "%s", sentence)

    def _choose(self, connection: "ssl.SSLObject | ssl.SSLSocket", name: str | None, _: ssl.SSLContext) -> None:
        """At a client's first bytes, with the name it asks for."""
        if context := self._context(name or ""):
            connection.context = context

    def _context(self, name: str = "") -> ssl.SSLContext | None:
        """For a name; for one that is none of ours, or none, that of the first, as browsers then say so."""
        asked = self._named.get(name.lower())
        sources = [asked, self._other] if asked else [*self._named.values(), self._other]
        return next((source.context for source in sources if source.context), None)


def _context(certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """As Hypercorn makes one. Raises OSError (ssl.SSLError), ValueError."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.set_ciphers(_CIPHERS)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION
    made.set_alpn_protocols(["http/1.1"])
    if certificate:
        made.load_cert_chain(certificate, key, password="")
    return made
