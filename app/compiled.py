"""What a message passes on its way, compiled to C by mypyc: the list of it, and how it is imported.

From source everything is interpreted. tools/compiled.py makes one library of all these modules, which is in the frozen
program, and which tests import what they test from (tests/conftest.py). A module is on the list where a message spends
time in it; what it may not do then is written in docs/decisions/0013-compiled.md.
"""

import _imp
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from app import resources

MODULES = frozenset(
    """
    app.chat.protocol app.chat.client_frames app.chat.visible
    app.store.resp app.store.command app.store.pipeline app.store.batches app.store.messages app.store.entries
    app.store.feed app.store.skimmed
    app.live.rate_limit app.live.room app.live.hub app.live.submissions app.live.connection app.live.conversing
    app.live.full app.live.plain
    app.transport.turn
    """.split()  # noqa: SIM905 - a list would take twenty lines
)
LIBRARY = "compiled.so"  # its name among what is delivered
_MADE = "made.txt"
_WHOLE = "app__mypyc"  # what all of its modules have in common


def install(library: str = "") -> None:
    """Have MODULES come from the library at this path from now on, or from the one that is delivered; those that were
    imported stay what they are."""
    sys.meta_path.insert(0, _Finder(library))


def made() -> str:
    """What runs this program, in words: which Python, how that was compiled, and whether the path of a message is."""
    if not resources.FROZEN:
        return f"Python {sys.version.split()[0]}, from source"
    return resources.text(_MADE).strip()


def entry(module: str) -> str:
    """The name that a module has in the library, as a module of C's."""
    return module.replace("___", "___3_").replace(".", "___")  # as mypyc's own names


class _Finder:
    """Python's importer of modules, and their loader."""

    def __init__(self, library: str) -> None:
        self._library = library

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in MODULES:
            return None
        self._library = self._library or resources.unpacked(LIBRARY)
        return ModuleSpec(name, self, origin=self._library)  # type: ignore[arg-type]  # a Loader in all but name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        if _WHOLE not in sys.modules:
            self._of(_WHOLE)
        module = self._of(entry(spec.name))
        del sys.modules[entry(spec.name)]
        return module

    def _of(self, name: str) -> ModuleType:
        return _imp.create_dynamic(ModuleSpec(name, None, origin=self._library))

    def exec_module(self, module: ModuleType) -> None:
        """Its code ran when it was made."""
