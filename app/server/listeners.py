"""The listening socket: bound before anything else, so that a taken port harms nothing."""

import errno
import socket


class ListenError(Exception):
    """The address cannot be listened on; one line that says what to do."""


def split(server: str) -> tuple[str, int]:
    """`host:port`, `[::1]:port` or `:port` in two; a host left out means every interface."""
    host, _, port = server.rpartition(":")
    return host.strip("[]") or "0.0.0.0", int(port)


def listen(server: str) -> socket.socket:
    """Bind and listen on `server` (port 0: any free one). Raises ListenError."""
    host, port = split(server)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by what is accepted
    try:
        listener.bind((host, port))
        listener.listen(4096)  # the kernel cuts it to net.core.somaxconn: a whole shop may reconnect at once
    except OSError as error:
        listener.close()
        raise ListenError(_reason(server, error)) from None
    listener.setblocking(False)
    return listener


def _reason(server: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{server} is taken by another program: stop it, or choose another port with --server HOST:PORT"
    if error.errno == errno.EACCES:
        return f"{server} needs more rights: choose a port above 1023 with --server HOST:PORT"
    return f"cannot listen on {server}: {error.strerror or error}. Give another address with --server HOST:PORT"


def origins(listener: socket.socket, scheme: str) -> list[str]:
    """The addresses people can open, loopback first, then this machine's in its network."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        names = ["127.0.0.1", *filter(None, [_own_address()])]
    else:
        names = [f"[{host}]" if ":" in host else host]
    return [f"{scheme}://{name}:{port}" for name in names]


def _own_address() -> str:
    """This machine's address on the way out; nothing is sent. Empty without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address that belongs to nobody
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def probe(listener: socket.socket, tls: bool, path: str = "/readyz") -> int:
    """The status that a real GET of `path` from ourselves gets; 0 without an answer."""
    host, port = listener.getsockname()[:2]
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    name = f"[{near}]" if ":" in near else near
    try:
        with socket.create_connection((near, port), timeout=5.0) as tcp:
            connection = _wrapped(tcp) if tls else tcp
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
            return int(connection.recv(64).split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _wrapped(tcp: socket.socket) -> socket.socket:
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # our own certificate, for another name, over loopback
    return context.wrap_socket(tcp)
