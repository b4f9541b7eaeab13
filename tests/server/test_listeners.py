"""The listening socket, and what is said when it cannot be had."""

import socket
import threading

import pytest

from app.server.listeners import ListenError, listen, origins, probe, split


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("0.0.0.0:9090", ("0.0.0.0", 9090)),
        ("[::1]:80", ("::1", 80)),
        (":8080", ("0.0.0.0", 8080)),
        ("localhost:1", ("localhost", 1)),
    ],
)
def test_addresses_are_split(server: str, expected: tuple[str, int]) -> None:
    assert split(server) == expected


def test_a_taken_port_is_one_line_with_a_way_out() -> None:
    with listen("127.0.0.1:0") as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port} is taken .*--server") as failure:
            listen(f"127.0.0.1:{port}")
    assert "\n" not in str(failure.value)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ListenError, match="cannot listen on 192"):
        listen("192.0.2.1:0")


def test_loopback_is_named_first_and_the_port_is_the_real_one() -> None:
    with listen("0.0.0.0:0") as listener:
        names = origins(listener, "http")
        assert names[0] == f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listen("127.0.0.1:0") as listener:
        assert origins(listener, "https") == [f"https://127.0.0.1:{listener.getsockname()[1]}"]


def answer(listener: socket.socket, response: bytes, got: list[bytes]) -> None:
    listener.setblocking(True)
    link, _ = listener.accept()
    with link:
        got.append(link.recv(4096))
        link.sendall(response)


@pytest.mark.parametrize(("response", "status"), [(b"HTTP/1.1 200 OK\r\n\r\n", 200), (b"nonsense", 0), (b"", 0)])
def test_the_probe_is_a_real_request(response: bytes, status: int) -> None:
    got: list[bytes] = []
    with listen("0.0.0.0:0") as listener:
        server = threading.Thread(target=answer, args=(listener, response, got))
        server.start()
        assert probe(listener, tls=False) == status
        server.join()
        assert got[0].startswith(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:")
