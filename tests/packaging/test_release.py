"""What a release is made of: the version, which stands in one place, and lock files that name every byte."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Sequence
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
    number = pins.pop().partition("==")[2]
    assert f"/pyinstaller-{number}.tar.gz" in (ROOT / "packaging/python/sources").read_text("utf-8")


def done(*command: str | Path, at: Path, env: dict[str, str] | None = None) -> str:
    """What a command said. Where it failed, all that it said is told."""
    ended = subprocess.run(command, cwd=at, env=os.environ | (env or {}), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{command}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def release(at: Path, keys: dict[str, str]) -> Path:
    """A release of the commit that is checked out, made in a clone of its own; the folder that it lies in."""
    done("git", "clone", "--quiet", ROOT, at, at=ROOT)
    done("packaging/release.sh", at=at, env=keys | {"OUT": str(at / "out")})
    return at / "out"


def pair_of_keys(folder: Path) -> dict[str, str]:
    done("minisign", "-G", "-W", "-p", "release.pub", "-s", "release.sec", at=folder)
    public = (folder / "release.pub").read_text("utf-8").split("\n")[1]
    return {"CHATADMIN_RELEASE_SECRET": str(folder / "release.sec"), "CHATADMIN_RELEASE_KEY": public}


def digests(folder: Path) -> Sequence[str]:
    return (folder / "SHA256SUMS").read_text("utf-8").splitlines()


@pytest.mark.long
def test_two_releases_of_a_commit_are_the_same(tmp_path: Path) -> None:
    """With all that a machine needs for it, and half an hour of a core: each makes a Python of its own."""
    keys = pair_of_keys(tmp_path)
    one, another = (release(tmp_path / name, keys) for name in ("one", "another"))
    assert digests(one) == digests(another)
    done("sha256sum", "--check", "--strict", "SHA256SUMS", at=one)
    signed = ("chatadmin", "chatadmin.tar.xz", "SHA256SUMS")
    for name in signed:
        done("minisign", "-V", "-P", keys["CHATADMIN_RELEASE_KEY"], "-m", name, at=one)
        assert (one / f"{name}.minisig").read_bytes() == (another / f"{name}.minisig").read_bytes()
    summed = {line.split()[1] for line in digests(one)}
    there = {path.name for path in one.iterdir()}
    assert there == summed | {"SHA256SUMS"} | {f"{name}.minisig" for name in signed}
    assert (one / "LICENSES.txt").read_text("utf-8").strip() == done(one / "chatadmin", "licenses", at=one).strip()
