"""Ports for servers of tests: numbers that nobody else takes between the asking and the listening, or in a restart.

They lie below those that the kernel gives to whoever connects, or listens at port 0. Every process of the tests has
blocks of its own, which a name in the kernel keeps for as long as it lives.
"""

import random
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# 10080 is below: browsers open no page there.
FIRST, BLOCK = 10_250, 250
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_held: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens at; each is given once."""
    numbers = _numbers()
    return [next(numbers) for _ in range(count)]


def free_port() -> int:
    """One of them."""
    return free_ports(1)[0]


@cache
def _numbers() -> Iterator[int]:
    """The same for all who ask in this process: no number comes twice."""
    return (port for block in _blocks() for port in range(block, block + BLOCK) if _is_free(port))


def _blocks() -> Iterator[int]:
    """First ports of blocks that are ours. Raises RuntimeError where there are no more."""
    blocks = list(range(FIRST, int(_RANGE.read_text().split()[0]) - BLOCK + 1, BLOCK))
    random.Random().shuffle(blocks)  # whom a test before us left behind, we do not meet
    for block in blocks:
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0chatadmin tests {block}")
        except OSError:  # another process of tests has it
            name.close()
            continue
        _held.append(name)
        yield block
    raise RuntimeError("all ports below those of the kernel are taken")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
