"""One side of a comparison: a server on the server's core, its store and its generator on the other."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from app.store import embedded
from tests import guard
from tests.bench import machine
from tests.bench.lookers import SITE
from tests.bench.peers import PEERS
from tests.clients.api import status
from tests.ports import free_port
from tests.running import ROOT, Chatadmin, engine_binary, program_under_test, wait_until

# The product's limits out of the way, but at work: a bucket that is never empty is still asked.
PLENTY = 1_000_000
LIMITS = {
    "messages_per_second": PLENTY,
    "burst": PLENTY,
    "connections_per_session": 0,
    "connections_per_address": 0,
    "logins_per_minute": 0,
    "files_per_minute": PLENTY,
    "conversation_bytes": 0,
}
# Those that there were before files.
EARLY = ("messages_per_second", "burst", "connections_per_session", "connections_per_address", "logins_per_minute")

TWO_CORES = " on two cores"


class Refused(Exception):
    """A run that has no figure, and why."""


@dataclass(frozen=True)
class Build:
    """A chatadmin: its command line, and where it is run; `config` is what it is told beside the store and workers."""

    program: Sequence[str]
    folder: Path
    config: Mapping[str, Any]

    @classmethod
    def at(cls, place: Path) -> "Build":
        """The file, or the tree of source, that is there: of any version, so nothing is set that an early one lacks."""
        place = place.resolve()
        config = {"limits": {name: LIMITS[name] for name in EARLY}, "log_level": "warning"}
        if place.is_file():
            return cls([str(place)], place.parent, config)
        python = place / ".venv" / "bin" / "python"
        return cls([str(python) if python.exists() else sys.executable, "-m", "app"], place, config)

    @classmethod
    def under_test(cls) -> "Build":
        """This tree's, or the file that the tests are of, with all that the modes need."""
        return cls(program_under_test(), ROOT, {"limits": LIMITS, "sites": [SITE], "log_level": "warning"})


class Side:
    """A server that runs, pinned, with whatever it needs; and the generator that speaks to it.

    A peer's name (tests/bench/peers), or `product`; `product x2` has two workers, on one core, or with `on two cores`
    behind that also on the others' one; `product + product` are two nodes on one core and one store, and whoever talks
    with each other is at different ones. `build`: which product.
    """

    def __init__(self, name: str, server: int, others: int, build: Build | None = None) -> None:
        self.name = name
        self.store = Store(others)
        self._running: list[Chatadmin] = []
        self._process: subprocess.Popen[bytes] | None = None
        self.secret = ""
        if build is not None or name.startswith("product"):
            self.wire = "product"
            workers = int(found[1]) if (found := re.search(r" x(\d+)", name)) else 1
            cores = f"{server},{others}" if name.endswith(TWO_CORES) else server
            for _ in name.split(" + "):
                self._start_product(cores, workers, build or Build.under_test())
            self.secret = self._running[-1].setup_secret  # the link printed last is the one that counts
            self.hosts = [node.url.removeprefix("http://") for node in self._running]
        else:
            self.wire = PEERS[name].wire
            self._start_peer(server)
        self._generator = Generator(others)

    def _start_product(self, core: int | str, workers: int, build: Build) -> None:
        config = {"redis": self.store.url, "workers": workers, **build.config}
        if "sites" in config:
            config["files"] = {"directory": str(self.store.folder / "files")}
        program = machine.pinned(core, list(build.program))
        self._running.append(Chatadmin(config=config, program=program, cwd=build.folder))

    def _start_peer(self, core: int) -> None:
        port = free_port()
        self.hosts = [f"127.0.0.1:{port}"]
        line = machine.pinned(core, PEERS[self.name].command("127.0.0.1", port, self.store.url, self.store.port))
        self._process = process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.DEVNULL)
        guard.watch(process.pid)
        wait_until(lambda: _answers(port) or process.poll() is not None, f"{self.name} listens")
        assert process.poll() is None, f"{self.name} has ended"
        if path := PEERS[self.name].ready:
            wait_until(lambda: status(f"http://{self.hosts[0]}", path) not in (0, 503), f"{self.name} is ready")

    @property
    def server_pids(self) -> list[int]:
        """Every process of the server, without its store."""
        if self._process is not None:
            return machine.family(self._process.pid)
        return sorted(pid for node in self._running for pid in node.pids())

    @property
    def watch(self) -> dict[str, list[int]]:
        """Whose processor time is asked for."""
        return {"server": self.server_pids, "store": [self.store.pid]}

    @property
    def pids(self) -> list[int]:
        """Every process of it but the generator, which stands still while it is not asked."""
        return [*self.server_pids, self.store.pid]

    def ask(self, what: str, **order: Any) -> dict[str, Any]:
        """Have the generator do something. Raises Refused where the run has no figure."""
        try:
            return self._generator.ask({"do": what, **order})
        except Refused as error:
            raise Refused(f"{self.name}: {error}") from error

    def prepare(self, conversations: int) -> None:
        """Make sessions for so many conversations."""
        self.ask("prepare", wire=self.wire, hosts=self.hosts, conversations=conversations, secret=self.secret)

    def stop(self) -> None:
        """End all of it."""
        self._generator.stop()
        for node in self._running:
            node.stop()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.store.stop()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Store:
    """Valkey as the product ships it: its options, `appendfsync always`, its environment. On a Unix socket of its own;
    for others at a port, too."""

    def __init__(self, core: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ca-bench-"))
        self.url, self.port = f"unix://{self.folder}/s", free_port()
        settings = {
            **embedded.SERVER_OPTIONS,
            "maxclients": "20000",
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "unixsocket": f"{self.folder}/s",
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        line = machine.pinned(core, [engine_binary("valkey"), *words])
        environment = os.environ | embedded.SERVER_ENVIRONMENT
        self._process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.pid = self._process.pid
        guard.watch(self.pid)
        threading.Thread(target=self._listen, daemon=True).start()
        wait_until((self.folder / "s").exists, "the store listens")

    def info(self) -> dict[str, Any]:
        """What it says of itself."""
        with redis.Redis(port=self.port) as asking:
            found: dict[str, Any] = asking.info()
        return found

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            embedded.give_way(line)

    def stop(self) -> None:
        """End it and forget its data."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Generator:
    """The generator's process."""

    def __init__(self, core: int) -> None:
        line = machine.pinned(core, [sys.executable, "-m", "tests.bench.generator"])
        self._process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Give an order and wait for its answer. Raises Refused."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the generator ended"}')
        if "error" in answer:
            raise Refused(answer["error"])
        figure: dict[str, Any] = answer["figure"] or {}
        return figure

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
