"""A Debian of its own in a folder, in which packages are installed, and what they bring is run."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.clients.api import history, log_in
from tests.clients.sockets import open_chat
from tests.running import ROOT, Chatadmin

DATA = Path("/var/lib/chatadmin")
LONG = 600.0  # seconds for a mirror and a package manager
# In a mount namespace of its own, so that nothing stays mounted; $0 is the root, then come chroot's own words.
_INSIDE = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && root=$0 && exec /usr/sbin/chroot "$@"'


class Packages(NamedTuple):
    """What packaging/packages.sh makes of a file."""

    deb: Path
    rpm: Path


def packed(version: str, into: Path) -> Packages:
    """Those of dist/chatadmin, called by that version."""
    into.mkdir()
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "OUT": str(into), "VERSION": version}
    subprocess.run([ROOT / "packaging/packages.sh"], env=env, check=True, timeout=LONG)
    (deb,), (rpm,) = into.glob("*.deb"), into.glob("*.rpm")
    return Packages(deb, rpm)


class Machine:
    """A Debian root without a service manager, which mmdebstrap fetched."""

    def __init__(self, folder: Path, *packages: str) -> None:
        self.root = folder / "root"
        words = ["--variant=minbase", f"--include={','.join(packages)}", "bookworm", str(self.root)]
        subprocess.run(["mmdebstrap", "--quiet", *words], check=True, timeout=LONG)

    def inside(self, *command: str, user: str = "root") -> list[str]:
        """A command line that runs `command` there."""
        return [
            "unshare",
            "--mount",
            "sh",
            "-c",
            _INSIDE,
            str(self.root),
            f"--userspec={user}",
            str(self.root),
            *command,
        ]

    def run(self, *command: str, status: int = 0, env: dict[str, str] | None = None) -> str:
        """What it says on both its outputs, having ended with `status`."""
        given = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            self.inside(*command),
            env=given | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONG,
            check=False,
        )
        print(*command, done.stdout, sep="\n")
        assert done.returncode == status, done.stdout
        return done.stdout

    def take(self, package: Path) -> str:
        """Put a package there; the path by which it is known inside."""
        (self.root / "srv" / package.name).write_bytes(package.read_bytes())
        return f"/srv/{package.name}"

    def at(self, path: str | Path) -> Path:
        return self.root / str(path).lstrip("/")

    def serving(self) -> Chatadmin:
        """The service, as its unit starts it: by its user, and with the machine's own configuration."""
        program = self.inside("/usr/bin/chatadmin", user="chatadmin:chatadmin")
        return Chatadmin(program=program, data_dir=DATA, env={"TMPDIR": "/tmp"})


def say(shop: Chatadmin, name: str, text: str) -> str:
    """Have a visitor write a first message, and see it acknowledged; their token."""
    token = log_in(shop.url, name)
    chat = open_chat(shop.url, token)
    chat.tell(type="send", id="tab.1", content=text)
    chat.hear(type="ack", id="tab.1")
    chat.close()
    return token


def said(shop: Chatadmin, token: str) -> list[str]:
    """What a visitor finds that was written."""
    return [entry["content"] for entry in history(shop.url, token) if entry["type"] == "message"]
