"""The released file on the oldest system that there is to be tried: of Debian 11, nothing but the C library."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.api import ask, log_in, ready, set_up
from tests.clients.sockets import open_chat
from tests.frozen.test_contents import contents, modules
from tests.running import ROOT, Process
from tools import symbols

pytestmark = pytest.mark.long
MIRROR = "http://deb.debian.org/debian"
NOBODY = 65534


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What packaging/file.sh makes; OLDEST names one that it has made of this commit."""
    if made := os.environ.get("OLDEST"):
        return Path(made).resolve()
    out = tmp_path_factory.mktemp("oldest")
    subprocess.run([ROOT / "packaging" / "file.sh"], check=True, env={**os.environ, "OUT": str(out)})
    return out / "chatadmin"


@pytest.fixture(scope="module")
def old(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of an old system: no shell, no zlib; and the file in it."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        pytest.skip("needs root, and mmdebstrap")
    root = tmp_path_factory.mktemp("root") / "old"
    command = ["mmdebstrap", "--quiet", "--variant=extract", "--mode=root", "--include=libc6", "bullseye", str(root)]
    subprocess.run([*command, MIRROR], check=True)
    root.chmod(0o755)
    assert not [*root.glob("lib/*/libz.so*"), *root.glob("usr/lib/*/libz.so*")]
    assert [*root.glob("lib/*/libc-2.31.so")]
    shutil.copy(built, root / "chatadmin")
    (root / "data").mkdir()
    os.chown(root / "data", NOBODY, NOBODY)
    yield root
    shutil.rmtree(root)


def inside(root: Path, *words: str) -> list[str]:
    """The command that runs the file there, by somebody who may do little."""
    return ["/usr/sbin/chroot", f"--userspec={NOBODY}:{NOBODY}", "--groups=", str(root), "/chatadmin", *words]


def test_everything_in_it_runs_with_glibc_of_2018(built: Path) -> None:
    found = symbols.programs(built)
    assert symbols.refused(found, (2, 28)) == []
    assert {"valkey-server", "libpython3.11.so.1.0", "libgcc_s.so.1"} <= {one.name for one in found}


def test_it_serves_on_an_old_system(old: Path, tmp_path: Path) -> None:
    words = inside(old, "serve", "--data-dir", "/data", "--server", "127.0.0.1:0")
    shop = Process(words, {"PATH": "/usr/sbin:/usr/bin", "TMPDIR": "/data"}, tmp_path)
    try:
        url = shop.wait_for(r"Visitors  (http://.*)/")[1]
        shop.wait_for(r"Press Ctrl\+C")
        assert ready(url)
        admin = set_up(url, shop.wait_for(r"/setup#([\w-]+)")[1])
        visitor = open_chat(url, log_in(url, "Xiaoming"))
        visitor.hear(type="joined")
        visitor.tell(type="send", id="tab.1", content="Is there anybody? 在吗")
        visitor.hear(type="ack")
        assert ask(url, "/v1/users", Authorization=admin).value
        visitor.close()
        shop.signal(15)
        assert shop.wait() == 0
    finally:
        shop.close()


@pytest.mark.parametrize("words", [["--version"], ["licenses"], ["check", "--data-dir", "/data"]])
def test_commands_run_on_an_old_system(old: Path, words: list[str]) -> None:
    said = subprocess.run(inside(old, *words), env={"TMPDIR": "/data"}, capture_output=True, text=True, check=False)
    assert "Traceback" not in said.stderr
    assert said.stdout
    if words == ["licenses"]:
        assert "OpenSSL" in said.stdout


def test_what_is_in_it_is_what_is_in_the_other(built: Path, file: Path) -> None:
    """Of both builds the modules are the same, but for what one Python has compiled in and the other has beside it."""
    only = modules(built) ^ modules(file)
    assert {name for name in only if name.partition(".")[0] in ("app", "quart", "hypercorn", "redis")} == set()
    assert {
        name for name in contents(built) ^ contents(file) if name.startswith(("static/", "app/", "later/"))
    } == set()
