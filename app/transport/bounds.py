"""What a connection may cost: each bound with its unit and its reason."""

import asyncio

# -- a socket -------------------------------------------------------------------------------------------------------

# Bytes picows reads into at first, its least; doubled as messages need it, to twice `frame_bytes` at most.
READ_BUFFER_BYTES = 2048
# Bytes a paused socket still takes in before the peer is really stopped: while it sends no more than that, its
# answers to our pings go on being seen. A message counts with 64 bytes more, about what it costs to keep.
READ_AHEAD_BYTES = 64 * 1024
# Bytes of one turn's frames for one socket above which they leave at once.
WRITE_AT_ONCE_BYTES = 16 * 1024
# Fragments a message may come in. A message of `frame_bytes` has thirty-two bytes in each; empty ones count as well.
MAX_FRAGMENTS = 4096
# Control frames a peer may send in a second. Browsers send none but answers to our pings.
CONTROL_FRAMES_PER_SECOND = 50
# Seconds from our close frame until the transport is dropped.
CLOSE_TIMEOUT = 1.0
# Bytes still taken from a peer that was told to go: enough for what was on its way when it was told.
DISCARDED_BYTES = 1024 * 1024

# -- a response -----------------------------------------------------------------------------------------------------

# Bytes that the peer of an event stream may still send, which has nothing to say; above them it is read no more.
IGNORED_BYTES = 64 * 1024
# Seconds a peer gets that was answered in the middle of its request; one that is told something stops within a round
# trip.
LINGER_TIMEOUT = 2.0

# -- all connections ------------------------------------------------------------------------------------------------

# Descriptors that connections may never take: the store's, the log's, files, and some air.
RESERVED_DESCRIPTORS = 64
# Connections above `connections_per_address` that may still ask: a socket too many gets its 429, a flood nothing.
REFUSED_CONNECTIONS = 200


class ControlBudget:
    """Counts control frames; `spent` once there were too many within a second."""

    __slots__ = ("_count", "_since")

    def __init__(self) -> None:
        self._since, self._count = 0.0, 0

    def spent(self) -> bool:
        """Count one more."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._count = now, 0
        self._count += 1
        return self._count > CONTROL_FRAMES_PER_SECOND
