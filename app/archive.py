"""The modules of the frozen file, read through one descriptor that stays open: a file in its place breaks no import.

PyInstaller's own importer opens the file by its name for each module, and asks several finders and path hooks for it
before; this one looks the name up and reads. Nothing is mapped into memory, of which each process would hold its part.
Run from source, nothing here does anything.
"""

import contextlib
import marshal
import os
import struct
import sys
import zlib
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

# Kinds of entries (PyInstaller.loader.pyimod01_archive): a module, a package with code, and one without.
_MODULE, _PACKAGE, _NAMESPACE = 0, 1, 3
# How their archive begins: its magic, Python's, and where the table is, which is its end.
_HEAD, _MAGIC = struct.Struct("!4s4si"), b"PYZ\0"
_LARGEST_TABLE = 1 << 20  # bytes
_RUNS = "/proc/self/exe"

descriptor = -1  # of the running file; from source there is none


class _Archive:
    """Finder and loader of all that lies in the archive."""

    def __init__(self, contents: dict[str, tuple[int, int, int]], descriptor: int, begin: int) -> None:
        self._contents, self._descriptor, self._begin = contents, descriptor, begin

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where a module is, if it is here: what __file__ says is the place it would have in the unpacked folder."""
        kind = self._contents.get(name, (-1,))[0]
        if kind not in (_MODULE, _PACKAGE, _NAMESPACE):
            return None
        place = f"{vars(sys)['_MEIPASS']}/{name.replace('.', '/')}"
        if kind == _NAMESPACE:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [place]
            return spec
        spec = ModuleSpec(name, self, origin=f"{place}/__init__.py" if kind else f"{place}.py", is_package=bool(kind))  # type: ignore[arg-type]
        spec.has_location = True
        if kind:
            spec.submodule_search_locations = [place]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """As modules are made."""

    def exec_module(self, module: ModuleType) -> None:
        """Run its code."""
        exec(self.get_code(module.__name__), vars(module))

    def get_code(self, name: str) -> CodeType:
        """The code of a module, as runpy and inspect ask for it too."""
        _, at, size = self._contents[name]
        try:
            code: CodeType = marshal.loads(zlib.decompress(os.pread(self._descriptor, size, self._begin + at)))
        except (zlib.error, ValueError, EOFError, TypeError) as error:
            raise ImportError(f"{name} is damaged: {error}", name=name) from None
        return code

    def get_source(self, name: str) -> None:
        """There is none."""


def keep() -> None:
    """Read from here on what the running file has, whatever becomes of its name."""
    global descriptor
    if not getattr(sys, "frozen", False):
        return
    theirs: Any = sys.modules["pyimod02_importers"].pyz_archive
    descriptor = _opened(theirs)
    sys.meta_path.insert(0, _Archive(theirs.toc, descriptor, theirs._start_offset))


def _opened(theirs: Any) -> int:
    """The file that has the table we began with. By its name that may be another, which an upgrade put there meanwhile;
    what runs may be the dynamic linker, which was given our name."""
    for name in (_RUNS, theirs._filename):
        with contextlib.suppress(OSError):
            file = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
            if _table(file, theirs._start_offset) == theirs.toc:
                return file
            os.close(file)
    raise ImportError(f"{theirs._filename} was replaced while it started: start it again")


def _table(file: int, begin: int) -> dict[str, tuple[int, int, int]] | None:
    """What an archive of modules says is in it (PyInstaller.archive.writers); None where there is none."""
    head = os.pread(file, _HEAD.size, begin)
    if len(head) < _HEAD.size or not head.startswith(_MAGIC):
        return None
    _, _, at = _HEAD.unpack(head)
    try:
        return dict(marshal.loads(os.pread(file, _LARGEST_TABLE, begin + at)))
    except (ValueError, EOFError, TypeError):
        return None


def unloadable(error: ImportError | OSError) -> str:
    """What to tell an operator of a part of the program whose import raised this."""
    if isinstance(error, ModuleNotFoundError):
        return f"this build lacks a part of the program ({error}): report it, and use another version"
    # its libraries lie where the program unpacked itself
    advice = "start it with TMPDIR naming a folder that has room and from which programs may be run"
    return f"a part of the program cannot be loaded ({str(error) or type(error).__name__}): {advice}"
