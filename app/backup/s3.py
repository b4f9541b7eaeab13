"""A bucket that speaks S3, Amazon's or anybody's: of all there is, what backups need.

Bytes go in parts that are each signed with their digest, so that what would arrive otherwise is refused there, and
tried again. A part is in memory, never the whole.
"""

import html
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from app.backup.records import BackupError
from app.backup.s3_link import Link, S3Error, found

# Bytes of a part, at least; and parts that an object may have.
PART_BYTES, MOST_PARTS = 16 << 20, 10_000


class Object(NamedTuple):
    """What is in a bucket."""

    name: str
    bytes: int


class Bucket:
    """The objects of one bucket. Everything blocks, and raises S3Error."""

    def __init__(self, link: Link, part_bytes: int = PART_BYTES) -> None:
        self._link, self._part_bytes = link, part_bytes
        self.host = link.host

    def put(self, name: str, source: BinaryIO, size: int) -> None:
        """Store `size` bytes as `name`, whole or not at all. Raises what reading `source` raises, too."""
        part = max(self._part_bytes, -(-size // MOST_PARTS))
        if size <= part:
            self._link.ask("PUT", name, body=_exactly(source, size))
            return
        upload = found("UploadId", self._link.ask("POST", name, {"uploads": ""}).text)
        try:
            tags = [
                self._put_part(name, upload, number, _exactly(source, min(part, size - at)))
                for number, at in enumerate(range(0, size, part), 1)
            ]
            self._put_together(name, upload, tags, size)
        except BaseException:
            self._forget(name, upload)
            raise

    def _put_part(self, name: str, upload: str, number: int, body: bytes) -> str:
        query = {"partNumber": str(number), "uploadId": upload}
        return self._link.ask("PUT", name, query, body).headers["ETag"]

    def _put_together(self, name: str, upload: str, tags: list[str], size: int) -> None:
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{html.escape(tag)}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        whole = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        try:
            said = self._link.ask("POST", name, {"uploadId": upload}, whole).text
            if refusal := self._link.refusal(said, name):  # it answers 200 before it knows how it will end
                raise refusal
        except S3Error as error:
            # A try whose answer was lost on its way may have done it.
            if error.code != "NoSuchUpload" or self.size(name) != size:
                raise

    def _forget(self, name: str, upload: str) -> None:
        try:
            self._link.ask("DELETE", name, {"uploadId": upload})
        except S3Error:
            return  # the next backup does it

    def forget_unfinished(self, prefix: str) -> int:
        """Have the parts forgotten of uploads that never ended, of names that begin so: nobody sees them, and they
        cost. Returns how many there were, of a thousand at most."""
        said = self._link.ask("GET", "", {"uploads": "", "prefix": prefix}).text
        uploads = re.findall(r"<Upload>.*?</Upload>", said, re.DOTALL)
        for upload in uploads:
            self._forget(found("Key", upload), found("UploadId", upload))
        return len(uploads)

    def size(self, name: str) -> int | None:
        """Bytes of an object; None where there is none."""
        try:
            return int(self._link.ask("HEAD", name).headers["Content-Length"])
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def open(self, name: str) -> BinaryIO:
        """An object, to be read from its beginning on. Reading raises OSError."""
        return io.BufferedReader(self._link.open(name), 1 << 16)

    def delete(self, name: str) -> None:
        """It is no longer there, if it was."""
        try:
            self._link.ask("DELETE", name)
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise

    def list(self, prefix: str) -> Iterator[Object]:
        """All whose names begin so, by their names."""
        more = ""
        while True:
            query = {"list-type": "2", "prefix": prefix, **({"continuation-token": more} if more else {})}
            said = self._link.ask("GET", "", query).text
            for one in re.findall(r"<Contents>.*?</Contents>", said, re.DOTALL):
                yield Object(found("Key", one), int(found("Size", one)))
            more = found("NextContinuationToken", said)
            if not more:
                return


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise BackupError("a backup became shorter while it was copied")
    return data
