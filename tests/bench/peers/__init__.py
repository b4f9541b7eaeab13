"""What the product is compared with: the same job as others would write it, and the frameworks doing no job at all.

Each is one process with one event loop, started by one command line, and serves until SIGTERM. Those made of what the
product is not are present once `./build.sh bench` has installed it.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[2]
_PYTHON = _ROOT / ".venv" / "bin" / "python"
_NODE = shutil.which("node", path=f"{_ROOT}/.venv/bin:{os.environ['PATH']}") or "node"
_SOCKETIO = _HERE / "socketio"
_LIGHTHOUSE = _HERE / "lighthouse" / "node_modules"
_DJANGO = _ROOT / "build" / "peers"  # a virtual environment with requirements/bench.txt

_NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_CENTRIFUGE = _DJANGO / "centrifuge"
_GO = "golang-go " + " ".join(
    f"golang-github-{name}-dev"
    for name in ("centrifugal-centrifuge", "centrifugal-protocol", "fzambia-eagle", "igm-sockjs-go", "mna-redisc")
)


@dataclass(frozen=True)
class Peer:
    """A server: what it speaks (tests/bench/wires.py), how it is started, what is there once it is installed, and how
    that is done.
    """

    wire: str
    line: list[str]
    needs: tuple[Path, ...] = ()
    how: str = "./build.sh bench"
    ready: str = ""  # what it answers with 503 until it is ready; else it is once it listens

    @property
    def present(self) -> bool:
        """Whether what it is made of is installed."""
        return all(file.exists() for file in self.needs)

    def command(self, host: str, port: int, redis_url: str, redis_port: int) -> list[str]:
        """The command line that serves there, with that Redis, which also listens at a port of loopback."""
        return [*self.line, host, str(port), redis_url, str(redis_port)]


def _ours(name: str, wire: str) -> Peer:
    return Peer(wire, [str(_PYTHON), str(_HERE / f"{name}.py")])


def _channels(layer: str) -> Peer:
    line = [str(_DJANGO / "bin" / "python"), str(_HERE / "channels_relay.py"), f"channels_redis.{layer}"]
    return Peer("relay", line, (_DJANGO / ".installed-bench",))


PEERS = {
    "asgi echo": _ours("asgi_echo", "echo"),
    "quart echo": _ours("quart_echo", "echo"),
    "naive relay": _ours("naive_relay", "relay"),
    "bare relay": _ours("bare_relay", "bare"),
    "quart stream": _ours("quart_stream", "stream"),
    "socket.io": Peer(
        "socketio",
        [_NODE, str(_SOCKETIO / "server.mjs")],
        (Path(_NODE), _SOCKETIO / "node_modules" / ".installed"),
    ),
    "nchan": Peer(
        "nchan", [str(_PYTHON), str(_HERE / "nchan.py")], (_NCHAN,), "apt-get install libnginx-mod-nchan", "/ready"
    ),
    "centrifuge": Peer("centrifuge", [str(_CENTRIFUGE)], (_CENTRIFUGE,), f"apt-get install {_GO}; ./build.sh bench"),
    "channels": _channels("core.RedisChannelLayer"),
    "channels pub/sub": _channels("pubsub.RedisPubSubChannelLayer"),
}
# What judges pages; no server.
LIGHTHOUSE = Peer(
    "", [_NODE, str(_LIGHTHOUSE / "lighthouse" / "cli" / "index.js")], (Path(_NODE), _LIGHTHOUSE / ".installed")
)


def versions() -> list[str]:
    """What the peers that are present are made of."""
    found = []
    if PEERS["socket.io"].present:
        node = subprocess.run([_NODE, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        made_of = json.loads((_SOCKETIO / "package.json").read_text())["dependencies"]
        found += [f"Node {node}", *(f"{name} {number}" for name, number in made_of.items())]
    if PEERS["channels"].present:
        installed = distributions(path=[str(folder) for folder in _DJANGO.glob("lib/python3*/site-packages")])
        told = ("channels", "channels_redis", "django", "uvicorn", "websockets")
        found += sorted(f"{its.name} {its.version}" for its in installed if its.name.lower() in told)
    if LIGHTHOUSE.present:
        found.append(f"lighthouse {json.loads((_LIGHTHOUSE / 'lighthouse' / 'package.json').read_text())['version']}")
    return found
