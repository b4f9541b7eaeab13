"""On how old a system the file runs: what its programs and libraries ask of glibc.

Built by ./build.sh, the file takes Python and the libraries behind it from this machine, and runs on one as old alone.
The rest comes from packages, and is to run where packaging/file.sh says the released file does.
"""

import re
import sys
from pathlib import Path

import pytest

from tools import symbols

OLDEST = (2, 28)
# What is compiled of ours is made by this machine's compiler too, as the loader is, which has Python in it.
OF_THE_MACHINE = re.compile(r"compiled\.so|lib[^/]+\.so[.\d]*|python3\.\d+/lib-dynload/.+")
# Of its wheels, which are for several systems, pip takes the newest that this one can run; packaging/file.sh does not.
OF_THIS_SYSTEM = re.compile(r"later/cryptography\.zip/.+")


@pytest.fixture(scope="module")
def found(file: Path) -> list[symbols.Program]:
    return symbols.programs(file)


def test_what_comes_from_packages_runs_on_old_systems(file: Path, found: list[symbols.Program]) -> None:
    inside = [one for one in found if one.name != file.name]
    ours = [one for one in inside if not OF_THE_MACHINE.fullmatch(one.name) and not OF_THIS_SYSTEM.fullmatch(one.name)]
    assert {one.name: symbols.shown(one.newest) for one in ours if one.newest > OLDEST} == {}


def test_the_loader_the_store_and_what_is_packed_were_looked_at(file: Path, found: list[symbols.Program]) -> None:
    names = {one.name for one in found}
    assert {file.name, "valkey-server"} <= names
    assert any(name.startswith("later/cryptography.zip/") for name in names)
    assert all(one.libraries for one in found if not OF_THE_MACHINE.fullmatch(one.name))  # read, and something found


def test_of_the_system_the_file_needs_glibc_and_zlib_alone(found: list[symbols.Program]) -> None:
    assert {library for libraries in symbols.missing(found).values() for library in libraries} <= {"libz.so.1"}


def test_a_program_that_asks_for_more_is_named(tmp_path: Path) -> None:
    """This machine's own Python, which is newer than the limit given."""
    asked = symbols.asked("python", Path(sys.executable).resolve().read_bytes())
    assert "libc.so.6" in asked.libraries
    assert asked.newest >= (2, 14)


@pytest.mark.parametrize(("version", "number"), [("2.3.4", (2, 3, 4)), ("ABI_DT_RELR", (2, 36)), ("2.28", (2, 28))])
def test_versions_are_compared_as_numbers(version: str, number: tuple[int, ...]) -> None:
    assert symbols._number(version) == number


def test_newer_symbols_and_libraries_of_others_are_refused() -> None:
    found = [
        symbols.Program("later/x.zip/x.so", frozenset({(2, 9), (2, 34)}), frozenset({"libc.so.6", "libx.so.1"})),
        symbols.Program("libx.so.1", frozenset({(2, 28)}), frozenset({"libm.so.6", "libz.so.1"})),
    ]
    assert symbols.refused(found, (2, 28)) == ["libx.so.1 needs libz.so.1", "later/x.zip/x.so needs glibc 2.34"]
    assert symbols.refused(found, (2, 34)) == ["libx.so.1 needs libz.so.1"]
