"""What is compiled when the file is made (tools/readymade.py) is what Python would compile at each start."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import PATIENCE, ROOT

BEGIN = """
import dataclasses, marshal, re, sys
from pathlib import Path
from app import absent, readymade, resources
read = resources.read
resources.FROZEN, resources.read = True, lambda name: Path(sys.argv[1]).read_bytes()
"""
COUNT = """
from re import _compiler
compile, asked = _compiler.compile, []
_compiler.compile = lambda text, flags=0: asked.append(text) or compile(text, flags)
readymade.install()
resources.FROZEN, resources.read = False, read
absent.leave_out()
import app.cli, app.server.run, app.server.worker
print(asked)
@dataclasses.dataclass
class Other:
    new: int
print(Other(3), re.sub("new(?=est)", "x", "newest"), len(asked))
"""
COMPARE = """
_, patterns, texts = marshal.loads(resources.read(""))
same = dict(patterns)
readymade._use_patterns(patterns)
from re import _compiler
made = {asked: _compiler.compile(*asked) for asked in same}
assert not patterns
assert made == {asked: _compiler.compile(*asked) for asked in same}
for text, code in texts.items():
    assert marshal.loads(code) in (compile(text, "<string>", how, optimize=2) for how in ("exec", "eval")), text
# Python 3.13 compiles a class at once, older ones each of its methods.
print(len(made) > 100, len(texts) > (100 if sys.version_info >= (3, 13) else 200))
"""
OTHER = """
magic, *found = marshal.loads(resources.read(""))
resources.read = lambda name: marshal.dumps((magic + 1, *found))
from re import _compiler
compile = _compiler.compile
readymade.install()
print(_compiler.compile is compile)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / "readymade"
    run("-m", "tools.readymade", str(file))
    return file


def run(*arguments: str) -> str:
    line = [sys.executable, *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout


def test_a_server_compiles_no_expression_when_it_starts_and_what_is_new_as_ever(made: Path) -> None:
    first, then = run("-c", BEGIN + COUNT, str(made)).splitlines()
    assert first == "[]"
    assert then == "Other(new=3) xest 1"


def test_what_was_made_is_what_python_makes(made: Path) -> None:
    assert run("-c", BEGIN + COMPARE, str(made)) == "True True\n"


def test_what_another_python_made_is_not_used(made: Path) -> None:
    assert run("-c", BEGIN + OTHER, str(made)) == "True\n"


def test_it_is_the_same_in_every_build(made: Path, tmp_path: Path) -> None:
    run("-m", "tools.readymade", str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == made.read_bytes()
