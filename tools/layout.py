"""How what is delivered lies in the frozen program: what its loader unpacks at each start, and what stays in the file.

The loader unpacks the kinds of entries that it knows, all of them, every time: 400 files took three quarters of the
time in which a version is told. An entry of another kind it leaves where it is, and app/resources.py reads it there.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.libraries import TABLE, module_of
from app.resources import MARKER
from tools.packing import Entry, stripped
from tools.symbols import asked

KEPT = "PKG"  # PyInstaller's word for an archive in the archive, with which its loader does nothing
# What is imported before there is an importer of ours: by PyInstaller's own part of the start.
_FIRST_MODULES = ("_struct", "zlib")
_FIRST_FILES = (MARKER, "base_library.zip")


# Python's modules are stored as they are: to decompress them would take a third of a start. But these a server loads at
# most once (for a store elsewhere, for a file of settings, when it is first asked for its figures), or a command alone.
_SELDOM = """
    redis yaml prometheus_client wsgiref tarfile app.checks app.importing app.privacy app.terminal app.trial app.upgrade
""".split()  # noqa: SIM905


def compress_seldom(writer: Any) -> None:
    """Have PyInstaller's writer of modules compress those."""
    write = writer._write_entry.__func__

    def entry(cls: Any, file: Any, entry: Entry, code: Any) -> Any:
        seldom = any(f"{entry[0]}.".startswith(f"{name}.") for name in _SELDOM)
        cls._COMPRESSION_LEVEL = 9 if seldom else 0
        return write(cls, file, entry, code)

    writer._write_entry = classmethod(entry)


def lay_out(
    binaries: Iterable[Entry], datas: Iterable[Entry], packed: Mapping[str, list[str]], target: Path
) -> list[Entry]:
    """All `binaries` and `datas` as they are to lie in the program; files that have to be made come into `target`.

    `packed`: for each archive of packed libraries the paths of what is in it.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    libraries = {name: path for name, path, _ in binaries}
    needs = _needs(libraries)
    begun = [name for name in libraries if name.startswith("libpython") or module_of(name) in _FIRST_MODULES]
    first = {*begun, *(needed for name in begun for needed in needs(libraries[name]))}
    entries: list[Entry] = []
    lines = [
        " ".join([name, *sorted({one for path in paths for one in needs(path)} - first)])
        for name, paths in packed.items()
    ]
    for name, path in libraries.items():
        if name in first:
            entries.append((name, path, "BINARY"))
            continue
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(stripped(Path(path)))
        entries.append((name, str(copy), KEPT))
        lines.append(" ".join([name, *sorted(needs(path) - first)]))
    table = target / TABLE
    table.write_text("\n".join(sorted(lines)) + "\n", "utf-8")
    entries += [(name, path, "DATA" if name in _FIRST_FILES else KEPT) for name, path, _ in datas]
    return [*entries, (TABLE, str(table), KEPT)]


def _needs(libraries: Mapping[str, str]) -> Callable[[str], frozenset[str]]:
    """Which of `libraries` one at a path needs, and those that they need."""

    @cache
    def needs(path: str) -> frozenset[str]:
        own = asked(path, Path(path).read_bytes()).libraries & libraries.keys()
        return own.union(*(needs(libraries[name]) for name in own))

    return needs
