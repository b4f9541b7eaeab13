"""Certificates that come by themselves, from a real authority to the product as it is run."""

import http.client
import os
import signal
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.tls.folder import Folder
from tests.running import Chatadmin, wait_until
from tests.tls.making import make
from tests.tls.pebble import Pebble, certificate_of, wait_for_certificate

NAME, OTHER = "chat.shop.test", "www.shop.test"
QUICK = {"CHATADMIN_TIMINGS_SCALE": "0.1"}  # looks at files twice a second


def start(authority: Pebble, *names: str, **options: object) -> Chatadmin:
    options.setdefault("config", authority.settings(*(names or (NAME,))))
    return Chatadmin(env=authority.env | QUICK, **options)  # type: ignore[arg-type]


@pytest.fixture
def authority() -> Iterator[Pebble]:
    with Pebble() as running:
        yield running


def seeded(folder: Path) -> tuple[str, str]:
    """A data directory in which a certificate lies with a ninth of its life left."""
    pair, there = make(NAME), Folder(str(folder))
    folder.mkdir(mode=0o700, exist_ok=True)
    there.make()
    there.put_certificate(there.certificate(NAME), *pair)
    return pair


def courier(server: Chatadmin) -> int:
    """Its pid, as it is now."""
    lines = [line for line in server.process.lines if 'msg="the courier works"' in line]
    return int(lines[-1].partition("pid=")[2].split()[0])


@pytest.mark.parametrize("refused", [0, 20])
def test_two_settings_are_all_it_takes(refused: int) -> None:
    with Pebble(refused=refused) as authority, start(authority, NAME, OTHER) as server:
        trust = authority.believing()
        for name in (NAME, OTHER):
            found = wait_for_certificate(server.port, name, trust)
            assert found["subjectAltName"] == (("DNS", name),)
        assert "no certificate came" not in server.output
        lies = server.data_dir / "tls"
        assert {path.name for path in lies.iterdir() if not path.name.startswith("_")} == {
            f"{NAME}.pem",
            f"{OTHER}.pem",
        }
        assert {oct(path.stat().st_mode & 0o777) for path in lies.iterdir()} == {"0o600"}
        asked = authority.process.output.count("HEAD /nonce-plz")
        print(asked - 1, "nonces refused")  # each has another one asked for, and so has the first request


