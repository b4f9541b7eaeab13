"""The compiled libraries of the frozen program: unpacked when they are first imported, or needed by one that is.

Its loader unpacks what Python begins with; the rest takes two thirds of the time in which a version can be told, and
most commands need little of it.
"""

import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder
from types import ModuleType

from app import resources

# The entry that says of each other that has to lie in a folder which it needs there: `its_name library library`, a line
# each; a library's own stand with whatever needs it. Archives of packed libraries (app/unpacked.py) are named as well.
TABLE = "libraries.txt"


def install() -> None:
    """Have the libraries found when they are imported. From source they are."""
    if resources.FROZEN:
        sys.meta_path.insert(0, _Finder())
        sys.meta_path.insert(sys.meta_path.index(PathFinder), _Guard())


def provide(name: str) -> None:
    """Unpack what the entry `name` needs."""
    table = _table()
    for needed in sorted(table.get(name, ()), key=lambda one: len(table.get(one, ()))):  # those that others need first
        place = resources.unpacked(needed)
        if resources.moved:  # the dynamic linker would look in the former folder, but not for what it has
            import ctypes  # loaded long ago, before a cleaner could come

            ctypes.CDLL(place)


def unpack(*modules: str) -> None:
    """Unpack these modules, and what they need, without importing them: by then there may be no room. From source they
    lie where they are."""
    for name in _table() if resources.FROZEN else ():
        if module_of(name) in modules:
            provide(name)
            resources.unpacked(name)


def unpack_all() -> None:
    """Unpack whatever may be loaded later: whoever calls it is about to lose the right to."""
    for name, needed in _table().items():
        for one in (*needed, *([] if name.endswith(".xz") else [name])):
            resources.unpacked(one)


@cache
def _table() -> dict[str, list[str]]:
    rows = [line.split() for line in resources.text(TABLE).splitlines()]
    return {name: needed for name, *needed in rows}


def module_of(name: str) -> str:
    """The module that a library is, by its place: `multidict._multidict`; "" for one that is none."""
    for suffix in EXTENSION_SUFFIXES:  # the shortest is the last
        if name.endswith(suffix):
            place = name.removesuffix(suffix)
            return place.rpartition("lib-dynload/")[2].replace("/", ".")
    return ""


class _Guard:
    """Finds nothing, but sees before Python looks into folders that ours is ours."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        resources.root()


class _Finder:
    def __init__(self) -> None:
        self._places = {module: name for name in _table() if (module := module_of(name))}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        name = self._places.get(fullname)
        if name is None:
            return None
        provide(name)
        place = resources.unpacked(name)
        spec = ModuleSpec(fullname, ExtensionFileLoader(fullname, place), origin=place)
        spec.has_location = True
        return spec
