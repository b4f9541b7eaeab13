"""The rpm, by rpm itself, in a root that has a shell and `useradd` and no rpm of anything else."""

import subprocess
from pathlib import Path

import pytest

from tests.packaging.machine import DATA, LONG, Machine, Packages, said, say

pytestmark = pytest.mark.long

SETTINGS = Path("/etc/chatadmin/chatadmin.yaml")


def rpm(machine: Machine, *words: str) -> str:
    """What rpm says of that root."""
    line = ["rpm", "--root", str(machine.root), "--dbpath", "/var/lib/rpm", *words]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONG, check=False)
    print(*line, done.stdout, sep="\n")
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_life(packages: tuple[Packages, Packages], tmp_path: Path) -> None:
    machine = Machine(tmp_path, "zlib1g", "passwd")
    first, second = (found.rpm for found in packages)

    rpm(machine, "--install", "--nodeps", str(first))
    group = machine.run("id", "-g", "chatadmin")
    found = machine.at(SETTINGS).stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (0, int(group), 0o640)
    rpm(machine, "--verify", "--nodeps", "chatadmin")
    with machine.serving() as shop:
        token = say(shop, "maria", "tea, please")

    with machine.at(SETTINGS).open("a") as settings:
        settings.write("shop_name: Tea\n")
    rpm(machine, "--upgrade", "--nodeps", str(second))
    assert rpm(machine, "--query", "chatadmin").startswith("chatadmin-0.1.1-1.")
    assert "shop_name: Tea" in machine.at(SETTINGS).read_text("utf-8")
    with machine.serving() as shop:
        assert said(shop, token) == ["tea, please"]

    rpm(machine, "--erase", "--nodeps", "chatadmin")
    assert not machine.at("/usr/bin/chatadmin").exists()
    assert machine.at(DATA / "store").is_dir()
    assert "shop_name: Tea" in machine.at(f"{SETTINGS}.rpmsave").read_text("utf-8")
