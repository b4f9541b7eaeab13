"""The deb's life on a machine: installed, upgraded, removed, purged, and what becomes of what the shop wrote."""

import hashlib
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.packaging.machine import DATA, Machine, Packages, packed, said, say
from tests.running import PATIENCE

pytestmark = pytest.mark.long

Both = tuple[Packages, Packages]
SETTINGS = Path("/etc/chatadmin/chatadmin.yaml")


def test_lintian_finds_nothing(packages: Both) -> None:
    words = ["lintian", "--allow-root", "--fail-on", "error,warning", str(packages[0].deb)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=10 * PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_two_are_the_same(packages: Both, tmp_path: Path) -> None:
    for one, other in zip(packages[0], packed("0.1.0", tmp_path / "again"), strict=True):
        assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def test_a_life(packages: Both, file: Path, tmp_path: Path) -> None:
    first, second = (found.deb for found in packages)
    machine = Machine(tmp_path, "zlib1g")

    machine.run("apt-get", "install", "-y", "--no-install-recommends", machine.take(first))
    token = _serves_by_its_user(machine)
    _refuses_to_upgrade_itself(machine, file)

    assert "no agents" in machine.run("chatadmin", "agent", "list")  # by root, as an administrator does
    with machine.at(SETTINGS).open("a") as settings:
        settings.write("shop_name: Tea\n")
    machine.run("apt-get", "install", "-y", machine.take(second))
    assert "Version: 0.1.1" in machine.run("dpkg", "--status", "chatadmin")
    assert "shop_name: Tea" in machine.at(SETTINGS).read_text("utf-8")
    with machine.serving() as shop:
        assert said(shop, token) == ["tea, please"]

    machine.run("apt-get", "remove", "-y", "chatadmin")
    assert not machine.at("/usr/bin/chatadmin").exists()
    assert machine.at(DATA / "store").is_dir()
    assert machine.at(SETTINGS).is_file()

    machine.run("apt-get", "install", "-y", machine.take(second))
    with machine.serving() as shop:
        assert said(shop, token) == ["tea, please"]

    told = machine.run("apt-get", "purge", "-y", "chatadmin")
    assert "removing /var/lib/chatadmin: conversations, people, settings, files and certificates" in told
    assert "keeping the user chatadmin" in told
    left = [
        str(path.relative_to(machine.root)) for path in machine.root.rglob("*chatadmin*") if path.parent.name != "srv"
    ]
    assert [path for path in left if not path.startswith(("proc/", "tmp/", "var/lib/dpkg/", "var/lib/apt/"))] == []


def _serves_by_its_user(machine: Machine) -> str:
    """See whose all is, and let somebody write; their token."""
    user, group = machine.run("id", "-u", "chatadmin"), machine.run("id", "-g", "chatadmin")
    data, settings = machine.at(DATA).stat(), machine.at(SETTINGS).stat()
    assert (data.st_uid, stat.S_IMODE(data.st_mode)) == (int(user), 0o700)
    assert (settings.st_uid, settings.st_gid, stat.S_IMODE(settings.st_mode)) == (0, int(group), 0o640)
    for path in ("man/man1/chatadmin.1.gz", "bash-completion/completions/chatadmin", "chatadmin/ports.conf"):
        assert machine.at(f"/usr/share/{path}").is_file() or "man/" in path  # which minimal systems leave out
    with machine.serving() as shop:
        return say(shop, "maria", "tea, please")


def _refuses_to_upgrade_itself(machine: Machine, file: Path) -> None:
    """The file is dpkg's, which would undo what another did to it."""
    shutil.copy(file, machine.at("/srv/other"))
    told = machine.run("chatadmin", "upgrade", "/srv/other", "--sha256", "0" * 64, status=1)
    way = "upgrade that (apt-get install ./chatadmin_....deb)"
    assert told == f"chatadmin: /usr/bin/chatadmin is of the package chatadmin: {way}\n"
