"""What lies in `<data>/tls`: certificates, each in one file with its key, and what is known of how they come.

All of it is for our user alone, and none of it is in a backup. A file is put there whole or not at all.
"""

import os
import ssl
from pathlib import Path
from typing import TypeVar

import msgspec

from app.store import private
from app.store.errors import EmbeddedError

T = TypeVar("T")

# No name of a machine begins with that: what begins so is no certificate for one.
_OURS = "_"


class Try(msgspec.Struct, frozen=True):
    """How it last went with a name: when, and when it is tried again, unix seconds, not before `allowed_at` in any
    case, as the authority said; `failures` one after another, 0 for none; and of the last why, in words for an
    operator."""

    at: float = 0
    next_at: float = 0
    allowed_at: float = 0
    failures: int = 0
    reason: str = ""


class Order(msgspec.Struct, frozen=True):
    """An order that is under way: of which `directory`, by which `account` (its address there), and the `key` (PEM)
    that the certificate is to be for."""

    directory: str
    account: str
    url: str
    key: str


class Account(msgspec.Struct, frozen=True):
    """Who we are to a directory: a `key` (JWK, as JSON), and what it calls us, "" until it does."""

    directory: str
    key: str
    uri: str = ""


class Folder:
    """The folder of one data directory."""

    def __init__(self, data_dir: str) -> None:
        self.path = Path(data_dir) / "tls"
        self.self_signed = self.path / f"{_OURS}self-signed.pem"
        self._account, self._tries = self.path / f"{_OURS}account.json", self.path / f"{_OURS}tries.json"

    def make(self) -> None:
        """See that it is there, and ours alone. Raises EmbeddedError, OSError."""
        private.make_inside(self.path)

    def certificate(self, name: str) -> Path:
        """Where the certificate of a name lies, with its chain and its key."""
        return self.path / f"{name}.pem"

    def put_certificate(self, path: Path, chain: str, key: str) -> None:
        """Take one that came, if a server could use it. Raises OSError (ssl.SSLError) where it could not, and leaves
        what is there as it is."""
        draft = path.with_name(f"{_OURS}new.{os.getpid()}.pem")
        try:
            private.write(draft, f"{chain.strip()}\n{key.strip()}\n".encode())
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(draft)
            private.sync(draft)
            draft.replace(path)
            private.sync(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def account(self, directory: str) -> Account | None:
        """Who we are there; None where that is not known, or can no longer be read."""
        found = self._read(self._account, Account)
        return found if found and found.directory == directory else None

    def put_account(self, account: Account | None) -> None:
        """Keep it, or forget it."""
        self._write(self._account, account)

    def order(self, name: str) -> Order | None:
        """The order that is under way for a name."""
        return self._read(self._order(name), Order)

    def put_order(self, name: str, order: Order | None) -> None:
        """Keep it, or forget it."""
        self._write(self._order(name), order)

    def tries(self) -> dict[str, Try]:
        """How it last went with each name that did not come at once."""
        return self._read(self._tries, dict[str, Try]) or {}

    def put_tries(self, tries: dict[str, Try]) -> None:
        """Keep that."""
        self._write(self._tries, tries)

    def _order(self, name: str) -> Path:
        return self.path / f"{_OURS}order-{name}.json"

    @staticmethod
    def _read(path: Path, kind: type[T]) -> T | None:
        try:
            return msgspec.json.decode(private.read(path), type=kind)
        except (OSError, EmbeddedError, msgspec.DecodeError):  # what cannot be read is begun anew
            return None

    @staticmethod
    def _write(path: Path, value: object) -> None:
        if value is None:
            path.unlink(missing_ok=True)
        else:
            private.write(path, msgspec.json.encode(value))
