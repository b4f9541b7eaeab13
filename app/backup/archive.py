"""A backup as a file: a `.tar.gz` that any `tar` opens, written and read from its beginning to its end.

Members: `version.json`, `c/<n>.jsonl` (lines of conversations; a run may go on in the next), `people.jsonl`,
`reports.jsonl`, `files/<id>`, and last `manifest.json`, which has the digest of each before it. What gzip does not
notice, such as a bit of its own padding, the seal does: a second, empty gzip member whose comment is the digest of
all bytes before it.

Everything here blocks, and holds a block of what it is at, and the list of members: some 300 bytes for each.
"""

import hashlib
import re
import struct
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from app import __version__
from app.backup.records import FORMAT, BackupError, Listed, Manifest, Record, Version

VERSION, MANIFEST, PEOPLE, REPORTS = "version.json", "manifest.json", "people.jsonl", "reports.jsonl"
CONVERSATIONS, FILES = "c/", "files/"
# Bytes of lines that one member of conversations has at most, but for a line that is longer.
MEMBER_BYTES = 8 << 20
# zlib's: of 1 to 9. Twice as fast as its usual 6, and an eighth larger (measured on chats).
LEVEL = 4
_RAW = -15  # to zlib: without head and tail, whose sum it would look at before anybody can say which member is damaged
_BLOCK, _CHUNK = tarfile.BLOCKSIZE, 1 << 16
# Of members that are read as a whole; and of one line, which is one message, picture or document.
_LONGEST_VERSION, _LONGEST_MANIFEST, _LONGEST_LINE = 1 << 16, 1 << 29, 1 << 26
# gzip's magic, deflate, whether there is a comment, no time, system unknown; its end has checksum and length.
_HEAD, _SEAL_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x1f\x8b\x08\x10\0\0\0\0\0\xff"
_END = struct.Struct("<II")
_EMPTY = b"\x03\0" + _END.pack(0, 0)
_NAME = re.compile(r"version\.json|manifest\.json|people\.jsonl|reports\.jsonl|c/\d+\.jsonl|files/[\w.-]+", re.ASCII)

_records = msgspec.json.Decoder(Record)


def _seal(digest: str) -> bytes:
    return _SEAL_HEAD + f"sha256 {digest}".encode() + b"\0" + _EMPTY


