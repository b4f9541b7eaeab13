"""What serves takes what fits, and nothing else; judged by handshakes."""

import logging
import ssl
import time
from pathlib import Path

import pytest

from app import config
from app.tls.folder import Folder
from app.tls.served import Served
from tests.tls.making import make, put


def shown(served: Served, name: str = "chat.shop.test", ciphers: str = "") -> str:
    """The certificate that a client gets who asks for a name, PEM."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    trust.set_alpn_protocols(["http/1.1"])
    if ciphers:
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        trust.set_ciphers(ciphers)
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(here, there, server_hostname=name or None)
    server = served.context.wrap_bio(there, here, server_side=True)
    ended: set[ssl.SSLObject] = set()
    while len(ended) < 2:
        for side in {client, server} - ended:
            try:
                side.do_handshake()
                ended.add(side)
            except ssl.SSLWantReadError:
                pass
    assert client.selected_alpn_protocol() == "http/1.1"
    return ssl.DER_cert_to_PEM_cert(client.getpeercert(binary_form=True) or b"")


def own(folder: Path) -> Served:
    files = {"tls.certificate": str(folder / "cert.pem"), "tls.key": str(folder / "key.pem")}
    return Served(config.load(files, {}, None).settings)


def looks(served: Served) -> None:
    """Look as often as it takes to see that nothing is being written any more."""
    served.look()
    served.look()


def test_a_new_pair_serves_without_a_restart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatadmin.tls")
    put(tmp_path, make())
    served = own(tmp_path)
    new = make(ends=50)
    put(tmp_path, new)
    looks(served)
    assert shown(served) == new[0]
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert abs(served.ends() - time.time() - 50 * 86400) < 600


def test_a_pair_that_does_not_fit_changes_nothing_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new, other = make(), make(), make()
    put(tmp_path, old)
    served = own(tmp_path)
    put(tmp_path, (new[0], other[1]))
    for _ in range(3):
        looks(served)
        assert shown(served) == old[0]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "goes on serving: KEY_VALUES_MISMATCH" in caplog.text
    put(tmp_path, new)
    looks(served)
    assert shown(served) == new[0]


@pytest.mark.parametrize("broken", ["", "-----BEGIN CERTIFICATE-----\nMIIB", "nonsense"])
def test_half_a_file_changes_nothing(broken: str, tmp_path: Path) -> None:
    old = make()
    put(tmp_path, old)
    served = own(tmp_path)
    put(tmp_path, (broken, old[1]))
    looks(served)
    assert shown(served) == old[0]


def test_a_file_that_is_gone_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = make()
    certificate, _ = put(tmp_path, old)
    served = own(tmp_path)
    certificate.unlink()
    looks(served)
    assert shown(served) == old[0]
    assert caplog.text == ""


def test_what_is_being_written_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old, new = make(), make()
    put(tmp_path, old)
    served = own(tmp_path)
    (tmp_path / "cert.pem").write_text(new[0])
    served.look()
    (tmp_path / "key.pem").write_text(new[1])
    looks(served)
    assert shown(served) == new[0]
    assert "no use" not in caplog.text


def test_an_old_certificate_of_another_kind_is_not_left_behind(tmp_path: Path) -> None:
    put(tmp_path, make(kind="rsa"))
    served = own(tmp_path)
    new = make()
    put(tmp_path, new)
    looks(served)
    assert shown(served, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256") == new[0]
    with pytest.raises(ssl.SSLError):  # only the old one would do for it
        shown(served, ciphers="ECDHE-RSA-AES128-GCM-SHA256")


@pytest.fixture
def automatic(tmp_path: Path) -> config.Settings:
    file = tmp_path / "c.yaml"
    file.write_text("hosts: [chat.shop.test, 'https://www.shop.test:443']\ntls: {automatic: true}\n")
    return config.load({"data_dir": str(tmp_path)}, {}, file).settings


def test_each_name_has_its_own_and_who_asks_for_none_gets_the_first(automatic: config.Settings) -> None:
    folder = Folder(automatic.data_dir)
    folder.make()
    pairs = {name: make(name) for name in automatic.certified}
    for name, pair in pairs.items():
        folder.put_certificate(folder.certificate(name), *pair)
    served = Served(automatic)
    assert shown(served, "chat.shop.test") == shown(served, "CHAT.shop.test") == pairs["chat.shop.test"][0]
    assert shown(served, "www.shop.test") == pairs["www.shop.test"][0]
    assert shown(served, "other.test") == shown(served, "") == pairs["chat.shop.test"][0]


def test_until_a_certificate_comes_one_serves_that_nobody_vouches_for(automatic: config.Settings) -> None:
    folder = Folder(automatic.data_dir)
    folder.make()
    first, later = make(), make()
    folder.put_certificate(folder.self_signed, *first)
    served = Served(automatic)
    assert shown(served) == shown(served, "www.shop.test") == first[0]
    assert served.ends() == 0
    folder.put_certificate(folder.certificate("chat.shop.test"), *later)
    served.look()
    assert shown(served) == later[0]
    assert shown(served, "www.shop.test") == first[0]


def test_what_came_is_taken_only_if_it_could_serve(automatic: config.Settings) -> None:
    folder = Folder(automatic.data_dir)
    folder.make()
    pair, other = make(), make()
    path = folder.certificate("chat.shop.test")
    folder.put_certificate(path, *pair)
    with pytest.raises(OSError, match="mismatch"):
        folder.put_certificate(path, other[0], pair[1])
    assert path.read_text().startswith(pair[0])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.path.iterdir()] == [path.name]
