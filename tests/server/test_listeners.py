"""The listening socket, and what is said when it cannot be had."""

import errno
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from app.server.listeners import ListenError, listen, origins, probe, split
from tests.running import PATIENCE, ROOT


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("0.0.0.0:9090", ("0.0.0.0", 9090)),
        ("[::1]:80", ("::1", 80)),
        (":8080", ("", 8080)),
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


def reached(listener: socket.socket) -> set[str]:
    """By which of the two loopback addresses it is reached."""
    port = listener.getsockname()[1]
    found = set()
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as link:
            if link.connect_ex((host, port)) == 0:
                found.add(host)
    return found


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (":0", {"127.0.0.1", "::1"}),
        ("[::]:0", {"127.0.0.1", "::1"}),
        ("0.0.0.0:0", {"127.0.0.1"}),
        ("[::1]:0", {"::1"}),
    ],
)
def test_every_address_is_of_both_families(server: str, expected: set[str]) -> None:
    with listen(server) as listener:
        assert reached(listener) == expected


def test_a_port_that_is_taken_on_one_family_is_taken() -> None:
    with listen("0.0.0.0:0") as first, pytest.raises(ListenError, match="is taken"):
        listen(f":{first.getsockname()[1]}")


# Another machine, as far as its network goes: `$1` says what it has, `$2` where to listen.
ELSEWHERE = """
ip link set lo up
sysctl -qw $1
exec "$0" -c 'import sys
from app.server.listeners import ListenError, listen, origins
from tests.server.test_listeners import reached
try:
    with listen(sys.argv[1]) as listener:
        print(*sorted(reached(listener)), *(name.rpartition(":")[0] for name in origins(listener, "http")))
except ListenError as error:
    print(error)' "$2"
"""


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize(
    ("has", "server", "expected"),
    [
        ("net.ipv6.conf.all.disable_ipv6=1", ":0", "127.0.0.1 http://127.0.0.1"),
        ("net.ipv6.conf.all.disable_ipv6=1", "[::]:0", "127.0.0.1 http://127.0.0.1"),
        ("net.ipv6.conf.all.disable_ipv6=1", "[::1]:0", "this machine has no such IPv6 address. Is it 0.0.0.0:0?"),
        ("net.ipv6.bindv6only=1", ":0", "127.0.0.1 ::1 http://127.0.0.1"),
        ("net.ipv6.bindv6only=1", "[::]:0", "127.0.0.1 ::1 http://127.0.0.1"),
    ],
)
def test_on_other_machines(has: str, server: str, expected: str) -> None:
    words = ["unshare", "--net", "sh", "-c", ELSEWHERE, sys.executable, has, server]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if "unshare" in done.stderr:
        pytest.skip("network namespaces cannot be made here")
    assert done.stdout.strip().endswith(expected), done


def test_without_ipv6_in_the_kernel_it_is_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(family: int, *rest: int) -> socket.socket:  # as a kernel without IPv6, or a sandbox, answers
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return made(family, *rest)

    made = socket.socket
    monkeypatch.setattr("app.server.listeners.socket.socket", lacking)
    with listen(":0") as listener:
        assert listener.family == socket.AF_INET
        assert origins(listener, "http")[0] == f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(ListenError, match=r"no such IPv6 address\. Is it 0\.0\.0\.0:7\?"):
        listen("[::]:7")


def test_what_is_printed_is_reached() -> None:
    with listen(":0") as listener:
        for name in origins(listener, "http"):
            with socket.create_connection((urlsplit(name).hostname or "", listener.getsockname()[1])):
                pass
