"""`chatadmin healthcheck`: what a container's engine asks, and is told by the exit status."""

import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.commands.error import CommandError
from app.commands.healthcheck import healthcheck
from app.config import ConfigError, Settings, load
from tests.cli.program import Outcome, run
from tests.running import PATIENCE, Chatadmin, Valkey, wait_until
from tests.tls import making


def test_ready_and_then_not(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    store = start_store()
    shop = start_chatadmin("--redis", store.url)

    def asked() -> Outcome:
        return run("healthcheck", "--server", f"0.0.0.0:{shop.port}", home=tmp_path)

    told = asked()
    assert (told.status, told.out, told.err) == (0, "ready\n", "")
    store.kill()
    told = wait_until(lambda: found if "not ready" in (found := asked()).err else None, "the end of being ready")
    assert (told.status, told.out, told.complaint) == (1, "", "not ready: store_unavailable")


def test_where_nobody_listens() -> None:
    with socket.socket() as held:  # so that nobody else does meanwhile
        held.bind(("127.0.0.1", 0))
        settings = load({"server": f"127.0.0.1:{held.getsockname()[1]}"}, {"HOME": "/"}, None).settings
        with pytest.raises(CommandError, match=r"nothing that is ready answers at 127.0.0.1:\d+: connection refused"):
            healthcheck(settings)


@contextmanager
def answering(status: int, body: bytes = b"", context: ssl.SSLContext | None = None) -> Iterator[Settings]:
    """The settings of a server that answers every question so, with TLS where there is a `context`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield load({"server": f"127.0.0.1:{server.server_port}"}, {"HOME": "/"}, None).settings
        finally:
            server.shutdown()
            thread.join(PATIENCE)


def test_another_name_s_certificate_is_no_hindrance(tmp_path: Path) -> None:
    certificate, key = making.put(tmp_path, making.make("chat.shop.test"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with answering(200, context=context) as found:
        given = {"CHATADMIN_TLS__CERTIFICATE": str(certificate), "CHATADMIN_TLS__KEY": str(key), "HOME": "/"}
        assert healthcheck(load({"server": found.server}, given, None).settings) == 0


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (503, b'{"code": "draining", "msg": "The server restarts."}', "not ready: draining"),
        (503, b"<html>", "not ready: status 503"),
        (404, b'{"code": 3}', "not ready: status 404"),
        (204, b"\xff", "not ready: status 204"),
    ],
)
def test_what_is_not_ready_is_repeated(status: int, body: bytes, says: str) -> None:
    with answering(status, body) as settings, pytest.raises(CommandError) as failure:
        healthcheck(settings)
    assert str(failure.value) == says


def test_what_accepts_and_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.healthcheck.ANSWER_WITHIN", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = load({"server": f"127.0.0.1:{silent.getsockname()[1]}"}, {"HOME": "/"}, None).settings
        with pytest.raises(CommandError, match=r"nothing that is ready answers .*timed out"):
            healthcheck(settings)


def test_a_port_that_nobody_knows_is_no_place_to_ask() -> None:
    with pytest.raises(ConfigError, match="name one"):
        healthcheck(load({"server": "127.0.0.1:0"}, {"HOME": "/"}, None).settings)
