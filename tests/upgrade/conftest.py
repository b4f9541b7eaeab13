"""The file that is to be upgraded, run in this process or in its own, and who signs for others."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import minisign
import pytest

from app import cli
from app.upgrade import place, signature
from tests.upgrade.builds import build
from tests.upgrade.service import Customer, Manager


@dataclass(frozen=True)
class Told:
    """How a run ended, and the line on stderr without the program's name."""

    status: int
    out: str
    line: str


class Signer:
    """Somebody with a key."""

    def __init__(self) -> None:
        self._pair = minisign.KeyPair.generate()

    @property
    def key(self) -> str:
        return str(self._pair.public_key.to_base64().decode())

    def sign(self, file: Path, comment: str = "chatadmin of the tests") -> Path:
        """Put a signature beside it."""
        beside = file.with_name(file.name + ".minisig")
        with file.open("rb") as content:
            beside.write_bytes(bytes(self._pair.secret_key.sign(content, trusted_comment=comment)))
        return beside


class Installed:
    """Version 0.1.0 in a folder of its own, at `file`, and what there is to say about it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.file = build(folder, "0.1.0", name="chatadmin")
        self.data = folder.parent / "data"
        self.before = self.file.read_bytes()

    def beside(self) -> list[str]:
        return sorted(os.listdir(self.file.parent))

    def unchanged(self) -> bool:
        """Whether it is what it was, and nothing lies beside it."""
        return self.beside() == ["chatadmin"] and self.file.read_bytes() == self.before and not self.data.exists()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path / "bin")


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def customer(service: Manager) -> Iterator[Customer]:
    with Customer(service.url) as made:
        yield made


@pytest.fixture
def upgrade(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """Run `chatadmin upgrade ...` in this process, as if it were the installed file, which trusts `keys`."""
    monkeypatch.setattr(place, "running", lambda: installed.file)

    def run(*words: Any, keys: tuple[str, ...] = ()) -> Told:
        monkeypatch.setattr(signature, "keys", lambda: list(keys))
        status = cli.main(["--data-dir", str(installed.data), "upgrade", *map(str, words)])
        said = capsys.readouterr()
        lines = said.err.splitlines()
        assert len(lines) <= 1, said.err
        return Told(status, said.out, "".join(lines).removeprefix("chatadmin: "))

    return run
