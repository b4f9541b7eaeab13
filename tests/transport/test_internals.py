"""Names that nobody promised us are listed in one place, and each is still there."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import app.transport
from app.transport.internals import PRIVATE
from tests.running import ROOT

# Documented, and so not on the list.
PUBLIC = {"hypercorn.config.Config", "hypercorn.asyncio.serve"}
PUBLIC_MODULES = {"h11", "hypercorn.typing", "picows"}
MODULES = [
    importlib.import_module(f"app.transport.{found.name}") for found in pkgutil.iter_modules(app.transport.__path__)
]


def owner(place: str) -> object:
    module, _, name = place.partition(":")
    found: object = importlib.import_module(module)
    return getattr(found, name) if name else found


def own_names(cls: type) -> set[str]:
    """What a class has, and what its methods give to `self`."""
    return set(vars(cls)) | {node.attr for node in _of_self(cls) if isinstance(node.ctx, ast.Store)}


def _of_self(cls: type) -> Iterator[ast.Attribute]:
    """Each `self.name` in a class's source; none where it was compiled."""
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        return
    for node in ast.walk(ast.parse(inspect.cleandoc(source) if source[0].isspace() else source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node


def annotated(cls: type) -> set[str]:
    """What `__init__` says that `self` will have: `self.name: Kind`, without a value."""
    return {node.attr for node in _of_self(cls)}


@pytest.mark.parametrize("place", PRIVATE)
def test_each_name_is_still_there(place: str) -> None:
    found = owner(place)
    there = set(dir(found))
    if isinstance(found, type):
        there |= {name for cls in found.__mro__ for name in annotated(cls)}
    assert set(PRIVATE[place]) - there == set(), f"gone from {place}: see what took its place, and where it is used"


def ours() -> Iterator[type]:
    """Our classes that are made of others'."""
    for module in MODULES:
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == module.__name__ and any(theirs(cls)):
                yield cls


def theirs(cls: type) -> Iterator[type]:
    """The classes beneath one of ours that are Hypercorn's, h11's or picows' insides."""
    for base in cls.__mro__[1:]:
        if base.__module__.startswith(("hypercorn.", "h11.")) or base.__name__ == "WSProtocol":
            yield base


def source(module: ModuleType) -> str:
    """Also of one that is compiled."""
    return Path(ROOT, *module.__name__.split(".")).with_suffix(".py").read_text("utf-8")


@pytest.mark.parametrize("cls", list(ours()), ids=lambda cls: cls.__name__)
def test_what_a_class_of_ours_takes_or_replaces_is_listed(cls: type) -> None:
    bases = [base for base in cls.__mro__ if base.__module__.startswith("app.")]
    listed = {name for base in theirs(cls) for name in PRIVATE[f"{base.__module__}:{base.__name__}"]}
    known = {name for base in theirs(cls) for name in {*vars(base), *annotated(base)}}
    replaced = {name for base in bases for name in vars(base) if name in known and not name.startswith("__")}
    own = {name for base in bases for name in own_names(base)}
    taken = {node.attr for base in bases for node in _of_self(base)} - own
    assert (replaced | taken) - listed == set()


def test_what_is_imported_is_listed() -> None:
    found = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(source(module))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("hypercorn", "h11", "picows"):
                found |= {(node.module, alias.name) for alias in node.names if node.module not in PUBLIC_MODULES}
            assert not (
                isinstance(node, ast.Import) and "hypercorn" in {alias.name.split(".")[0] for alias in node.names}
            )
    listed = {(place, name) for place, names in PRIVATE.items() for name in names}
    assert {f"{where}.{name}" for where, name in found - listed} <= PUBLIC


def test_what_is_private_to_somebody_else_is_listed() -> None:
    """`its._name`, where it is none of a name that app/transport gives itself."""
    trees = [ast.parse(source(module)) for module in MODULES]
    attributes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    given = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")}
    given |= {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used = {node.attr for node in attributes if node.attr.startswith("_") and not node.attr.startswith("__")}
    assert used - given <= {name for names in PRIVATE.values() for name in names}
