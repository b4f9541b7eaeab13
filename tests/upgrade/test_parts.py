"""The rules that need no file: which version is older, and what other programs are run with."""

import itertools
from pathlib import Path

import pytest

from app import __version__
from app.config import load
from app.upgrade.failure import UpgradeError
from app.upgrade.server import Server
from app.upgrade.surroundings import surroundings
from app.upgrade.version import parse
from tests.running import Valkey
from tests.transport.echo_server import certificate
from tests.web.node_server import node_server


def test_versions_in_their_order() -> None:
    rising = [
        "0.1.0a1",
        "0.1.0a10",
        "0.1.0b1",
        "0.1.0rc1",
        "0.1.0",
        "0.1.1",
        "0.2",
        "0.10.0rc1",
        "0.10.0",
        "1.0a1",
        "1",
    ]
    for older, newer in itertools.pairwise(rising):
        assert parse(older) < parse(newer), (older, newer)
    assert parse("1.0.0") == parse("1")


@pytest.mark.parametrize("text", ["", "v1.0", "1.0-2", "1.0.", "1.0dev1", "1 0", "1.0\n", "9999999"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(UpgradeError, match="is no version of this program"):
        parse(text)


def test_other_programs_hear_nothing_of_our_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that took our place would be run with what we unpacked, and the system's programs with our libraries."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/ours")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/ours")
    monkeypatch.setenv("_PYI_APPLICATION_HOME_DIR", "/ours")
    monkeypatch.setenv("CHATADMIN_SERVER", ":9090")
    assert "/ours" not in surroundings().values()
    assert surroundings()["CHATADMIN_SERVER"] == ":9090"
    assert "LD_LIBRARY_PATH" not in surroundings()
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/theirs")
    assert surroundings()["LD_LIBRARY_PATH"] == "/theirs"
    assert "LD_LIBRARY_PATH_ORIG" not in surroundings()


def test_a_server_is_asked_as_it_listens(store: Valkey, tmp_path: Path) -> None:
    """By HTTPS where it speaks that, whatever its certificate's name is."""
    folder = certificate(tmp_path)
    with node_server(store.url, tls=folder) as running:
        flags = {"server": f"127.0.0.1:{running.port}"}
        tls = {"tls.certificate": str(folder / "cert.pem"), "tls.key": str(folder / "key.pem")}
        found = Server(load({**flags, **tls}, {}, None).settings).serving()
        assert found is not None
        assert found.version == __version__
        assert Server(load(flags, {}, None).settings).serving() is None
    assert Server(load(flags, {}, None).settings).serving() is None
