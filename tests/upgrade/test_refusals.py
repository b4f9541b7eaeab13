"""What is refused, each with its line, and leaves everything as it was."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app import cli
from app.upgrade import fetch
from app.upgrade.journal import Build, Swap
from tests.running import PATIENCE
from tests.upgrade.builds import build
from tests.upgrade.conftest import Installed, Signer, Told, sha256

Run = Callable[..., Told]


def refused(told: Told, line: str, status: int = 1) -> None:
    assert told.status == status
    assert re.search(line, told.line), told.line


def test_a_build_without_a_release_key_says_so_and_wants_the_digest(
    installed: Installed, upgrade: Run, tmp_path: Path
) -> None:
    refused(upgrade(build(tmp_path, "0.2.0")), "^this build has no release key, .* --sha256. nothing was changed$")
    assert installed.unchanged()


def test_what_is_no_digest_and_a_missing_file_are_told_before_anything_is_looked_at(
    installed: Installed, upgrade: Run, tmp_path: Path
) -> None:
    refused(upgrade(tmp_path / "x", "--sha256", "abc"), "^--sha256: 64 hexadecimal digits are needed", 2)
    refused(upgrade(), "^upgrade needs the new version's FILE, or its https address", 2)
    refused(upgrade("--finish", "x"), "^--finish goes without a file", 2)
    assert installed.unchanged()


def test_another_digest(installed: Installed, upgrade: Run, tmp_path: Path) -> None:
    new = build(tmp_path, "0.2.0")
    told = upgrade(new, "--sha256", "0" * 64)
    refused(told, f"^{new} has the SHA-256 {sha256(new)}, not that of --sha256: nothing was changed$")
    assert installed.unchanged()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has others' files")
def test_what_another_user_wrote_down_to_be_run_is_not(installed: Installed, upgrade: Run, tmp_path: Path) -> None:
    """As anybody could where everybody may write, in /tmp: that an upgrade was cut off, and how to restart."""
    note, mark = installed.file.with_name("chatadmin.upgrade"), tmp_path / "run"
    here = Build("0.1.0", sha256(installed.file))
    note.write_bytes(msgspec.json.encode(Swap(here, here, f"touch {mark}", 0.0)))
    os.chown(note, 1234567, 1234567)
    refused(upgrade(build(tmp_path, "0.2.0"), "--sha256", "0" * 64), "chatadmin.upgrade is another user's: look at who")
    assert not mark.exists()
    assert installed.file.read_bytes() == installed.before


def test_with_a_key_a_digest_alone_is_not_enough(
    installed: Installed, upgrade: Run, tmp_path: Path, signer: Signer
) -> None:
    new = build(tmp_path, "0.2.0")
    told = upgrade(new, "--sha256", sha256(new), keys=(signer.key,))
    refused(told, f"^{new}.minisig: No such file or directory: nothing was changed$")
    assert installed.unchanged()


def test_a_signature_by_another_key_of_another_file_or_none_at_all(
    installed: Installed, upgrade: Run, tmp_path: Path, signer: Signer
) -> None:
    new, other = build(tmp_path, "0.2.0"), build(tmp_path, "0.3.0")
    Signer().sign(new)
    refused(upgrade(new, keys=(signer.key,)), "^it was not signed by the key that this version trusts")
    shutil.copy(signer.sign(other), f"{new}.minisig")
    refused(upgrade(new, keys=(signer.key,)), "^it was not signed by the key that this version trusts, or was changed")
    mine = signer.sign(new).read_bytes()
    for torn in (mine[:-30], mine.replace(b"chatadmin of", b"chatadmin 9 of")):
        Path(f"{new}.minisig").write_bytes(torn)
        refused(upgrade(new, keys=(signer.key,)), "^its signature cannot be read|^it was not signed by the key")
    for odd in (b"", b"x" * 5000):
        Path(f"{new}.minisig").write_bytes(odd)
        refused(upgrade(new, keys=(signer.key,)), f"^{new}.minisig is no signature: nothing was changed")
    assert installed.unchanged()


def test_the_signature_of_debians_minisign_is_read(
    installed: Installed, upgrade: Run, tmp_path: Path, signer: Signer
) -> None:
    """And that of a changed file refused; of two keys either may have signed."""
    minisign = shutil.which("minisign")
    assert minisign, "minisign is missing: ./build.sh test prepares it"
    subprocess.run(
        [minisign, "-G", "-W", "-p", "k.pub", "-s", "k.sec"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    key = (tmp_path / "k.pub").read_text().split("\n")[1]
    new = build(tmp_path, "0.0.9")  # older: the next thing that is looked at
    words = [minisign, "-S", "-s", "k.sec", "-m", new.name, "-t", "chatadmin 0.0.9"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE)
    told = upgrade(new, keys=(signer.key, key))
    assert 'signed: "chatadmin 0.0.9"' in told.out
    refused(told, "^0.0.9 is older than 0.1.0")
    new.write_text(new.read_text() + "\n")
    refused(upgrade(new, keys=(signer.key, key)), "^it was not signed")
    assert installed.unchanged()


def test_an_older_version_needs_leave(installed: Installed, upgrade: Run, tmp_path: Path) -> None:
    old = build(tmp_path, "0.1.0rc2")
    told = upgrade(old, "--sha256", sha256(old))
    refused(told, "^0.1.0rc2 is older than 0.1.0, .*: with --allow-downgrade it takes its place. Nothing was changed$")
    assert installed.unchanged()


def test_what_is_none_of_our_programs(installed: Installed, upgrade: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    said = {
        b"#!/bin/sh\necho no >&2; exit 3\n": "does not run here .no.",
        b"#!/bin/sh\necho other 1.0\n": "does not run here .other 1.0.",
        b"#!/bin/sh\necho chatadmin tomorrow\n": "'tomorrow' is no version",
        b"\x7fELF\x02\x01\x01 of another machine": "does not run here .Exec format error.",
        b"\xfd7zXZ\x00 archive": "is packed: unpack it",
        b"": "ended after 0 of 0 bytes",
    }
    for content, line in said.items():
        other.write_bytes(content)
        refused(upgrade(other, "--sha256", sha256(other)), line)
    refused(upgrade(tmp_path, "--sha256", "0" * 64), "is no ordinary file: nothing was changed")
    os.mkfifo(tmp_path / "pipe")
    refused(upgrade(tmp_path / "pipe", "--sha256", "0" * 64), "is no ordinary file: nothing was changed")
    assert installed.unchanged()


def test_one_whose_check_finds_what_fails(installed: Installed, upgrade: Run, tmp_path: Path) -> None:
    fails = "if 'check' in sys.argv: print('ok    port: free\\nfail  store: of tomorrow'); sys.exit(1)"
    new = build(tmp_path, "0.2.0", more=fails)
    told = upgrade(new, "--sha256", sha256(new))
    refused(told, "^the check of 0.2.0 says: fail store: of tomorrow. Nothing was changed$")
    assert installed.unchanged()


def test_a_file_that_is_too_large(
    installed: Installed, upgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(fetch.LARGEST + 1)
    refused(upgrade(large, "--sha256", "0" * 64), "has 200.0 MB, and no version has more than 200.0 MB: nothing was")
    assert installed.unchanged()


@pytest.fixture
def small_disk(installed: Installed) -> Iterator[Path]:
    """The folder of the file, with room for 64 KB."""
    folder = installed.file.parent
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True, timeout=PATIENCE)
    installed.file.write_bytes(installed.before)
    installed.file.chmod(0o755)
    yield folder
    subprocess.run(["umount", folder], check=True, timeout=PATIENCE)


@pytest.mark.usefixtures("as_root")
def test_no_room_on_disk(
    installed: Installed, upgrade: Run, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new"
    new.write_bytes(os.urandom(100_000))
    told = upgrade(new, "--sha256", sha256(new))
    refused(told, f"^{new} has 0.1 MB, and {small_disk} 0.1 MB free: nothing was changed$")
    assert installed.unchanged()
    monkeypatch.setattr(fetch, "_mb", str)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: os.terminal_size((0, 0)) and _Roomy())  # taken meanwhile
    told = upgrade(new, "--sha256", sha256(new))
    refused(told, f"^there is no room left in {small_disk}: nothing was changed$")
    assert installed.unchanged()


class _Roomy:
    free = 1 << 30


def test_a_run_from_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["upgrade", "x", "--sha256", "0" * 64]) == 1
    assert "this runs from its source, which git upgrades" in capsys.readouterr().err


def test_the_version_before_does_not_upgrade_itself(installed: Installed, upgrade: Run) -> None:
    installed.file = installed.file.rename(installed.file.with_name("chatadmin.old"))
    told = upgrade("x", "--sha256", "0" * 64)
    refused(told, f"to go back to it, mv {installed.file} {installed.file.with_suffix('')}, and restart$")
    assert installed.beside() == ["chatadmin.old"]


def test_a_file_of_a_package_is_its_package_managers(
    installed: Installed, upgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_root: None
) -> None:
    """A real one, in a database of its own."""
    tree, database = tmp_path / "tree", tmp_path / "dpkg"
    (tree / "DEBIAN").mkdir(parents=True)
    control = "Package: chatadmin-of-tests\nVersion: 0.1.0\nArchitecture: all\nMaintainer: x <x@x.example>\n"
    (tree / "DEBIAN/control").write_text(control + "Description: x\n")
    inside = tree / installed.file.relative_to("/")
    inside.parent.mkdir(parents=True)
    shutil.copy(installed.file, inside)
    for part in ("updates", "info", "triggers"):
        (database / part).mkdir(parents=True)
    for part in ("status", "available"):
        (database / part).touch()
    monkeypatch.setenv("DPKG_ADMINDIR", str(database))
    subprocess.run(["dpkg-deb", "-b", tree, tmp_path / "x.deb"], check=True, capture_output=True, timeout=PATIENCE)
    subprocess.run(["dpkg", "-i", tmp_path / "x.deb"], check=True, capture_output=True, timeout=PATIENCE)
    told = upgrade("x", "--sha256", "0" * 64)
    refused(told, f"^{installed.file} is of the package chatadmin-of-tests: upgrade that .apt-get install ./chat")
    assert installed.unchanged()


def test_a_folder_that_is_read_only(installed: Installed, upgrade: Run, as_root: None) -> None:
    folder = installed.file.parent
    subprocess.run(["mount", "--bind", folder, folder], check=True, timeout=PATIENCE)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True, timeout=PATIENCE)
        refused(upgrade("x", "--sha256", "0" * 64), f"^{folder} is read-only, as in an image: upgrade what it")
    finally:
        subprocess.run(["umount", folder], check=True, timeout=PATIENCE)
    assert installed.unchanged()
