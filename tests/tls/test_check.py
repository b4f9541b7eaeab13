"""What `check` says of HTTPS: how long it goes on, and what is closed."""

import socket
import time
from pathlib import Path

import pytest

from app import config
from app.checks import certificate
from app.checks.finding import Finding
from app.tls.folder import Folder, Try
from tests.ports import free_port
from tests.tls.making import make, put
from tests.tls.pebble import Pebble
from tests.tls.test_automatic import NAME, start


def told(settings: config.Settings) -> dict[str, Finding]:
    return {found.what: found for found in certificate.look(settings)}


def automatic(folder: Path, **tls: object) -> config.Settings:
    port = free_port()
    said = {"http": f"127.0.0.1:{port}", "directory": "https://127.0.0.1:1/dir"} | tls
    lines = [f"  {name}: '{value}'" for name, value in said.items()]
    file = folder / "c.yaml"
    file.write_text("\n".join([f"hosts: [{NAME}]", "tls:", "  automatic: true", *lines]))
    return config.load({"data_dir": str(folder)}, {}, file).settings


@pytest.mark.parametrize(
    ("ends", "verdict", "says"),
    [(60, "ok", "good for 60 days"), (9, "warn", "ends in 9 days"), (-3, "fail", "ended 3")],
)
def test_the_days_that_are_left_of_a_certificate(ends: float, verdict: str, says: str, tmp_path: Path) -> None:
    cert, key = put(tmp_path, make(ends=ends + 0.1))
    settings = config.load({"tls.certificate": str(cert), "tls.key": str(key)}, {}, None).settings
    found = told(settings)
    assert list(found) == ["certificate"]
    assert found["certificate"].verdict == verdict
    assert says in found["certificate"].says


def test_why_none_came_is_said_and_what_to_do(tmp_path: Path) -> None:
    settings, folder = automatic(tmp_path), Folder(str(tmp_path))
    folder.make()
    folder.put_tries({NAME: Try(1, 2, 0, 1, "the authority did not find this server: open port 80")})
    found = told(settings)
    assert found["certificate"] == Finding(
        "warn", "certificate", f"there is none for {NAME} yet: the authority did not find this server: open port 80"
    )
    assert found["port 80"].verdict == "ok"
    assert found["name"] == Finding("warn", "name", f"{NAME} is not in the DNS: have it lead to this machine")
    assert "open the way out" in found["authority"].says
    folder.put_certificate(folder.certificate(NAME), *make())
    assert "could not be renewed: the authority did not find" in told(settings)["certificate"].says


def test_a_port_that_another_program_has_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "_TIMEOUT", 0.1)  # it never answers
    settings = automatic(tmp_path)
    with socket.create_server(("127.0.0.1", int(settings.tls.http.rpartition(":")[2]))):
        found = told(settings)
    assert found["port 80"].verdict == "fail"
    assert "is taken by another program" in found["port 80"].says


def test_beside_a_running_server_all_is_well_and_a_wrong_clock_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Pebble() as authority, start(authority, data_dir=tmp_path / "data") as server:
        server.process.wait_for("a certificate came", 60)
        settings = automatic(tmp_path, directory=authority.directory, http=f"127.0.0.1:{authority.http_port}")
        monkeypatch.setenv("SSL_CERT_FILE", authority.env["SSL_CERT_FILE"])
        found = told(settings)
        assert found["port 80"] == Finding("ok", "port 80", f"{settings.tls.http} is taken by a chatadmin that answers")
        assert found["authority"].verdict == "ok"
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + 2 * 3600)
        assert told(settings)["clock"].verdict == "fail"
        assert "2.0 h ahead" in told(settings)["clock"].says
