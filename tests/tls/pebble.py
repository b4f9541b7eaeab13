"""Pebble, the authority that Let's Encrypt gives to those who write clients: Debian's, which ./build.sh unpacks."""

import http.client
import json
import shutil
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Any

from tests.ports import free_ports
from tests.running import ROOT, Process, wait_until
from tests.transport.echo_server import certificate

PROGRAMS = ROOT / "build"


class Pebble:
    """A running authority for which every name leads to 127.0.0.1, and whose port 80 is `http_port`. As a context
    manager, or `stop()`.

    `life`: seconds a certificate is good. `refused`: of a hundred nonces. `env`: what makes it believe a server.
    """

    def __init__(self, life: int = 90 * 86400, refused: int = 0) -> None:
        assert (PROGRAMS / "pebble").exists(), "pebble is missing: ./build.sh test unpacks it"
        self.folder = Path(tempfile.mkdtemp(prefix="ca-pebble-"))
        self.port, self._management, self.http_port, self._dns = free_ports(4)
        certificate(self.folder)
        self.env = {"SSL_CERT_FILE": str(self.folder / "cert.pem")}
        self.directory = f"https://127.0.0.1:{self.port}/dir"
        self.life, self._processes = life, list[Process]()
        self.names = self._run("pebble-challtestsrv", "-dns01", f"127.0.0.1:{self._dns}", *_NO_OTHERS)
        self.names.wait_for("Starting management|Creating")
        self.start(refused)

    def start(self, refused: int = 0) -> None:
        """Begin to answer: with another root, and no account or order that it knew."""
        said = {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{self._management}",
            "certificate": str(self.folder / "cert.pem"),
            "privateKey": str(self.folder / "key.pem"),
            "httpPort": self.http_port,
            "tlsPort": 1,
            "certificateValidityPeriod": self.life,
        }
        (self.folder / "pebble.json").write_text(json.dumps({"pebble": said}))
        command = ["-config", str(self.folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{self._dns}"]
        env = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": str(refused), "PEBBLE_AUTHZREUSE": "0"}
        self.process = self._run("pebble", *command, **env)
        self.process.wait_for("ACME directory available")
        wait_until(lambda: _listens(self.port) and _listens(self._management), "pebble", 60)

    def halt(self) -> None:
        """Answer no more."""
        self.process.close()

    def _run(self, program: str, *args: str, **env: str) -> Process:
        self._processes.append(Process([str(PROGRAMS / program), *args], env, self.folder))
        return self._processes[-1]

    def asked(self, path: str) -> bytes:
        """What its management answers."""
        trust = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", self._management, timeout=60, context=trust)
        connection.request("GET", path)
        answer = connection.getresponse().read()
        connection.close()
        return answer

    def believing(self) -> ssl.SSLContext:
        """A client's context that believes its certificates, and none else."""
        return ssl.create_default_context(cadata=self.asked("/roots/0").decode())

    def settings(self, *names: str) -> dict[str, Any]:
        """The settings by which a server has its certificates from here."""
        tls = {"automatic": True, "email": "admin@shop.test", "directory": self.directory}
        return {"hosts": list(names), "tls": {**tls, "http": f"127.0.0.1:{self.http_port}"}}

    def stop(self) -> None:
        for process in self._processes:
            process.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Pebble":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
    except ConnectionRefusedError:
        return False
    return True


_NO_OTHERS = ("-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", "")


def certificate_of(port: int, name: str, trust: ssl.SSLContext) -> dict[str, Any] | None:
    """The certificate that a server on 127.0.0.1 shows to who asks for `name`; None where it is not believed."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    try:
        with plain, trust.wrap_socket(plain, server_hostname=name) as secure:
            return dict(secure.getpeercert() or {})
    except ssl.SSLCertVerificationError:
        return None


def wait_for_certificate(port: int, name: str, trust: ssl.SSLContext) -> dict[str, Any]:
    """The one it shows, once it is of the authority."""
    found = wait_until(lambda: certificate_of(port, name, trust), f"a certificate for {name}", 60)
    assert isinstance(found, dict)
    return found
