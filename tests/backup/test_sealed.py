"""Encrypted backups: Debian's age opens ours, we open its, and whoever changes one is found out."""

import io
import random
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.backup import sealed, verify
from app.backup.records import BackupError
from tests.backup.test_archive import written
from tests.running import PATIENCE


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as age-keygen writes it."""
    file = tmp_path_factory.mktemp("age") / "key.txt"
    subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True, timeout=PATIENCE)
    return file


def public(key: Path) -> str:
    return key.read_text().partition("public key: ")[2].split()[0]


def encrypted(data: bytes, to: str) -> bytes:
    out = io.BytesIO()
    with sealed.encrypting(out, to) as clear:
        for start in range(0, len(data), 1000):
            clear.write(data[start : start + 1000])
    return out.getvalue()


def judged(data: bytes, key: Path | None) -> verify.Sound:
    with ExitStack() as stack:
        identities = sealed.identities(key) if key else []
        return verify.judge(verify.read(io.BytesIO(data), stack, identities))


def fault(data: bytes, key: Path | None) -> str:
    with pytest.raises(BackupError) as raised:
        judged(data, key)
    return str(raised.value)


def test_debians_age_opens_ours(key: Path, tmp_path: Path) -> None:
    data = written()
    (tmp_path / "x.age").write_bytes(encrypted(data, public(key)))
    opened = subprocess.run(
        ["age", "--decrypt", "-i", str(key), str(tmp_path / "x.age")], check=True, capture_output=True, timeout=PATIENCE
    )
    assert opened.stdout == data


def test_we_open_what_debians_age_encrypted(key: Path) -> None:
    made = subprocess.run(
        ["age", "-r", public(key)], input=written(), check=True, capture_output=True, timeout=PATIENCE
    )
    assert judged(made.stdout, key).manifest.counts["entry"] == 300


def test_whoever_has_no_key_is_told_so(key: Path, tmp_path: Path) -> None:
    data = encrypted(written(), public(key))
    assert fault(data, None) == "it is encrypted: give the file with the secret key, --identity FILE"
    other = tmp_path / "other.txt"
    subprocess.run(["age-keygen", "-o", str(other)], check=True, capture_output=True, timeout=PATIENCE)
    assert fault(data, other).startswith("no key that was given opens it")


def test_a_changed_or_torn_one_is_found(key: Path) -> None:
    data = encrypted(written(picture=random.Random(1).randbytes(200_000)), public(key))
    judged(data, key)
    chance = random.Random(7)
    for place in [*range(0, 8 * 200, 13), *(chance.randrange(8 * len(data)) for _ in range(100)), 8 * len(data) - 1]:
        turned = bytearray(data)
        turned[place // 8] ^= 1 << (place % 8)
        fault(bytes(turned), key)
    for end in (10, 100, len(data) // 2, len(data) - 1):
        fault(data[:end], key)
    fault(data + b"\0", key)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no public key"),
        ("age1abc", "no public key"),
        ("AGE-SECRET-KEY-1QQQ", "a secret key, which must not be here"),
    ],
)
def test_what_is_no_public_key_is_refused(text: str, says: str) -> None:
    with pytest.raises(BackupError, match=says):
        encrypted(b"", text)


def test_what_is_no_file_of_keys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("# created: today\n")
    (tmp_path / "other").write_text("hello\n")
    for name, says in (("empty", "there is no secret key"), ("other", "is no file of"), ("gone", "cannot be read")):
        with pytest.raises(BackupError, match=says):
            sealed.identities(tmp_path / name)


class Full(io.RawIOBase):
    """A disk without room."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_said_to_be_full(key: Path) -> None:
    def write() -> None:
        with sealed.encrypting(Full(), public(key)) as clear:  # type: ignore[arg-type]
            for _ in range(100):
                clear.write(bytes(100_000))

    with pytest.raises(OSError, match="No space left"):
        write()


def test_who_stops_reading_leaves_nothing_behind(key: Path) -> None:
    data = encrypted(bytes(3_000_000), public(key))
    with sealed.decrypting(io.BytesIO(data), sealed.identities(key)) as clear:
        assert clear.read(10) == bytes(10)
