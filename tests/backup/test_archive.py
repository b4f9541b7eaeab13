"""A backup as a file: any tar opens it, and no bit of it can turn without being found."""

import gzip
import hashlib
import io
import os
import random
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.backup import archive
from app.backup.archive import Reader, Writer
from app.backup.records import FORMAT, BackupError, Conversation, Entry, File, Manifest, Pace, Version, Visitor
from tests.running import PATIENCE

UID = "v" + "a" * 25
AT = 1_790_000_000_000
SEED = int(os.environ.get("SEED") or random.randrange(10**6))


def _lines(count: int, *files: str) -> Iterator[bytes]:
    yield msgspec.json.encode(Conversation(UID, 7, count, 0, "held|0|a1|3|0", AT, tagged={"vip": AT}))
    for seq in range(1, count + 1):
        body = msgspec.Raw(b'{"content":"%d: is there rain at the coast?"}' % random.Random(seq).randrange(10**9))
        yield msgspec.json.encode(Entry(seq, "message", UID, "v", f"tab.{seq}", AT + seq, body, f"{seq - 1}|beef"))
    for id in files:
        yield msgspec.json.encode(File(id, UID, AT, False, 1, msgspec.Raw(b'{"size":9}')))


def written(count: int = 300, picture: bytes = b"") -> bytes:
    out = io.BytesIO()
    writer = Writer(out, AT)
    writer.conversations(_lines(count, *[f"{UID}.{'b' * 22}"] * bool(picture)))
    people = msgspec.json.encode(Visitor(UID, True, {"nickname": "雨"})) + b"\n"
    writer.member(archive.PEOPLE, io.BytesIO(people), len(people))
    pace = msgspec.json.encode(Pace(1200.5)) + b"\n"
    writer.member(archive.REPORTS, io.BytesIO(pace), len(pace))
    if picture:
        writer.member(f"files/{UID}.{'b' * 22}", io.BytesIO(picture), len(picture))
    counts = {"conversation": 1, "entry": count, "visitor": 1, "pace": 1}
    writer.finish(counts | ({"file": 1, "bytes of files": len(picture)} if picture else {}), [], 1)
    return out.getvalue()


def _read(data: bytes) -> Manifest:
    reader, found = Reader(io.BytesIO(data)), {}
    for member in reader:
        if member.name.endswith(".jsonl"):
            found[member.name] = list(member.records())
    assert reader.manifest is not None
    assert all(found.values())  # not before the manifest has been read, which refuses a damaged head that has none
    return reader.manifest


def _fault(data: bytes) -> str:
    with pytest.raises(BackupError) as raised:
        _read(data)
    return str(raised.value)


def test_what_was_written_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBER_BYTES", 4096)  # so that the run goes on in several members
    reader = Reader(io.BytesIO(written(picture=b"\xff\xd8 rain")))
    assert (reader.version.format, reader.version.at) == (FORMAT, AT)
    found = {
        member.name: member.read() if member.name.startswith("files/") else list(member.records()) for member in reader
    }
    names = list(found)
    conversations = [record for name in names if name.startswith("c/") for record in found[name]]
    assert isinstance(conversations[0], Conversation)
    assert [entry.seq for entry in conversations[1:] if isinstance(entry, Entry)] == list(range(1, 301))
    assert found["people.jsonl"] == [Visitor(UID, True, {"nickname": "雨"})]
    assert found[names[-1]] == b"\xff\xd8 rain"
    assert names[0] == "c/1.jsonl"
    assert len([name for name in names if name.startswith("c/")]) > 5
    assert reader.manifest is not None
    assert [listed.name for listed in reader.manifest.members] == ["version.json", *names]


