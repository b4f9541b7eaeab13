"""What the product is compared with: the same job as others would write it, and the frameworks doing no job at all.

Each is one process with one event loop, started by one command line, and serves until SIGTERM.
"""

from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[2]
_PYTHON = _ROOT / ".venv" / "bin" / "python"


@dataclass(frozen=True)
class Peer:
    """A server: what it speaks (tests/bench/wires.py), and how it is started."""

    wire: str
    line: list[str]

    def command(self, host: str, port: int, redis_url: str) -> list[str]:
        """The command line that serves there, with that Redis."""
        return [*self.line, host, str(port), redis_url]


def _ours(name: str, wire: str) -> Peer:
    return Peer(wire, [str(_PYTHON), str(_HERE / f"{name}.py")])


PEERS = {
    "asgi echo": _ours("asgi_echo", "echo"),
    "quart echo": _ours("quart_echo", "echo"),
    "naive relay": _ours("naive_relay", "relay"),
    "quart stream": _ours("quart_stream", "stream"),
}
