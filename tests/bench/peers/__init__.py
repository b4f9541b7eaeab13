"""What the product is compared with: the same job as others would write it, and the frameworks doing no job at all.

Each is one process with one event loop, started by one command line, and serves until SIGTERM.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[2]
# Where ./build.sh bench puts what only the benchmark needs, apart from the product's pins.
_PYTHON = _ROOT / ".venv" / "bin" / "python"
_PYTHON_OF_OTHERS = _ROOT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Peer:
    """A server: what it speaks (tests/bench/wires.py), how it is started, and why it cannot be, if so."""

    wire: str
    line: Callable[[], list[str]]
    missing: Callable[[], str]

    def command(self, host: str, port: int, redis_url: str) -> list[str]:
        """The command line that serves there, with that Redis."""
        return [*self.line(), host, str(port), redis_url]


def _nothing() -> str:
    return ""


def _ours(name: str, wire: str) -> Peer:
    return Peer(wire, lambda: [str(_PYTHON), str(_HERE / f"{name}.py")], _nothing)


def _channels() -> list[str]:
    return [str(_PYTHON_OF_OTHERS), str(_HERE / "channels_relay.py")]


def _no_channels() -> str:
    return "" if _PYTHON_OF_OTHERS.exists() else "Django Channels is not installed: ./build.sh bench"


def _node() -> str:
    beside = _PYTHON.parent / "node"
    return str(beside) if beside.exists() else shutil.which("node") or "node"


def _socketio() -> list[str]:
    return [_node(), str(_HERE / "socketio_relay.mjs")]


def _no_socketio() -> str:
    return "" if (_HERE / "node_modules").exists() else "Socket.IO is not installed: ./build.sh bench"


PEERS = {
    "asgi echo": _ours("asgi_echo", "echo"),
    "quart echo": _ours("quart_echo", "echo"),
    "naive relay": _ours("naive_relay", "relay"),
    "quart stream": _ours("quart_stream", "stream"),
    "channels": Peer("relay", _channels, _no_channels),
    "socket.io": Peer("socketio", _socketio, _no_socketio),
}
