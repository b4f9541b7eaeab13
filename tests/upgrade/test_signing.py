"""A release is signed, and the keys get into a build."""

import importlib
import os
import subprocess
from pathlib import Path

import pytest

from app.upgrade import signature
from app.upgrade.failure import UpgradeError
from tests.running import PATIENCE, ROOT


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """The environment of whoever releases: keys as Debian's minisign makes them."""
    words = ["minisign", "-G", "-W", "-p", "release.pub", "-s", "release.sec"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE)
    public = (tmp_path / "release.pub").read_text().split("\n")[1]
    return {"CHATADMIN_RELEASE_SECRET": str(tmp_path / "release.sec"), "CHATADMIN_RELEASE_KEY": public}


def sign(file: Path, keys: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    words = [str(ROOT / "packaging/sign.sh"), "chatadmin 0.2.0 x86_64", str(file)]
    return subprocess.run(words, env=os.environ | keys, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_what_was_signed_is_taken_by_a_build_with_the_key(tmp_path: Path, keys: dict[str, str]) -> None:
    file = tmp_path / "chatadmin"
    file.write_bytes(os.urandom(100_000))
    assert sign(file, keys).returncode == 0
    signed = (tmp_path / "chatadmin.minisig").read_bytes()
    assert len(signed) < signature.LARGEST
    assert signature.check(file, signed, [keys["CHATADMIN_RELEASE_KEY"]]) == "chatadmin 0.2.0 x86_64"
    file.write_bytes(os.urandom(100_000))
    with pytest.raises(UpgradeError, match="it was not signed by the key"):
        signature.check(file, signed, [keys["CHATADMIN_RELEASE_KEY"]])


def test_a_signature_that_no_build_would_take_is_not_left(tmp_path: Path, keys: dict[str, str]) -> None:
    file = tmp_path / "chatadmin"
    file.write_bytes(b"program")
    other = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"  # of minisign's own documentation
    done = sign(file, keys | {"CHATADMIN_RELEASE_KEY": other})
    assert done.returncode == 1
    assert "would be taken by no version with this CHATADMIN_RELEASE_KEY" in done.stderr
    assert not (tmp_path / "chatadmin.minisig").exists()
    both = keys | {"CHATADMIN_RELEASE_KEY": f"{other} {keys['CHATADMIN_RELEASE_KEY']}"}
    assert sign(file, both).returncode == 0


def test_a_build_carries_the_keys_it_is_given(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    bundle = importlib.import_module("bundle")
    key = keys["CHATADMIN_RELEASE_KEY"]
    (tmp_path / "bundle").mkdir()
    bundle.keep_release_keys("", tmp_path / "bundle")
    assert not (tmp_path / "bundle" / signature.KEYS_FILE).exists()
    bundle.keep_release_keys(f" {key}\n{key} ", tmp_path / "bundle")
    assert (tmp_path / "bundle" / signature.KEYS_FILE).read_text() == f"{key}\n{key}\n"
    for wrong in (key[:-1], f"{key} untrusted", "RWQ"):
        with pytest.raises(SystemExit, match="is no public key of minisign's"):
            bundle.keep_release_keys(wrong, tmp_path / "bundle")


def test_the_source_has_none() -> None:
    assert signature.keys() == []
