"""Print the version of glibc that chatadmin needs: the highest that anything in the file names.

python packaging/needs.py dist/chatadmin
"""

import lzma
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader

_VERSION = re.compile(rb"\0GLIBC_(\d+)\.(\d+)")
_XZ = b"\xfd7zXZ\0"


def libraries(file: Path) -> Iterator[bytes]:
    """The program's own loader, and every library and archive of libraries inside of it."""
    archive = CArchiveReader(str(file))
    yield file.read_bytes()
    for name in archive.toc:
        content = archive.extract(name)
        if content.startswith(_XZ):
            yield lzma.decompress(content)
        elif content.startswith(b"\x7fELF"):
            yield content


def glibc(file: Path) -> str:
    """As in "2.36"."""
    versions = {tuple(map(int, found)) for part in libraries(file) for found in _VERSION.findall(part)}
    return ".".join(map(str, max(versions)))


if __name__ == "__main__":
    print(glibc(Path(sys.argv[1])))
