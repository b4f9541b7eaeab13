"""Pack the libraries that few processes load (app/unpacked.py) for the frozen program: one archive a group.

An archive is an uncompressed zip inside an xz: files that are alike are compressed together, and so are those that
machines run by a filter of their own.
"""

import io
import lzma
import marshal
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

from app.unpacked import FOLDER, GROUPS

Entry = tuple[str, str, str]  # as PyInstaller has it: name, path, kind

_OWNERS = {package: group for group, packages in GROUPS.items() for package in packages.split()}
_FILTERS = [
    {"id": lzma.FILTER_X86},
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 16 << 20},
]
_CHECKED_BY_NOBODY = b"\x01\x00\x00\x00"  # PEP 552: by its source's digest, which is not looked at


def owner(name: str) -> str:
    """The group of a module, by its name or its path in a package; "" for one that is not packed."""
    return _OWNERS.get(name.replace("/", ".").partition(".")[0], "")


def rest(entries: Iterable[Entry]) -> list[Entry]:
    """What is not packed of a list of PyInstaller's; packages' metadata is left out too: nobody asks for it."""
    return [entry for entry in entries if not owner(entry[0]) and ".dist-info/" not in entry[0]]


def pack(modules: Sequence[Entry], libraries: Sequence[Entry], target: Path) -> list[Entry]:
    """Write the archives of all groups into `target`; return them as data files of PyInstaller's."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    found: dict[str, dict[str, bytes]] = {group: {} for group in GROUPS}
    for name, path, _ in modules:
        if group := owner(name):
            found[group].update([_compiled(name, Path(path))])
    for name, path, _ in libraries:
        if group := owner(name):
            found[group][name] = stripped(Path(path))
    for group, files in found.items():
        (target / f"{group}.zip.xz").write_bytes(_archive(files))
    return [(f"{FOLDER}/{file.name}", str(file), "DATA") for file in sorted(target.iterdir())]


def inside(libraries: Sequence[Entry]) -> dict[str, list[str]]:
    """The paths of the libraries that are packed, by the archive of their group."""
    return {
        f"{FOLDER}/{group}.zip.xz": [path for name, path, _ in libraries if owner(name) == group] for group in GROUPS
    }


def _compiled(name: str, path: Path) -> tuple[str, bytes]:
    """A module as it is imported without its source: its place, and its code without docstrings and assertions."""
    stem = name.replace(".", "/") + ("/__init__" if path.name == "__init__.py" else "")
    source = path.read_bytes()
    code = compile(source, f"{stem}.py", "exec", dont_inherit=True, optimize=2)
    return f"{stem}.pyc", MAGIC_NUMBER + _CHECKED_BY_NOBODY + source_hash(source) + marshal.dumps(code)


def stripped(path: Path) -> bytes:
    """A library without what only debuggers read."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        subprocess.run(["strip", str(copy)], check=True)
        return copy.read_bytes()


def _archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)  # of 1980: two builds are the same
    return compressed(packed.getvalue())


def compressed(content: bytes) -> bytes:
    """As an xz, by what is best for programs; read by `lzma.decompress`."""
    return lzma.compress(content, filters=_FILTERS)
