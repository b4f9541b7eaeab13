"""The loader of the file: why it may be made without Python in it, and what stops a build (tools/loader.py)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import ROOT
from tools import interpreter, loader

# A compiler that links nothing, and knows no library but itself.
COMPILER = """#!/bin/sh
case $1 in
  --version) echo 1.0 ;;
  -print-file-name=libknown.a) echo "$0" ;;
  -print-file-name=*) echo "${1#*=}" ;;
  *) exit 1 ;;
esac
"""
# A program that asks for a module of Python's, and that module, which asks for what is nowhere.
PROGRAM = """
void *PyInit__sha2(void);
int main(void) { return PyInit__sha2() != 0; }
"""
PYTHON = """
int puts(const char *);
void *PyExc_ImportError;
void PyErr_SetString(void *error, const char *text) { puts(text); }
"""
ASKING = """
void *nowhere(void);
void *PyInit__sha2(void) { return nowhere(); }
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree, as far as a loader is made of it; Python's static library is in it."""
    compiler, library = tmp_path / "cc", tmp_path / "libpython.a"
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    library.touch()
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "build.txt", tmp_path / "requirements")
    monkeypatch.setenv("CC", str(compiler))
    monkeypatch.setattr(loader, "ROOT", tmp_path)
    monkeypatch.setattr(loader, "libraries", lambda: ["-lknown", "-lm"])
    monkeypatch.setattr(interpreter, "static_library", lambda: library)
    return tmp_path


def refused(place: Path) -> bool:
    return any(place.glob("build/loader/*/refused"))


def test_a_source_that_cannot_be_had_stops_the_build_and_is_asked_for_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit, match="could not be downloaded"):
        loader.main()
    assert not refused(place)


def test_what_the_compiler_cannot_link_is_not_tried_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def source(folder: Path) -> Path:
        (folder / "pyi_dylib_python.c").write_text(f"{loader.LOADS} 0)")
        return folder

    monkeypatch.setattr(loader, "source", source)
    assert loader.main() == 0
    assert refused(place)
    assert "cannot be linked" in capsys.readouterr().err
    monkeypatch.delattr(loader, "source")
    assert loader.main() == 0
    assert capsys.readouterr().out == ""


def test_without_a_library_that_python_needs_nothing_is_linked(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loader, "libraries", lambda: ["-lknown", "-lnonesuch"])
    assert loader.main() == 0
    said = capsys.readouterr()
    assert "there is no libnonesuch.a" in said.err
    assert said.out == ""
    assert not refused(place)


def test_a_module_of_python_that_asks_for_what_is_withheld_is_not_linked(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC")
    (code := place / "code").mkdir()
    (code / "main.c").write_text(PROGRAM)
    for name, text in (("python", PYTHON), ("sha2module", ASKING)):
        (place / f"{name}.c").write_text(text)
    subprocess.run(["cc", "-w", "-c", "python.c", "sha2module.c"], cwd=place, check=True)
    library = place / "libpython3.a"
    subprocess.run(["ar", "rc", library, "python.o", "sha2module.o"], cwd=place, check=True)
    monkeypatch.setattr(loader, "libraries", list)
    settings = {"MODLIBS": ""}
    monkeypatch.setattr(interpreter, "setting", lambda name: settings[name])
    with pytest.raises(subprocess.CalledProcessError):
        loader.compile_it(code, library, place / "run")
    settings["MODLIBS"] = "-lz Modules/_hacl/libHacl_Hash_SHA2.a"
    loader.compile_it(code, library, place / "run")
    assert subprocess.check_output([place / "run"], text=True) == "OpenSSL has it\n"
