"""Which requests are taken: those that nobody on their way can have read otherwise. RFC 9112 and h11 allow more."""

from collections import Counter

import h11
from h11._receivebuffer import ReceiveBuffer

_SPOKEN = (b"1.0", b"1.1")
# Of two, one reader takes the first and another the last. (Of two Hosts and two lengths h11 has said so.)
_ONCE = (b"authorization", b"origin", b"sec-websocket-key", b"sec-websocket-version")


class StrictBuffer(ReceiveBuffer):
    """h11's, in which each line of a head, and before each chunk, ends in CRLF, and none goes on in the next."""

    def maybe_extract_next_line(self) -> bytearray | None:
        """The line before a chunk, once it is whole, with its end."""
        line = super().maybe_extract_next_line()
        if line is None and b"\n" in bytes(self):  # h11 would wait for an end that is there already
            raise h11.LocalProtocolError("a line ends without CR")
        return line

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """The lines of a head, once it is whole, without their ends."""
        before = len(self)
        lines = super().maybe_extract_lines()
        if lines is not None:
            # Each of them, and the empty one behind them, had two bytes more; where only LF stood, one.
            if before - len(self) != sum(map(len, lines)) + 2 * len(lines) + 2:
                raise h11.LocalProtocolError("a line ends without CR")
            if any(line.startswith((b" ", b"\t")) for line in lines):
                raise h11.LocalProtocolError("a folded header")
        return lines


def judged(request: h11.Request) -> h11.Request | None:
    """The request, its target as a path of ours; None where it is not taken."""
    if request.http_version not in _SPOKEN or request.method != request.method.upper():
        return None
    counted = Counter(name for name, _ in request.headers)
    if any(counted[name] > 1 for name in _ONCE) or {b"content-length", b"transfer-encoding"} <= counted.keys():
        return None
    host = dict(request.headers).get(b"host", b"")
    if not _is_name(host):
        return None
    target = _path(request.target, host)
    if target is None or target == request.target:
        return request if target else None
    return h11.Request(
        method=request.method, target=target, headers=list(request.headers), http_version=request.http_version
    )


def _is_name(host: bytes) -> bool:
    """Whether the router, which looks for a name in it, can encode it."""
    try:
        host.decode("latin-1").lower().encode("idna")
    except UnicodeError:
        return False
    return True


def _path(target: bytes, host: bytes) -> bytes | None:
    """What a target asks of us: `/path?query`, or `*`. None where it names another host, or is none."""
    if b"#" in target:
        return None
    if target.startswith(b"/") or target == b"*":
        return target
    scheme, _, rest = target.partition(b"://")
    if scheme.lower() not in (b"http", b"https") or rest[: len(host)].lower() != host.lower() or not host:
        return None
    path = rest[len(host) :]
    if path.startswith(b"/"):
        return path
    return b"/" + path if not path or path.startswith(b"?") else None