def plain(
    authority: Pebble, path: str, host: str = NAME, method: str = "GET", **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", authority.http_port, timeout=60)
    connection.request(method, path, body=b"x=1" if method == "POST" else None, headers={"Host": host, **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_what_comes_without_tls_is_sent_on(authority: Pebble) -> None:
    authority.halt()
    with start(authority, NAME, OTHER) as server:
        for method in ("GET", "POST", "HEAD"):
            answer = plain(authority, "/admin?a=1&b=%20", method=method, Cookie="session=x")
            assert answer.status == 308
            assert answer.headers["Location"] == f"https://{NAME}:{server.port}/admin?a=1&b=%20"
            assert answer.headers["Set-Cookie"] is None
        assert plain(authority, "/", OTHER).headers["Location"] == f"https://{OTHER}:{server.port}/"
        assert plain(authority, "/", f"{OTHER.upper()}:80").headers["Location"] == f"https://{OTHER}:{server.port}/"
        assert plain(authority, "//evil.test/", "evil.test").headers["Location"].startswith(f"https://{NAME}:")
        assert plain(authority, "/", "127.0.0.1").headers["Location"].startswith(f"https://{NAME}:")
        assert plain(authority, "/.well-known/acme-challenge/" + "a" * 43).status == 404
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        assert (
            plain(authority, "/v1/chat", **upgrade, **{"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}).status == 403
        )


def test_nothing_is_in_the_clear_before_the_first_certificate(authority: Pebble) -> None:
    authority.halt()
    with start(authority) as server:
        server.process.wait_for("no certificate came for chat.shop.test: .*cannot be asked", 60)
        trust = ssl.create_default_context(cafile=str(server.data_dir / "tls" / "_self-signed.pem"))
        assert certificate_of(server.port, NAME, trust)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/readyz")
        with pytest.raises((OSError, http.client.HTTPException)):
            connection.getresponse()
        connection.close()


class Load:
    """Clients who come anew all the time, each by a handshake of its own, until told to stop."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []
        self._port, self._trust, self._over = port, trust, threading.Event()
        self._began = time.monotonic()
        self.kept = 0
        tasks = [self._run] * 6 + [self._stay]
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=60, context=self._trust)
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
                shown: Any = connection.sock
                self.seen[shown.getpeercert()["serialNumber"]] += 1
                connection.close()
            except Exception as error:  # noqa: BLE001 - each is one handshake lost
                self.failures.append(repr(error))

    def _stay(self) -> None:
        """One who asks and asks by the connection of the beginning."""
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=60, context=self._trust)
        connection.connect()
        connection.auto_open = 0
        try:
            while not self._over.wait(0.1):
                connection.request("GET", "/healthz")
                assert connection.getresponse().read()
                self.kept += 1
        except Exception as error:  # noqa: BLE001
            self.failures.append(repr(error))
        connection.close()

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> str:
        self._over.set()
        for thread in self._threads:
            thread.join(90)
        took = time.monotonic() - self._began
        return f"{self.seen.total()} handshakes, {self.seen.total() / took:.0f} a second, {dict(self.seen)}"


def test_it_is_renewed_under_load_and_no_handshake_is_lost(authority: Pebble, tmp_path: Path) -> None:
    trust, (old, _) = authority.believing(), seeded(tmp_path / "data")
    trust.load_verify_locations(cadata=old)
    trust.check_hostname = False
    authority.process.signal(signal.SIGSTOP)
    with start(authority, data_dir=tmp_path / "data") as server, Load(server.port, trust) as load:
        wait_until(lambda: load.seen.total() > 50, "handshakes", 60)
        assert len(load.seen) == 1
        authority.process.signal(signal.SIGCONT)
        wait_until(lambda: len(load.seen) > 1 and load.seen.most_common()[-1][1] > 50, "the new one", 90)
        said = load.stop()
        print(said)
        assert load.failures == []
        assert len(load.seen) == 2
        assert load.kept > 10  # what was open lives on


def test_a_renewal_that_fails_leaves_the_old_one_and_says_so(authority: Pebble, tmp_path: Path) -> None:
    old, _ = seeded(tmp_path / "data")
    lies = Path(f"{tmp_path}/data/tls/{NAME}.pem").read_bytes()
    authority.names.signal(signal.SIGKILL)  # no name leads anywhere
    with start(authority, data_dir=tmp_path / "data") as server:
        server.process.wait_for("no certificate came for chat.shop.test: ", 60)
        server.process.wait_for("level=error .*chat.shop.test ends in 10.0 days and could not be renewed", 60)
        trust = ssl.create_default_context(cadata=old)
        assert certificate_of(server.port, NAME, trust)
        assert Path(f"{tmp_path}/data/tls/{NAME}.pem").read_bytes() == lies


def test_a_courier_that_is_killed_goes_on_with_its_order(authority: Pebble) -> None:
    authority.names.signal(signal.SIGSTOP)  # the authority cannot find the name yet
    with start(authority) as server:
        authority.process.wait_for("Attempting to validate", 60)
        os.kill(courier(server), signal.SIGKILL)
        server.process.wait_for("a courier ended and will be started again", 60)
        authority.names.signal(signal.SIGCONT)
        assert wait_for_certificate(server.port, NAME, authority.believing())
        assert authority.process.output.count("Added order") == 1


def test_an_account_that_is_lost_is_made_anew(authority: Pebble, tmp_path: Path) -> None:
    with start(authority, data_dir=tmp_path / "data") as server:
        wait_for_certificate(server.port, NAME, authority.believing())
    authority.halt()
    authority.start()  # which knows nobody
    seeded(tmp_path / "data")
    with start(authority, NAME, OTHER, data_dir=tmp_path / "data") as server:
        trust = authority.believing()
        for name in (NAME, OTHER):  # the other one is new
            wait_for_certificate(server.port, name, trust)
        assert "no longer knows our account" in server.output
    (tmp_path / "data" / "tls" / "_account.json").write_text("torn")
    seeded(tmp_path / "data")
    with start(authority, NAME, data_dir=tmp_path / "data") as server:  # of the other nobody says anything any more
        wait_until(lambda: certificate_of(server.port, NAME, trust), "a new certificate", 60)
        assert OTHER not in server.output
