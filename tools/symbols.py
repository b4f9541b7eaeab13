"""Say which glibc a frozen program needs, by the versions of the symbols that everything in it asks for.

    python tools/symbols.py dist/chatadmin            each version, and how many libraries ask for none that is newer
    python tools/symbols.py dist/chatadmin 2.28       fails, with their names, where any asks for a newer one

Also looked at are the libraries that are to come from the system: glibc's own and no others.
"""

import io
import lzma
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

ELF = b"\x7fELF"
XZ = b"\xfd7zXZ\0"
ZIP = b"PK\x03\x04"
OF_GLIBC = re.compile(r"(ld-linux[\w-]*|lib(c|m|dl|rt|util|pthread|resolv))\.so\.\d+")
# What a version that is no number came with: https://sourceware.org/glibc/wiki/Release/2.36
SPECIAL = {"ABI_DT_RELR": (2, 36), "PRIVATE": (9999,)}  # private ones may be gone in any release

Version = tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """A program or library of the file: its place in it, the versions of glibc it asks for, the libraries it needs."""

    name: str
    versions: frozenset[Version]
    libraries: frozenset[str]

    @property
    def newest(self) -> Version:
        return max(self.versions, default=())


def programs(file: Path) -> list[Program]:
    """All that a machine runs of a frozen file: its loader, and what is in its archive, packed or not."""
    return [asked(name, content) for name, content in _contents(file)]


def missing(found: list[Program]) -> dict[str, set[str]]:
    """The libraries that neither lie in the file nor are glibc's, by the program that needs them."""
    inside = {Path(program.name).name for program in found}
    lacking = {
        program.name: {one for one in program.libraries if one not in inside and not OF_GLIBC.fullmatch(one)}
        for program in found
    }
    return {name: libraries for name, libraries in lacking.items() if libraries}


def _contents(file: Path) -> Iterator[tuple[str, bytes]]:
    yield file.name, file.read_bytes()
    archive = CArchiveReader(str(file))
    for name, (*_, kind) in archive.toc.items():
        if kind != "z":  # Python's own code, in which there are no programs
            yield from _unfolded(name, archive.extract(name))


def _unfolded(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(ELF):
        yield name, content
    elif content.startswith(XZ):
        yield from _unfolded(name.removesuffix(".xz"), lzma.decompress(content))
    elif content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _unfolded(f"{name}/{member}", archive.read(member))


def asked(name: str, content: bytes) -> Program:
    """Read by binutils, which know every processor's. Raises CalledProcessError where it is no ELF file."""
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(content)
        copy.flush()
        command = ["readelf", "--wide", "--dynamic", "--version-info", copy.name]
        said = subprocess.run(command, check=True, capture_output=True, text=True, env={"LC_ALL": "C"}).stdout
    needs = said.partition("Version needs section")[2]
    return Program(
        name,
        frozenset(_number(one) for one in re.findall(r"Name: GLIBC_(\S+)", needs)),
        frozenset(re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", said)),
    )


def _number(version: str) -> Version:
    """Raises ValueError for a kind of version that is not known here."""
    return SPECIAL.get(version) or tuple(int(part) for part in version.split("."))


def shown(version: Version) -> str:
    return ".".join(map(str, version))


def refused(found: list[Program], at_most: Version) -> list[str]:
    """A line for each program that asks for a newer glibc, or for a library that is neither in the file nor glibc's."""
    lacking = [f"{name} needs {', '.join(sorted(libraries))}" for name, libraries in missing(found).items()]
    return lacking + [f"{one.name} needs glibc {shown(one.newest)}" for one in found if one.newest > at_most]


def main(path: str, at_most: str = "") -> int:
    found = programs(Path(path))
    for version in sorted({version for program in found for version in program.versions}):
        having = [program.name for program in found if program.newest == version]
        print(f"GLIBC_{shown(version)}: {len(having)}", *having[:3])
    lines = refused(found, _number(at_most)) if at_most else []
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
