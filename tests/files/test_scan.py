"""The operator's program: what its end means, and that nothing of it outlives its time."""

import os
from pathlib import Path

import pytest

from app.chat.errors import Refusal
from app.files import scan as scanning
from app.files.scan import scan
from tests.running import wait_until


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("sh -c 'test -f \"$1\"' -", ""),
        ("sh -c 'exit 1' -", "file_refused"),
        ("sh -c 'exit 2' -", "files_unavailable"),
        ("sh -c 'kill -9 $$' -", "files_unavailable"),
        ("/nowhere/scanner", "files_unavailable"),
        ("cat /dev/zero", "files_unavailable"),
    ],
)
def test_what_a_scanner_says_counts(command: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if command == "cat /dev/zero":
        monkeypatch.setattr(scanning, "SCAN_TIMEOUT", 0.5)
    file = tmp_path / "a b; rm -r $HOME 'c"
    file.write_text("tea")
    if not code:
        scan(command, file)
        return
    with pytest.raises(Refusal) as refused:
        scan(command, file)
    assert refused.value.code == code


def test_what_a_slow_scanner_began_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = tmp_path / "pid"
    for patience in (0.5, 5.0, 50.0):  # until it has had the time to begin something, on this machine
        monkeypatch.setattr(scanning, "SCAN_TIMEOUT", patience)
        with pytest.raises(Refusal):
            scan(f"sh -c 'sleep 1000 & echo $! > {noted}.new; mv {noted}.new {noted}; wait' -", tmp_path / "file")
        if noted.exists():
            break
    child = Path(f"/proc/{noted.read_text().strip()}")
    wait_until(lambda: not child.exists() or ") Z " in (child / "stat").read_text(), "the end of the sleeper")


def test_a_frozen_program_hands_its_libraries_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "LD_LIBRARY_PATH", "/ours")
    scan("sh -c 'test -z \"$LD_LIBRARY_PATH\"' -", tmp_path)
    monkeypatch.setitem(os.environ, "LD_LIBRARY_PATH_ORIG", "/theirs")
    scan("sh -c 'test \"$LD_LIBRARY_PATH\" = /theirs' -", tmp_path)
