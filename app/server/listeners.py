"""The listening socket: bound before anything else, so that a taken port harms nothing."""

import errno
import socket
from typing import TYPE_CHECKING, NamedTuple

from app.transport.passing import Passing

if TYPE_CHECKING:
    import http.client
    import ssl

_EVERY = ("", "0.0.0.0", "::")
# What a machine without IPv6 answers: none in the kernel, or no address of it.
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EADDRNOTAVAIL)


class ListenError(Exception):
    """The address cannot be listened on; one line that says what to do."""


class Sockets(NamedTuple):
    """What listens: `main` for all, and `plain` where HTTPS is spoken there and certificates come by themselves; and by
    what workers pass connections to each other."""

    main: socket.socket
    plain: socket.socket | None = None
    passing: Passing | None = None

    def close(self) -> None:
        """Let go of them."""
        self.main.close()
        if self.plain:
            self.plain.close()
        if self.passing:
            self.passing.close()


def split(server: str) -> tuple[str, int]:
    """`host:port`, `[::1]:port` or `:port` in two; a host left out means every address, and is empty."""
    host, _, port = server.rpartition(":")
    return host.strip("[]"), int(port)


def near(host: str) -> str:
    """The address by which this machine reaches what listens on `host`."""
    return "127.0.0.1" if host in _EVERY else host


def listen(server: str, setting: str = "--server") -> socket.socket:
    """Bind and listen on `server` (port 0: any free one). `setting`: what says so. Raises ListenError.

    `[::]` takes IPv4 too, whatever the system's own setting is; no host does the same, and IPv4 alone where there is
    no IPv6. `0.0.0.0` is IPv4 alone.
    """
    host, port = split(server)
    try:
        return _bound(host or "::", port)
    except OSError as error:
        if host or error.errno not in _NO_IPV6:
            raise ListenError(_reason(server, setting, error)) from None
    try:
        return _bound("0.0.0.0", port)
    except OSError as error:
        raise ListenError(_reason(server, setting, error)) from None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by what is accepted
        if host == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, port))
        listener.listen(4096)  # the kernel cuts it to net.core.somaxconn: a whole shop may reconnect at once
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _reason(server: str, setting: str, error: OSError) -> str:
    other = f"{setting}{'' if setting.startswith('-') else ':'} HOST:PORT"
    if error.errno == errno.EADDRINUSE:
        return f"{server} is taken by another program: stop it, or choose another port with {other}"
    if error.errno == errno.EACCES:
        return (
            f"{server} needs more rights: the capability CAP_NET_BIND_SERVICE (packaging/ports.conf gives it under "
            f"systemd), or choose a port above 1023 with {other}"
        )
    if error.errno in _NO_IPV6 and server.startswith("["):
        return f"cannot listen on {server}: this machine has no such IPv6 address. Is it 0.0.0.0:{split(server)[1]}?"
    return f"cannot listen on {server}: {error.strerror or error}. Give another address with {other}"


def origins(listener: socket.socket, scheme: str) -> list[str]:
    """The addresses people can open, loopback first, then this machine's in its network."""
    host, port = listener.getsockname()[:2]
    names = [near(host)]
    if host in _EVERY:
        names += filter(None, [_own_address("192.0.2.1")])
    if host == "::":
        names += filter(None, [_own_address("2001:db8::1")])
    return [f"{scheme}://{in_url(name)}:{port}" for name in dict.fromkeys(names)]


def in_url(host: str) -> str:
    """An address, or a name, as a URL has it."""
    return f"[{host}]" if ":" in host else host


def _own_address(somewhere: str) -> str:
    """This machine's address on the way to an address that belongs to nobody (RFC 5737, 3849); nothing is sent.

    Empty without a network.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in somewhere else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def probe(listener: socket.socket, tls: bool, path: str = "/readyz") -> int:
    """The status that a real GET of `path` from ourselves gets; 0 without an answer."""
    host, port = listener.getsockname()[:2]
    name = in_url(near(host))
    try:
        with socket.create_connection((near(host), port), timeout=5.0) as tcp:
            connection = _wrapped(tcp) if tls else tcp
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
            return int(connection.recv(64).split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def nearby(server: str, tls: bool, timeout: float) -> "http.client.HTTPConnection":
    """A connection, not made yet, to what listens on `server` on this machine; `timeout`: seconds for each answer."""
    import http.client

    host, port = split(server)
    if tls:
        return http.client.HTTPSConnection(near(host), port, timeout=timeout, context=_trusting())
    return http.client.HTTPConnection(near(host), port, timeout=timeout)


def _wrapped(tcp: socket.socket) -> socket.socket:
    return _trusting().wrap_socket(tcp)


def _trusting() -> "ssl.SSLContext":
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # our own certificate, for another name, over loopback
    return context
