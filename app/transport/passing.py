"""Handshakes that are passed on to another worker: to the one where those are whom its socket will talk with.

Each worker has a pair of connected Unix datagram sockets, made by the main process before it forks, which keeps both.
A worker puts the request and the connection's descriptor into another's, and lets go; whose it is takes both as if the
connection had come in at its own door (passed.py). Nothing was answered by then, so no client sees any of it.

What lies there when a worker dies is taken by whoever is started in its place, as what waits to be accepted is. None
that is known to be gone is passed anything (live/neighbours.py).
"""

import socket

# Bytes of a request and what came behind it; a longer one stays where it came in. Requests may have half as many.
MAX_PASSED_BYTES = 64 * 1024
_NOT_FOR_CHILDREN = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Passing:
    """One way to each of so many workers; none where there is but one."""

    def __init__(self, workers: int) -> None:
        self._ways: list[tuple[socket.socket, socket.socket]] = []
        for _ in range(workers if workers > 1 else 0):
            taking, giving = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            taking.setblocking(False)
            giving.setblocking(False)
            self._ways.append((taking, giving))

    def __bool__(self) -> bool:
        """Whether there is anybody to pass anything to."""
        return bool(self._ways)

    def give(self, worker: int, request: bytes, descriptor: int) -> bool:
        """Pass a connection on to that worker; False where it cannot be: it may be too busy to take more."""
        if not self._ways or len(request) > MAX_PASSED_BYTES:
            return False
        try:
            socket.send_fds(self._ways[worker][1], [request], [descriptor])
        except OSError:
            return False
        return True

    def waiting(self, worker: int) -> socket.socket:
        """What becomes readable when something is passed to that worker."""
        return self._ways[worker][0]

    def take(self, worker: int) -> tuple[bytes, socket.socket] | None:
        """What was passed to that worker first: the request and its connection; None where nothing is left.

        Raises OSError for one that came without its connection, as this process may open no more files.
        """
        try:
            request, descriptors, _, _ = socket.recv_fds(self._ways[worker][0], MAX_PASSED_BYTES, 1, _NOT_FOR_CHILDREN)
        except BlockingIOError:
            return None
        if not descriptors:
            raise OSError("a connection could not be taken over: too many open files")
        return request, socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """For a process that is no worker's."""
        for taking, giving in self._ways:
            taking.close()
            giving.close()
