"""Whoever speaks HTTP/2 is not spoken to: closed at once, in clear and over TLS, and nobody beside notices."""

import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.attacks.beside import attended
from tests.clients.frames import TEXT
from tests.running import Chatadmin, in_time
from tests.transport.echo_server import PATIENCE, EchoServer, certificate, echo_server, knock

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, stream: int = 0, payload: bytes = b"", flags: int = 0) -> bytes:
    """A frame of RFC 9113, 4.1."""
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


SETTINGS, PING = frame(4), frame(6, payload=b"01234567")
# GET / over http of localhost, in static entries of RFC 7541 and one literal.
ASK = b"\x82\x84\x86\x41\x09localhost"
# Streams that are opened and reset at once, which cost us their requests and the peer nothing.
RAPID_RESET = b"".join(frame(1, n, ASK, 5) + frame(3, n, b"\0\0\0\x08") for n in range(1, 2000, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=["clear", "tls"])
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[EchoServer]:
    with echo_server("fast", "uvloop", folder if request.param == "tls" else None) as running:
        yield running


def connect(server: EchoServer, *protocols: str) -> socket.socket:
    """A connection that offers `protocols` where it is asked to."""
    link = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    if not server.tls:
        return link
    context = ssl.create_default_context(cafile=str(server.tls / "cert.pem"))
    context.set_alpn_protocols(list(protocols))
    return context.wrap_socket(link, server_hostname="localhost")


def says_nothing_more(link: socket.socket) -> bool:
    """Whether the connection ends at once and without a byte."""
    begun = time.monotonic()
    try:
        return link.recv(4096) == b"" and in_time(begun, 1.5, slack=3)
    except ConnectionError:
        return in_time(begun, 1.5, slack=3)
    finally:
        link.close()


@pytest.mark.parametrize(
    "behind",
    [b"", SETTINGS, SETTINGS + frame(1, 1, ASK, 5), SETTINGS + RAPID_RESET, SETTINGS + PING * 10_000],
    ids=["preface", "settings", "request", "rapid-reset", "pings"],
)
def test_the_preface_ends_the_connection_and_nobody_beside_is_disturbed(server: EchoServer, behind: bytes) -> None:
    healthy = knock(server).open()
    for n in range(20):
        link = connect(server, "h2")
        with suppress(ConnectionError, ssl.SSLError):  # closed before all of it was sent
            link.sendall(PREFACE + behind)
        healthy.say(TEXT, b"%d" % n)
        assert healthy.read() == (0x81, b"%d" % n)
        assert says_nothing_more(link)
    healthy.close()


def test_the_preface_behind_a_request_ends_the_connection_as_well(server: EchoServer) -> None:
    link = connect(server, "http/1.1")
    link.sendall(b"HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"404" in link.recv(65536)
    link.sendall(PREFACE + SETTINGS)
    assert says_nothing_more(link)


def test_another_version_is_refused(server: EchoServer) -> None:
    for version in (b"0.9", b"1.2", b"9.9"):
        with connect(server, "http/1.1") as link:
            link.sendall(b"GET / HTTP/" + version + b"\r\nHost: localhost\r\n\r\n")
            assert link.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_the_product_agrees_on_http_1_1_alone(folder: Path) -> None:
    tls = {"tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}}
    with Chatadmin(config=tls) as running:
        for offered, agreed in ((["h2", "http/1.1"], "http/1.1"), (["h2"], None)):
            context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
            context.set_alpn_protocols(offered)
            with (
                socket.create_connection(("127.0.0.1", running.port), PATIENCE) as link,
                context.wrap_socket(link, server_hostname="localhost") as secure,
            ):
                assert secure.selected_alpn_protocol() == agreed
                secure.sendall(PREFACE + SETTINGS)
                assert says_nothing_more(secure)


def test_people_talk_on_beside_a_flood_of_prefaces() -> None:
    with Chatadmin() as running, attended(running):
        for _ in range(500):
            link = socket.create_connection(("127.0.0.1", running.port), PATIENCE)
            link.sendall(PREFACE + SETTINGS + RAPID_RESET)
            assert says_nothing_more(link)
