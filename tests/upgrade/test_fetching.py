"""A new version from an address: a real HTTPS server, which behaves or not."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.upgrade import fetch
from tests.transport.echo_server import certificate
from tests.upgrade.builds import build
from tests.upgrade.conftest import Installed, Signer, Told, sha256
from tests.upgrade.test_refusals import refused

Run = Callable[..., Told]


class Releases:
    """What is at which path: bytes, or a function that answers by itself."""

    def __init__(self, folder: Path) -> None:
        self.pages: dict[str, bytes | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        pages, asked = self.pages, self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked.append(self.path)
                found = pages.get(self.path)
                if callable(found):
                    self.close_connection = True
                    found(self)
                    return
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Length", str(len(found or b"")))
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, *_: Any) -> None:
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    """A server whose certificate this process trusts."""
    (tmp_path / "tls").mkdir()
    folder = certificate(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    made = Releases(folder)
    yield made
    made.close()


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer, header by header: nothing is added."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_signed_one_behind_a_redirect(
    installed: Installed, upgrade: Run, releases: Releases, signer: Signer, tmp_path: Path
) -> None:
    """An older one: that is what is looked at next, and it shows that all of it had come."""
    old = build(tmp_path, "0.0.9")
    releases.pages["/v9/chatadmin"] = answering(302, Location="/files/1")
    releases.pages["/files/1"] = old.read_bytes()
    releases.pages["/v9/chatadmin.minisig?x=1"] = signer.sign(old).read_bytes()
    releases.pages["/v9/chatadmin?x=1"] = answering(302, Location=f"{releases.url}/files/1")
    told = upgrade(f"{releases.url}/v9/chatadmin?x=1#here", keys=(signer.key,))
    assert f'SHA-256 {sha256(old)}, signed: "chatadmin of the tests"' in told.out
    refused(told, "^0.0.9 is older than 0.1.0")
    told = upgrade(f"{releases.url}/v9/chatadmin", keys=(signer.key,))
    refused(told, "/v9/chatadmin.minisig answered 404 Not Found: nothing was changed$")
    assert "/files/1" not in releases.asked[3:], "the file was fetched, and nobody had signed it"
    assert installed.unchanged()


def test_http_is_refused_at_once_and_behind_a_redirect(installed: Installed, upgrade: Run, releases: Releases) -> None:
    plain = releases.url.replace("https:", "http:")
    releases.pages["/there"] = answering(301, Location=f"{plain}/chatadmin")
    releases.pages["/file"] = answering(301, Location="file:///etc/passwd")
    for what, named in (("/chatadmin", plain), ("/there", plain), ("/file", "file:///etc/passwd")):
        url = (plain if what == "/chatadmin" else releases.url) + what
        refused(
            upgrade(url, "--sha256", "0" * 64), f"^{named}.*: a new version is taken from https:// alone: nothing was"
        )
    refused(upgrade("https://", "--sha256", "0" * 64), "^https://: a new version is taken from https:// alone")
    assert installed.unchanged()


def test_redirects_that_never_end(installed: Installed, upgrade: Run, releases: Releases) -> None:
    releases.pages["/round"] = answering(307, Location="/round")
    refused(upgrade(f"{releases.url}/round", "--sha256", "0" * 64), "/round: more than 5 redirects: nothing was")
    assert len(releases.asked) == 6
    assert installed.unchanged()


def test_a_download_that_is_cut_short(installed: Installed, upgrade: Run, releases: Releases, tmp_path: Path) -> None:
    whole = build(tmp_path, "0.2.0")
    content = whole.read_bytes()
    half, size = content[: len(content) // 2], str(len(content))
    releases.pages["/length"] = answering(200, half, Content_Length=size)
    chunk = b"%x\r\n%s\r\n" % (len(half), half)
    releases.pages["/chunks"] = answering(200, chunk, Transfer_Encoding="chunked")
    releases.pages["/silence"] = answering(200, half)  # nobody said how much it is
    refused(upgrade(f"{releases.url}/length", "--sha256", sha256(whole)), f"ended after {len(half)} of {size} bytes:")
    refused(upgrade(f"{releases.url}/chunks", "--sha256", sha256(whole)), "/chunks broke off .*: nothing was changed")
    refused(upgrade(f"{releases.url}/silence", "--sha256", sha256(whole)), "has the SHA-256 .*: nothing was changed$")
    assert installed.unchanged()


def test_a_server_that_falls_silent(
    installed: Installed, upgrade: Run, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_SILENCE", 3.0)
    over = threading.Event()

    def half(handler: BaseHTTPRequestHandler) -> None:
        answering(200, b"half", Content_Length="8")(handler)
        over.wait()

    releases.pages["/half"] = half
    told = upgrade(f"{releases.url}/half", "--sha256", "0" * 64)
    over.set()
    refused(told, "/half broke off .no byte for 3 s.: nothing was changed. Try again$")
    assert installed.unchanged()


def test_one_that_is_larger_than_any_version(
    installed: Installed, upgrade: Run, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases.pages["/said"] = answering(200, Content_Length="200000001")
    refused(upgrade(f"{releases.url}/said", "--sha256", "0" * 64), "has 200.0 MB, and no version has more than 2")
    monkeypatch.setattr(fetch.fetch, "__defaults__", (1000,))
    releases.pages["/unsaid"] = answering(200, b"x" * 2000)
    refused(upgrade(f"{releases.url}/unsaid", "--sha256", "0" * 64), "/unsaid has more than 0.0 MB, and no version has")
    assert installed.unchanged()


def test_a_certificate_that_nobody_vouches_for(
    installed: Installed, upgrade: Run, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    told = upgrade(f"{releases.url}/chatadmin", "--sha256", "0" * 64)
    refused(told, "cannot be reached .its certificate is not to be trusted: self.signed certificate.: nothing was")
    releases.close()
    monkeypatch.setattr(releases, "close", lambda: None)
    refused(upgrade(f"{releases.url}/chatadmin", "--sha256", "0" * 64), "cannot be reached .Connection refused.:")
    assert releases.asked == []
    assert installed.unchanged()
