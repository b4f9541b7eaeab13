"""What a release is made of: the version, which stands in one place, and lock files that name every byte."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.running import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "app.__version__"}
    assert "version" not in json.loads((ROOT / "package.json").read_text("utf-8"))
    assert "version" not in json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"][""]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_has_digests_and_no_addresses(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    for line in text.replace("\\\n", " ").splitlines():
        assert re.match(r"[a-z0-9][\w.-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_what_one_package_is_named_for_twice_is_of_one_version() -> None:
    """The loader in the file is that of the build; what reads it for the list of parts has to know it."""
    builds = [lock for lock in LOCKS if lock.stem in ("build", "release", "test")]
    pins = {re.findall(r"^pyinstaller==\S+", lock.read_text("utf-8"), re.M)[0] for lock in builds}
    assert len(pins) == 1
