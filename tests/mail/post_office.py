"""Real mail servers: exim4, which takes the shop's mail and delivers it, and dovecot, from which it is read back.

Both are Debian's, run from configurations of their own in a folder of their own, and need no root. The shop's mailbox
is `shop@shop.test`, where bounces come; everybody else in the world shares one, told apart by the address. Mail to
`nowhere.test` is taken, and then bounces.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from base64 import b64encode
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.mail.mailbox import Mailbox
from tests.ports import free_ports
from tests.running import PATIENCE, Process, command, end, processes_at, wait_until
from tests.transport.echo_server import certificate

SHOP, PASSWORD = "shop@shop.test", "pass/w:rd@#?&+%20"  # full of what an address must quote
WORLD = "world"
# 127.0.0.1, in spellings that resolve everywhere and are names to everybody who does not resolve them.
NAME, OTHER_NAME = "127.1", "127.0.1"


def program(name: str) -> str:
    """A server's path."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")
    assert found, f"{name} is missing: ./build.sh test installs it"
    return found


class PostOffice:
    """The running servers. They have three names: `localhost`, to which the product speaks plainly, and `NAME` and
    `OTHER_NAME`, of which their certificate has the former; who has `env` trusts it. Without `starttls` there is none
    at `smtp://`. As a context manager, or `stop()`.
    """

    def __init__(self, *, starttls: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ca-post-"))
        self.smtp_port, self.smtps_port, self.imap_port = free_ports(3)
        self.env = {"SSL_CERT_FILE": str(certificate(self.folder, NAME) / "cert.pem")}
        # Root lends them to nobody: exim does not deliver as root.
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        self._furnish(owner, "*" if starttls else "")
        self._dovecot = self._start("dovecot", "-F", "-c", f"{self.folder}/dovecot.conf", port=self.imap_port)
        self._exim = self._start_exim()

    def _furnish(self, owner: pwd.struct_passwd, starttls: str) -> None:
        """The folder: configurations, mailboxes, and who may read them."""
        for name in ("spool", "run", f"mail/{SHOP}", f"mail/{WORLD}"):
            (self.folder / name).mkdir(parents=True)
        for name in ("recipient", "whole"):
            (self.folder / name).touch()
        users = {user: b64encode(word.encode()).decode() for user, word in ((SHOP, PASSWORD), (WORLD, WORLD))}
        (self.folder / "users").write_text("".join(f"{user}:{{PLAIN.b64}}{word}\n" for user, word in users.items()))
        version = subprocess.run(
            [program("dovecot"), "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout
        words = {"folder": self.folder, "doveadm": program("doveadm"), "starttls": starttls}
        words |= {"smtp": self.smtp_port, "smtps": self.smtps_port, "imap": self.imap_port}
        words |= {"uid": owner.pw_uid, "gid": owner.pw_gid}
        words |= {"user": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name}
        for source in ("exim.conf", f"dovecot-{version[:3]}.conf"):  # Debian 12 has 2.3, Debian 13 has 2.4
            text = (Path(__file__).parent / source).read_text()
            for word, value in words.items():
                text = text.replace(f"@{word}@", str(value))
            (self.folder / source.replace(f"-{version[:3]}", "")).write_text(text)
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _start(self, name: str, *args: str, port: int) -> Process:
        options: dict[str, Any] = dict(self._as)
        process = Process([program(name), *args], {"LC_ALL": "C"}, self.folder, **options)

        def listens() -> bool:
            assert process.popen.poll() is None, process.output + self.log
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_until(listens, f"{name} listens")
        return process

    def _start_exim(self) -> Process:
        # In the foreground; what a killed one had taken and not delivered it looks for each second.
        return self._start("exim4", "-bdf", "-q1s", "-C", f"{self.folder}/exim.conf", port=self.smtp_port)

    # -- how it is reached ------------------------------------------------------------------------------------------

    def url(self, scheme: str = "smtp", *, host: str = "localhost", port: int = 0, password: str = PASSWORD) -> str:
        """Its address as `mail.smtp` takes it; `port`: of a proxy before it."""
        port = port or (self.smtps_port if scheme == "smtps" else self.smtp_port)
        return f"{scheme}://{quote(SHOP, safe='')}:{quote(password, safe='')}@{host}:{port}"

    @cached_property
    def shop(self) -> Mailbox:
        """The shop's own mailbox, where bounces come."""
        return Mailbox(self.imap_port, SHOP, PASSWORD)

    @cached_property
    def world(self) -> Mailbox:
        """Everybody else's: `world.wait("lin@customer.test")`."""
        return Mailbox(self.imap_port, WORLD, WORLD)

    @property
    def log(self) -> str:
        """What exim has written of all it did."""
        return "".join(path.read_text() for path in self.folder.glob("mainlog"))

    # -- what it does -----------------------------------------------------------------------------------------------

    def answer(self, address: str, reply: str, *, at: str = "recipient") -> None:
        """Refuse what comes for an address from now on, with `451 4.7.1 Later` or `550 5.1.1 Nobody`, when it is named
        or (`at="whole"`) when the mail has been sent; an empty reply takes it again."""
        file = self.folder / at
        lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{address}:")]
        new = file.with_suffix(".new")
        new.write_text("".join(f"{line}\n" for line in [*lines, *([f"{address}: {reply}"] if reply else [])]))
        new.chmod(0o644)
        new.rename(file)

    def refusals(self, address: str) -> int:
        """How often an address was refused so far."""
        return sum(" rejected " in line and f"<{address}>" in line for line in self.log.splitlines())

    def kill(self) -> None:
        """SIGKILL exim and all it is in the middle of, as a power cut would; mailboxes can be read on."""
        while mine := [pid for pid in processes_at(self.folder) if "exim4" in command(pid)]:
            for pid in mine:
                end(pid)
        self._exim.close()

    def restart(self) -> None:
        """Start exim again, at the same port; what it had taken is delivered."""
        self._exim = self._start_exim()

    def stop(self) -> None:
        for name in ("shop", "world"):
            if name in self.__dict__:
                getattr(self, name).close()
        self._exim.popen.terminate()
        self._dovecot.popen.terminate()
        for process in (self._exim, self._dovecot):
            process.wait()
            process.close()
        for pid in processes_at(self.folder):
            end(pid)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "PostOffice":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