def test_any_tar_opens_it(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(written(picture=b"\xff\xd8 rain"))
    subprocess.run(["gzip", "-t", "x.tar.gz"], cwd=tmp_path, check=True, timeout=PATIENCE)
    subprocess.run(["tar", "xzf", "x.tar.gz"], cwd=tmp_path, check=True, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert (tmp_path / "files" / f"{UID}.{'b' * 22}").read_bytes() == b"\xff\xd8 rain"
    assert msgspec.json.decode((tmp_path / "version.json").read_bytes(), type=Version).format == FORMAT


def test_a_flipped_bit_is_found_wherever_it_is() -> None:
    """Every bit of gzip's head, its end and the seal, and of the rest as many as there is time for."""
    print(f"SEED={SEED}")
    chance, data = random.Random(SEED), written(picture=random.Random(1).randbytes(3000))
    places = [*range(80), *range(8 * len(data) - 1000, 8 * len(data))]
    places += [chance.randrange(8 * len(data)) for _ in range(2000)]
    for place in places:
        turned = bytearray(data)
        turned[place // 8] ^= 1 << (place % 8)
        try:
            _read(bytes(turned))
        except BackupError:
            continue
        pytest.fail(f"bit {place} of {8 * len(data)} turned, and nobody saw it")


def test_a_flipped_bit_in_a_member_names_the_member() -> None:
    """Of what is packed, which any damage before would be told of first."""
    picture = random.Random(1).randbytes(60_000)  # lies there as it is
    data = written(picture=picture)
    at = data.index(picture[30_000:30_100])
    turned = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    assert _fault(turned) == f"files/{UID}.{'b' * 22} is not what was written: its digest or its length is another"


def _repacked(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """What is in it, changed, and packed as a backup is, with a seal that fits."""
    inside = bytearray(gzip.decompress(data))
    change(inside)
    packed = gzip.compress(bytes(inside), mtime=0)
    return packed + archive._seal(hashlib.sha256(packed).hexdigest())


def test_each_member_has_its_digest() -> None:
    """Packed anew in good order, with one bit of one member another one, wherever in it that is."""
    print(f"SEED={SEED}")
    data, chance = written(picture=b"\xff\xd8 rain"), random.Random(SEED)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = tar.getmembers()
    assert len(members) == 6
    for member in members:
        for _ in range(40):
            place = 8 * member.offset_data + chance.randrange(8 * member.size)

            def turn(inside: bytearray, place: int = place) -> None:
                inside[place // 8] ^= 1 << (place % 8)

            if member.name != "manifest.json":
                fault = _fault(_repacked(data, turn))
                assert member.name in fault or fault.startswith("it is of format")


def test_a_torn_one_is_found_wherever_it_ends() -> None:
    data = written(40)
    for end in range(0, len(data), 7):
        _fault(data[:end])
    assert "torn" in _fault(data[: len(data) // 2])
    assert "seal" in _fault(data + b"\0")


def test_a_newer_one_is_not_read() -> None:
    def newer(inside: bytearray) -> None:
        now, then = b'"format":%d' % FORMAT, b'"format":%d' % (FORMAT + 1)
        inside[:1024] = inside[:1024].replace(now, then)

    assert _fault(_repacked(written(), newer)).startswith(f"it is of format {FORMAT + 1}, written by chatadmin 0.")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b", random.Random(3).randbytes(300)])
def test_what_is_no_backup_is_said_to_be_none(data: bytes) -> None:
    assert "no backup" in _fault(data)


def test_a_line_that_is_nested_too_deep_is_named() -> None:
    out = io.BytesIO()
    writer = Writer(out, AT)
    deep = b"[" * 99_999 + b"]" * 99_999
    line = b'{"is":"visitor","uid":"%s","owns":true,"known":{},"odd":%s}\n' % (UID.encode(), deep)
    writer.member(archive.PEOPLE, io.BytesIO(line), len(line))
    writer.finish({}, [], 1)
    assert _fault(out.getvalue()).startswith("people.jsonl, line 1: maximum recursion depth")


def test_a_member_that_became_shorter_is_an_end() -> None:
    writer = Writer(io.BytesIO(), AT)
    with pytest.raises(BackupError, match=r"people\.jsonl ended 2 bytes too early"):
        writer.member("people.jsonl", io.BytesIO(b"123"), 5)
