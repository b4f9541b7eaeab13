"""What is compiled (app/compiled.py): that it is what runs where it is said to be, and that it can be compiled."""

import ast
import importlib
import os
import pty
import re
import subprocess
import traceback
from pathlib import Path

import pytest

from app import __version__, compiled
from app.chat import protocol
from tests.clients.api import log_in
from tests.clients.sockets import open_chat
from tests.running import PATIENCE, ROOT, Chatadmin, environment, frozen, program_under_test
from tools import interpreter

COMPILED_HERE = bool(os.environ.get("COMPILED_MODULES"))
# What mypyc cannot make a native class of, and what happens: decision 13.
NEVER = {"Struct", "WSListener"}


def source(name: str) -> ast.Module:
    return ast.parse(Path(ROOT, *name.split(".")).with_suffix(".py").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(compiled.MODULES))
def test_what_is_tested_here_is_what_was_compiled(name: str) -> None:
    module = importlib.import_module(name)
    assert Path(module.__file__ or "").suffix == (".so" if COMPILED_HERE else ".py")


@pytest.mark.parametrize("name", sorted(compiled.MODULES))
def test_no_class_there_is_one_that_has_to_be_interpreted(name: str) -> None:
    bases = {
        ast.unparse(base) for node in ast.walk(source(name)) if isinstance(node, ast.ClassDef) for base in node.bases
    }
    assert {base for base in bases if base.rpartition(".")[2] in NEVER} == set()


@pytest.mark.parametrize("name", sorted(compiled.MODULES))
def test_nothing_is_waited_for_there_while_an_exception_is_handled(name: str) -> None:
    """It would be the one that is handled wherever the loop goes on meanwhile, and every later one be chained to it."""
    waits = (ast.Await, ast.AsyncWith, ast.AsyncFor, ast.Yield, ast.YieldFrom)
    found = [
        inner.lineno
        for node in ast.walk(source(name))
        for part in _handling(node)
        for inner in ast.walk(part)
        if isinstance(inner, waits)
    ]
    assert found == []


def _handling(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Try):
        return [*node.handlers, *node.finalbody]
    return [node] if isinstance(node, ast.AsyncWith) else []  # it waits in its end


def test_a_traceback_names_the_file_and_the_line() -> None:
    try:
        protocol.milliseconds("no time")
    except ValueError as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
    assert Path(place.filename).parts[-3:] == ("app", "chat", "protocol.py")
    source = (ROOT / "app" / "chat" / "protocol.py").read_text("utf-8").splitlines()
    assert "fromisoformat" in source[(place.lineno or 0) - 1]


def test_a_terminal_is_told_what_runs_the_program_and_others_the_version_alone(tmp_path: Path) -> None:
    ours, its = pty.openpty()
    environ = environment(tmp_path, None)
    words = [*program_under_test(), "--version"]
    subprocess.run(words, check=True, stdout=its, cwd=ROOT, env=environ, timeout=PATIENCE)
    os.close(its)
    with open(ours, "rb") as terminal:
        told = terminal.read1().decode().replace("\r\n", "\n")
    assert re.fullmatch(rf"chatadmin {re.escape(__version__)}\nPython 3\.\d+\.\d+\S*, .+\n", told)
    assert ("compiled by mypyc" in told) == bool(frozen())
    piped = subprocess.run(words, check=True, capture_output=True, cwd=ROOT, env=environ, timeout=PATIENCE)
    assert piped.stdout.decode() == f"chatadmin {__version__}\n"


@pytest.mark.skipif(not frozen(), reason="looks at the file's processes")
def test_the_file_runs_what_was_compiled(chatadmin: Chatadmin) -> None:
    visitor = open_chat(chatadmin.url, log_in(chatadmin.url, "Xiaoming"))
    visitor.hear(type="joined")
    libraries = [Path(f"/proc/{pid}/maps").read_text("utf-8") for pid in chatadmin.pids()]
    assert any(compiled.LIBRARY in mapped for mapped in libraries)
    visitor.close()


@pytest.mark.parametrize(
    ("hot", "flags", "expected"),
    [(20, "", True), (1, "", False), (1, "--with-x", False), (1, "--enable-optimizations", True)],
)
def test_how_python_was_compiled_is_seen_in_its_code(
    hot: int, flags: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "libpython.a"
    library.write_bytes(b"\x7fELF" * 100 + interpreter.HOT * hot)
    monkeypatch.setattr(interpreter, "flags", lambda: flags)
    assert interpreter.profiled(library) == expected
    assert interpreter.profiled(None) == ("optimizations" in flags)
    assert ("with PGO" in interpreter.described(library)) == expected
