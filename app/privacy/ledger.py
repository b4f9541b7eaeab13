"""Who was erased: it outlives them, so that no older backup brings them back.

A uid cannot be read from it, nor guessed: it holds digests alone, each with a salt. Whoever has a uid can ask.
"""

import os
import secrets
import time
from pathlib import Path

import msgspec

from app.store import private
from app.store.hashes import salted
from app.store.store import Store

FILE = "erased.jsonl"
"""What it is called where it lies beside backups."""
FORMAT = 1


class LedgerError(Exception):
    """It cannot be read: one line for the operator. Nothing may be restored without it, so nobody goes on."""


class _Salt(msgspec.Struct):
    """A line of the file: those that follow are digests with this salt, hex. `erased`: the format."""

    salt: str
    erased: int


class _Line(msgspec.Struct):
    """A line of the file: the digest of somebody who was erased, hex, and when, unix ms."""

    digest: str
    at: int


class Ledger:
    """Those who were erased, by digests of their uids: SHA-256 of the salt and the uid, hex, one behind the other.

    One that was merged of several has several salts, and each is asked.
    """

    def __init__(self, salt: str = "") -> None:
        self.salt = salt or secrets.token_hex(16)
        """With what those are digested who are added."""
        self._erased: dict[str, dict[str, int]] = {self.salt: {}}

    def __len__(self) -> int:
        return sum(map(len, self._erased.values()))

    @property
    def last_ms(self) -> int:
        """When the last of them was erased, unix ms; 0 where it holds nobody."""
        return max((at for own in self._erased.values() for at in own.values()), default=0)

    def holds(self, uid: str) -> bool:
        """Whether that person was erased."""
        return any(salted(salt, uid) in own for salt, own in self._erased.items() if own)

    def add(self, uid: str, at: int = 0) -> None:
        """That person was erased, `at` (unix ms) or now."""
        self._erased[self.salt].setdefault(salted(self.salt, uid), at or int(time.time() * 1000))

    def know(self, salt: str, digest: str, at: int) -> None:
        """Whoever has this digest with that salt was erased, `at` (unix ms)."""
        self._erased.setdefault(salt, {}).setdefault(digest, at)

    def merge(self, other: "Ledger") -> None:
        """Whom the other holds this one holds, too."""
        for salt, own in other._erased.items():
            for one, at in own.items():
                self.know(salt, one, at)

    # -- as a file ----------------------------------------------------------------------------------------------

    def encode(self) -> bytes:
        """It as a file: a line with the salt, then a line for each digest; and so on for each salt."""
        encode = msgspec.json.encode
        lines = []
        for salt, own in self._erased.items():
            if own or salt == self.salt:
                lines += [encode(_Salt(salt, FORMAT)), *(encode(_Line(one, at)) for one, at in own.items())]
        return b"\n".join([*lines, b""])

    @classmethod
    def decode(cls, raw: bytes, name: str = FILE) -> "Ledger":
        """The one that such a file, which is called `name`, holds. Raises LedgerError, which names the line."""
        ledger: Ledger | None = None
        own: dict[str, int] = {}
        for number, line in enumerate(raw.splitlines(), 1):
            try:
                found = msgspec.json.decode(line, type=_Salt) if b'"salt"' in line else None
                if found is None and ledger is not None:
                    known = msgspec.json.decode(line, type=_Line)
                    own[known.digest] = known.at
                    continue
            except (msgspec.MsgspecError, UnicodeError) as error:
                raise LedgerError(f"{name}: line {number} is none of a ledger of erasures ({error})") from None
            if found is None or found.erased != FORMAT:
                raise LedgerError(f"{name}: line {number} is none of a ledger of erasures that this version reads")
            ledger = ledger or cls(found.salt)
            own = ledger._erased.setdefault(found.salt, {})
        if ledger is None:
            raise LedgerError(f"{name} is empty, and no ledger of erasures")
        return ledger

    @classmethod
    def read(cls, path: Path) -> "Ledger":
        """The one in a file. Raises FileNotFoundError, OSError, LedgerError."""
        return cls.decode(path.read_bytes(), str(path))

    def write(self, path: Path) -> None:
        """Be that file, with whom it held before: whole or as it was, on disk when this ends, for one user alone. That
        is whose it was before, or whose the folder is, where root writes it: the owner's backups go on with it.

        Raises OSError, and LedgerError where it held something else.
        """
        if path.exists():
            self.merge(self.read(path))
        whose = (path if path.exists() else path.parent).lstat()
        draft = path.with_name(f"{path.name}.part")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if os.geteuid() == 0:
                os.fchown(file.fileno(), whose.st_uid, whose.st_gid)
            file.write(self.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        private.sync(path.parent)

    # -- in the store -------------------------------------------------------------------------------------------

    @classmethod
    async def in_store(cls, store: Store) -> "Ledger":
        """The store's own. Raises what the store raises."""
        ledger = cls(await store.erased.salt())
        for salt, one, at in await store.erased.all():
            ledger.know(salt, one, at)
        return ledger

    async def keep(self, store: Store) -> None:
        """Let the store's own hold whom this one holds. Raises what the store raises."""
        kept = [(salt, one, at) for salt, own in self._erased.items() for one, at in own.items()]
        await store.erased.keep(kept)
