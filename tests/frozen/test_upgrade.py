"""The file takes the place of itself, in another version: what is frozen is read from the file that is replaced.

The other version is the same build with one constant changed: that which says the version.
"""

import os
import random
import shutil
import signal
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

from app import __version__
from app.upgrade.signature import KEYS_FILE
from tests.folders import files_in
from tests.upgrade.conftest import customer, sha256
from tests.upgrade.service import Customer, Manager, whole

__all__ = ["customer"]

SERVICE_USER = 1234567  # by whom it runs where these tests run as root
KILLS = 20
# One that starts, says its version, finds nothing wrong, and never serves.
NEVER_READY = '#!/bin/sh\ncase "$*" in --version) echo chatadmin 0.2.0;; *check*) ;; *) exec sleep 600;; esac\n'


def another(file: Path, target: Path, version: str) -> Path:
    """The file as `version`, which is as long as its own."""
    shutil.copy(file, target)
    archive = CArchiveReader(str(file))
    (name,) = (name for name in archive.toc if name.startswith("PYZ"))
    _, offset, length = archive.open_embedded_archive(name).toc["app"]
    with target.open("r+b") as content:
        content.seek(archive._start_offset + archive.toc[name][0] + offset)
        code = zlib.decompress(content.read(length))
        assert code.count(__version__.encode()) == 1
        changed = zlib.compress(code.replace(__version__.encode(), version.encode()), 0)  # stored, as it was
        assert len(changed) == length
        content.seek(-length, os.SEEK_CUR)
        content.write(changed)
    return target


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the service's user can reach; pytest's own are closed to all but us."""
    made = Path(tempfile.mkdtemp(prefix="ca-frozen-"))
    made.chmod(0o1777)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def service(file: Path, folder: Path) -> Iterator[Manager]:
    """The file as a service: in a folder of ours, on data that, where we are root, are another user's."""
    if KEYS_FILE in CArchiveReader(str(file)).toc:
        pytest.skip("built with a release key: another version would have to be signed")
    (folder / "bin").mkdir(mode=0o755)
    installed = Path(shutil.copy(file, folder / "bin/chatadmin"))
    with Manager(installed, folder, SERVICE_USER if os.geteuid() == 0 else None) as made:
        made.start()
        made.serves(__version__)
        yield made


def test_it_takes_the_place_of_itself(service: Manager, customer: Customer, file: Path, folder: Path) -> None:
    """By root, where we are: the file stays root's, and all that is in the data directory is its owner's."""
    new = another(file, folder / "new", "0.2.0")
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, done.stderr) == (0, "")
    assert (service.version(), sha256(service.file)) == ("0.2.0", sha256(new))
    customer.goes_on()
    assert sorted(os.listdir(folder / "bin")) == ["chatadmin", "chatadmin.old"]
    assert service.file.stat().st_uid == os.geteuid()
    owners = {path.parent.stat().st_uid for path in files_in(service.data)}
    for path in files_in(service.data):
        with suppress(FileNotFoundError):  # the product is at work
            owners.add(path.lstat().st_uid)
    assert owners == {SERVICE_USER if os.geteuid() == 0 else os.geteuid()}
    backup = folder / "data-before-0.2.0.tar.gz"
    assert f"backed up to {backup}\n" in done.stdout
    assert backup.stat().st_mode & 0o777 == 0o600


def test_it_gives_its_place_back(service: Manager, customer: Customer, folder: Path, file: Path) -> None:
    """The former goes on where it was, whose file is put back by a program that was read from it."""
    new = another(file, folder / "new", "0.2.0")
    service.command = f'test "$({service.file} --version)" = "chatadmin {__version__}" && {service.command}'
    done = service.upgrade(new, "--sha256", sha256(new))
    assert done.stderr == (
        f"chatadmin: 0.2.0 does not serve (the command failed (exit 1)), so {__version__} is back in its place, and "
        "serves. Nothing is lost\n"
    )
    assert (done.returncode, service.version(), service.restarts) == (1, __version__, 1)
    assert os.listdir(folder / "bin") == ["chatadmin"]
    assert sha256(service.file) == sha256(file)
    customer.goes_on()


@pytest.mark.long
def test_one_that_never_gets_ready_is_swapped_back(service: Manager, customer: Customer, folder: Path) -> None:
    """After the minute that it has."""
    new = folder / "new"
    new.write_text(NEVER_READY)
    done = service.upgrade(new, "--sha256", sha256(new))
    assert f"it was not ready within 60 s), so {__version__} is back in its place, and serves" in done.stderr
    assert (done.returncode, service.version(), service.restarts) == (1, __version__, 2)
    customer.goes_on()


@pytest.mark.long
def test_killed_twenty_times(service: Manager, customer: Customer, file: Path, folder: Path) -> None:
    """At any moment of an upgrade that would go well, with all that it runs but the service manager."""
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1 << 32)
    print(f"SEED={seed}", flush=True)
    chance, kills, turn, longest = random.Random(seed), 0, 0, 0.0
    while kills < KILLS:
        version, present = f"0.{turn % 7 + 2}.0", service.file.read_bytes()
        new = another(file, folder / "new", version)
        words = (new, "--sha256", sha256(new), "--allow-downgrade")
        turn += 1
        assert turn < 10 * KILLS, f"killed only {kills} times"
        if not longest:
            began = time.monotonic()
            assert service.upgrade(*words).returncode == 0
            longest = time.monotonic() - began
            continue
        killed = service.upgrade(*words, killed_after=chance.uniform(0.05, longest))
        whole(service.file, present, new.read_bytes())
        if killed.returncode == 0:
            continue
        assert killed.returncode == -signal.SIGKILL, killed
        kills += 1
        print(f"killed after {(killed.stdout.splitlines() or ['-'])[-1]!r}", flush=True)
        if chance.random() < 0.5:
            service.power_cut()
        customer.goes_on()
        done = service.upgrade(*words)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert (service.version(), sha256(service.file)) == (version, sha256(new))
        assert sorted(os.listdir(folder / "bin")) == ["chatadmin", "chatadmin.old"]
    print(f"killed {kills} times; {customer.acknowledged} messages acknowledged, each there once", flush=True)
