"""The architecture is visible from the folders, and stays so: imports go one way."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.running import ROOT

APP = ROOT / "app"
# Who may import whom; what is not here (config, resources, words, cli) is the door, and open to all or for all.
ALLOWED = {
    "chat": {"chat"},
    "store": {"store", "chat"},
    "live": {"live", "store", "chat", "config", "words"},
    "transport": {"transport", "live", "config"},
    "web": {"web", "transport", "live", "store", "chat", "config", "resources", "words"},
    "server": {"server", "web", "transport", "live", "store", "config"},
    "terminal": {"terminal"},
}
MODULES = sorted(path for folder in ALLOWED for path in (APP / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    """The parts of `app` that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "app":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("app.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_go_one_way(path: Path) -> None:
    folder = path.relative_to(APP).parts[0]
    assert _imports(path) <= ALLOWED[folder] | {"__version__"}


def test_only_the_store_knows_its_client_libraries() -> None:
    outside = [path for path in APP.rglob("*.py") if "store" not in path.relative_to(APP).parts[:1]]
    libraries = re.compile(r"^\s*(?:import|from) +(?:redis|hiredis)\b", re.MULTILINE)
    assert [str(path) for path in outside if libraries.search(path.read_text("utf-8"))] == []


def test_only_the_transport_knows_hypercorn() -> None:
    library = re.compile(r"^\s*(?:import|from) +(?:hypercorn|h11|wsproto)\b", re.MULTILINE)
    outside = [path for path in APP.rglob("*.py") if path.relative_to(APP).parts[0] != "transport"]
    assert [str(path) for path in outside if library.search(path.read_text("utf-8"))] == []


def test_no_module_is_part_of_a_circle() -> None:
    """What is imported for its types alone counts too: such a circle is as hard to read."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in APP.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = graph[name] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                found |= {
                    full if (full := f"{node.module}.{alias.name}") in modules else node.module for alias in node.names
                }
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name in modules}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_routes_reach_the_store_through_the_node() -> None:
    for path in (APP / "web").glob("*.py"):
        assert "node().store" not in path.read_text("utf-8"), path


def test_the_rules_know_no_event_loop() -> None:
    for path in (APP / "chat").glob("*.py"):
        text = path.read_text("utf-8")
        assert "import asyncio" not in text
        assert "import time" not in text


def test_no_file_is_larger_than_can_be_held_in_mind() -> None:
    files = [*APP.rglob("*.py"), *(ROOT / "static" / "js").rglob("*.js")]
    assert {str(path): lines for path in files if (lines := len(path.read_text("utf-8").splitlines())) > 400} == {}