class Writer:
    """Writes a backup to `sink`, a member after another. `finish` is its end; without, it is torn. Raises OSError."""

    def __init__(self, sink: BinaryIO, at: int) -> None:
        self._sink, self._at = sink, at
        self._packer, self._digest = zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW), hashlib.sha256()
        self._checksum = self._length = 0
        self._members: list[Listed] = []
        self._lines: list[bytes] = []
        self._pending = self._numbered = 0
        self.bytes = 0
        """What has gone to the sink."""
        self._put(_HEAD)
        version = Version(FORMAT, __version__, at)
        self._whole(VERSION, msgspec.json.encode(version) + b"\n")

    def conversations(self, lines: Iterable[bytes]) -> None:
        """More lines of conversations, each without its end."""
        for line in lines:
            if self._pending and self._pending + len(line) >= MEMBER_BYTES:
                self._end_lines()
            self._lines.append(line)
            self._pending += len(line) + 1

    def _end_lines(self) -> None:
        self._numbered += 1
        self._whole(f"{CONVERSATIONS}{self._numbered}.jsonl", b"\n".join([*self._lines, b""]))
        self._lines, self._pending = [], 0

    def _whole(self, name: str, data: bytes) -> None:
        self._head(name, len(data))
        self._pack(data)
        self._tail(name, len(data), hashlib.sha256(data).hexdigest())

    def member(self, name: str, source: BinaryIO, size: int) -> None:
        """The member `name`: `size` bytes, from where `source` stands. Raises BackupError where there are fewer."""
        if self._lines:
            self._end_lines()
        digest, left = hashlib.sha256(), size
        self._head(name, size)
        while left:
            data = source.read(min(left, _CHUNK))
            if not data:
                raise BackupError(f"{name} ended {left} bytes too early: it became shorter while it was read")
            digest.update(data)
            self._pack(data)
            left -= len(data)
        self._tail(name, size, digest.hexdigest())

    def finish(self, counts: dict[str, int], warnings: list[str], shards: int) -> Manifest:
        """The manifest, and the seal."""
        if self._lines:
            self._end_lines()
        manifest = Manifest(self._at, counts, list(self._members), warnings, shards)
        self._whole(MANIFEST, msgspec.json.encode(manifest) + b"\n")
        self._pack(bytes(2 * _BLOCK))  # where tar ends
        self._put(self._packer.flush() + _END.pack(self._checksum, self._length & 0xFFFFFFFF))
        self._put(_seal(self._digest.hexdigest()))
        return manifest

    def _head(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._at // 1000
        self._pack(info.tobuf(tarfile.USTAR_FORMAT))

    def _tail(self, name: str, size: int, digest: str) -> None:
        self._pack(bytes(-size % _BLOCK))
        self._members.append(Listed(name, size, digest))

    def _pack(self, data: bytes) -> None:
        self._checksum, self._length = zlib.crc32(data, self._checksum), self._length + len(data)
        self._put(self._packer.compress(data))

    def _put(self, data: bytes) -> None:
        if data:
            self._digest.update(data)
            self._sink.write(data)
            self.bytes += len(data)


class Member:
    """A member, to be read while it is the one that its reader is at. Raises BackupError that names it."""

    def __init__(self, unpacked: "_Unpacked", name: str, size: int) -> None:
        self._unpacked, self.name, self.size = unpacked, name, size
        self._left, self._digest = size, hashlib.sha256()

    def read(self, size: int = _CHUNK) -> bytes:
        """The next bytes, at most `size`; none at its end."""
        data = self._unpacked.read(min(size, self._left))
        self._left -= len(data)
        self._digest.update(data)
        return data

    def lines(self) -> Iterator[bytes]:
        """Its lines, without their ends."""
        rest = b""
        while data := self.read():
            *lines, rest = (rest + data).split(b"\n")
            yield from lines
            if len(rest) > _LONGEST_LINE:
                raise BackupError(f"{self.name}: a line of it is longer than any that was written")
        if rest:
            raise BackupError(f"{self.name}: its last line has no end")

    def records(self) -> Iterator[Record]:
        """Its lines, each as the record it is."""
        for number, line in enumerate(self.lines(), 1):
            try:
                yield _records.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise BackupError(f"{self.name}, line {number}: {error}") from None

    def end(self) -> Listed:
        """Read what is left; what it turned out to be."""
        while self.read():
            pass
        self._unpacked.read(-self.size % _BLOCK)
        return Listed(self.name, self.size, self._digest.hexdigest())


class Reader:
    """Reads a backup from `source`. Raises BackupError where it is none, or of a newer format.

    What it gives is known to be sound only when it has come to its end: what must not be half done reads it twice.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._unpacked = _Unpacked(source)
        first = self._next()
        if first is None or first.name != VERSION or first.size > _LONGEST_VERSION:
            raise BackupError("this is no backup of chatadmin: it does not begin with version.json")
        text = first.read(first.size)
        self.version = _version(text)
        self._found = [first.end()]
        self.manifest: Manifest | None = None
        """Once its end is reached."""

    def __iter__(self) -> Iterator[Member]:
        """Each member after the first, but for the manifest; then all are compared with it.

        What was not read of one is passed over. Raises BackupError, which names what is wrong.
        """
        while True:
            member = self._next()
            if member is None:
                raise BackupError("it is torn: manifest.json, which is its end, is missing")
            if member.name == MANIFEST:
                break
            yield member
            self._found.append(member.end())
        if member.size > _LONGEST_MANIFEST:
            raise BackupError(f"{MANIFEST} is larger than any that was written")
        text = b"".join(iter(lambda: member.read(_CHUNK), b""))
        member.end()
        try:
            manifest = msgspec.json.decode(text, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BackupError(f"{MANIFEST}: {error}") from None
        _compare(self._found, manifest.members)
        self._unpacked.end()
        self.manifest = manifest

    def _next(self) -> Member | None:
        head = self._unpacked.read(_BLOCK)
        if head == bytes(_BLOCK):
            return None
        try:
            info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError):
            raise BackupError(f"what follows {self._unpacked.at} is not the head of a member") from None
        if not _NAME.fullmatch(info.name) or not info.isreg() or info.size < 0:
            raise BackupError(f"{info.name!r} is no member of a backup")
        self._unpacked.at = info.name
        return Member(self._unpacked, info.name, info.size)


def _version(text: bytes) -> Version:
    try:
        version = msgspec.json.decode(text, type=Version)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackupError(f"{VERSION}: {error}") from None
    if version.format > FORMAT:
        raise BackupError(
            f"it is of format {version.format}, written by chatadmin {version.chatadmin}; "
            f"this is {__version__} and reads up to {FORMAT}: use that version, or a newer one"
        )
    return version


def _compare(found: list[Listed], listed: list[Listed]) -> None:
    for is_there, said in zip(found, listed, strict=False):
        if is_there.name != said.name:
            raise BackupError(f"{is_there.name} stands where {said.name} should")
        if is_there != said:
            raise BackupError(f"{said.name} is not what was written: its digest or its length is another")
    if len(found) != len(listed):
        more = found[len(listed) :] or listed[len(found) :]
        raise BackupError(f"{more[0].name} is {'not in the manifest' if len(found) > len(listed) else 'missing'}")


class _Unpacked:
    """What is in a gzip file, read to its end, and compared with the seal behind it. `at`: the member it is at."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.at = source, "its beginning"
        self._unpacker, self._digest = zlib.decompressobj(_RAW), hashlib.sha256()
        self._ready, self._place = b"", 0
        head = _exactly(source, len(_HEAD))
        if head[:3] != _HEAD[:3]:
            raise BackupError("this is no backup of chatadmin: it is no gzip file")
        self._digest.update(head)

    def read(self, size: int) -> bytes:
        """The next `size` bytes. Raises BackupError where there are none, or they make no sense."""
        parts, left = [], size
        while left:
            if self._place == len(self._ready):
                self._ready, self._place = self._more(), 0
            part = self._ready[self._place : self._place + left]
            parts.append(part)
            self._place += len(part)
            left -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        """See that it ends here, as it should."""
        tail = self.read(2 * _BLOCK)
        while not self._unpacker.eof:
            tail += self._unpack()
        if tail != bytes(2 * _BLOCK) or self._place < len(self._ready):
            raise BackupError(f"something stands behind {MANIFEST}")
        rest = self._unpacker.unused_data
        while len(rest) <= _END.size + len(_seal("")) + 64 and (data := self._source.read(_CHUNK)):
            rest += data
        self._digest.update(rest[: _END.size])
        if rest[_END.size :] != _seal(self._digest.hexdigest()):
            raise BackupError("its seal, the last bytes of the file, is not that of what stands before: a bit is wrong")

    def _more(self) -> bytes:
        while not self._unpacker.eof:
            if data := self._unpack():
                return data
        raise BackupError(f"it ends within {self.at}: it is torn")

    def _unpack(self) -> bytes:
        """The next piece; may be none. Raises BackupError."""
        raw = self._unpacker.unconsumed_tail or self._source.read(_CHUNK)
        if not raw:
            raise BackupError(f"it ends within {self.at}: it is torn")
        try:
            data = self._unpacker.decompress(raw, _CHUNK)
        except zlib.error:
            raise BackupError(f"{self.at} is damaged: it cannot be unpacked") from None
        left = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        self._digest.update(raw[: len(raw) - len(left)])
        return data


def _exactly(source: BinaryIO, size: int) -> bytes:
    """So many bytes of a file, or a pipe; fewer where it ends before."""
    data = b""
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data
