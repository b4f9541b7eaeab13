"""The processes of a run: a store, nodes of the product, and the proxies in front of each and between them."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients import api
from tests.clients.aio import call
from tests.prove.proxy import Proxy
from tests.running import (
    PATIENCE,
    ROOT,
    UNLIMITED,
    Chatadmin,
    Valkey,
    command,
    end,
    environment,
    frozen,
    program_under_test,
)

PASSWORD = "correct horse battery"
# Seconds until a node that was started must be fit to serve.
READY = 60.0


@dataclass(frozen=True)
class Program:
    """What is run as a node: the file under test or the source here; or, with `folder`, the source there. `settings`:
    more of them, as environment."""

    folder: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> list[str]:
        return program_under_test() if self.folder is None else [*_python(), "-m", "app"]

    @property
    def place(self) -> Path:
        return self.folder or ROOT

    def start(self, *args: str, data_dir: Path, files: Path | None = None) -> Chatadmin:
        """A node on a free port of loopback; its files are in `files`, or in the usual place."""
        env = {**UNLIMITED, **({"CHATADMIN_FILES__DIRECTORY": str(files)} if files else {}), **self.settings}
        if self.folder is None:
            return Chatadmin(*args, env=env, data_dir=data_dir)
        return Chatadmin(*args, env=env, data_dir=data_dir, program=self.line, cwd=self.folder)

    @property
    def name(self) -> str:
        return "the frozen file" if frozen() and self.folder is None else f"the source in {self.place.name}"


def _python() -> list[str]:
    return [str(ROOT / ".venv/bin/python")] if (ROOT / ".venv").exists() else ["python3"]


@dataclass
class Node:
    """One node, the proxy that clients reach it by, and the one by which it reaches an external store."""

    number: int
    front: Proxy
    link: Proxy | None
    data_dir: Path
    running: Chatadmin | None = None
    stopped: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        """For clients."""
        return f"http://127.0.0.1:{self.front.port}"

    def pids(self, *, store: bool = False) -> list[int]:
        """Its processes without the embedded store, or that alone."""
        found = self.running.pids() if self.running else set()
        return sorted(pid for pid in found if ("unixsocket" in command(pid)) == store)

    def workers(self) -> list[int]:
        """The processes that serve: those without children."""
        pids = self.pids()
        parents = {_parent(pid) for pid in pids}
        return [pid for pid in pids if pid not in parents]


class Shop:
    """A store, `nodes` nodes, and the agents who work there. `start()` first, `stop()` always."""

    def __init__(self, *, nodes: int, embedded: bool, seed: int, program: Program | None = None) -> None:
        assert nodes == 1 or not embedded, "the embedded store belongs to one node"
        self.program = program or Program()
        self.embedded = embedded
        self.folder = Path(tempfile.mkdtemp(prefix="ca-prove-"))
        self.files = self.folder / "files"  # of all nodes
        self.files.mkdir()
        self.store: Valkey | None = None
        self.nodes: list[Node] = []
        self._errors: list[str] = []
        self._count, self._rng = nodes, random.Random(f"network {seed}")

    # -- life -----------------------------------------------------------------------------------------------------

    async def start(self) -> str:
        """Start everything; returns the administrator's token."""
        if not self.embedded:
            self.store = await asyncio.to_thread(Valkey, fsync=True)
        for number in range(self._count):
            link = None
            if self.store is not None:
                link = Proxy(str(self.store.socket), self._rng)
                await link.start()
            front = Proxy("127.0.0.1:1", self._rng)
            await front.start()
            self.nodes.append(Node(number, front, link, self.folder / f"data{number}"))
        secret = (await self.start_node(self.nodes[0])).setup_secret
        body = {"secret": secret, "name": "Anna", "password": PASSWORD}
        await call(self.nodes[0].url, "/setup", body=body)
        for node in self.nodes[1:]:
            await self.start_node(node)
        return (await self.login("Anna", PASSWORD))[0]

    async def start_node(self, node: Node, program: Program | None = None) -> Chatadmin:
        """Start it, or start it again on the same data; returns when it is fit to serve."""
        start = (program or self.program).start
        args = ("--redis", f"redis://127.0.0.1:{node.link.port}") if node.link else ()
        node.running = await asyncio.to_thread(start, *args, data_dir=node.data_dir, files=self.files)
        node.front.target = node.running.url.removeprefix("http://")
        return node.running

    async def ready(self) -> None:
        """Wait until every node is fit to serve."""
        async with asyncio.timeout(READY):
            for node in self.nodes:
                await self._until_ready(node)

    async def _until_ready(self, node: Node) -> None:
        while True:
            with suppress(OSError, api.HttpError):
                await call(node.url, "/readyz", timeout=2)
                return
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End everything, whatever state it is in; nothing of it is alive afterwards."""
        for node in self.nodes:
            node.front.stop()
            if node.link:
                node.link.stop()
            if node.running is not None:
                for pid in node.running.pids():
                    end(pid)
                await asyncio.to_thread(node.running.kill)
                shutil.rmtree(node.running.folder, ignore_errors=True)
        if self.store is not None:
            self.store.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def errors(self) -> list[str]:
        """The tracebacks that nodes have logged so far, those of nodes that were ended too."""
        for node in self.nodes:
            if node.running is not None:
                self._note_errors(node.running)
        return self._errors

    def _note_errors(self, running: Chatadmin) -> None:
        self._errors += [line[-1500:] for line in running.process.lines if "Traceback" in line]

    # -- people ---------------------------------------------------------------------------------------------------

    def urls(self) -> list[str]:
        """Where clients find the nodes."""
        return [node.url for node in self.nodes]

    async def login(self, name: str, password: str | None = None) -> tuple[str, str]:
        """A token and the person's uid."""
        return await asyncio.to_thread(api.login, self.nodes[0].url, name, password)

    async def add_agent(self, name: str, role: str) -> tuple[str, str]:
        """A new agent, added beside the running nodes as an operator would; a token and their uid."""
        node = self.nodes[0]
        line = [*self.program.line, "agent", "add", name, "--role", role, "--password-stdin"]
        line += ["--data-dir", str(node.data_dir)]
        line += ["--redis", self.store.url] if self.store else []
        await asyncio.to_thread(
            subprocess.run,
            line,
            input=PASSWORD.encode(),
            env=environment(self.folder, None),
            cwd=self.program.place,
            check=True,
            timeout=PATIENCE,
            capture_output=True,
        )
        return await self.login(name, PASSWORD)

    # -- harm -----------------------------------------------------------------------------------------------------

    async def end_node(self, node: Node, number: int = signal.SIGKILL, *, all_at_once: bool = False) -> None:
        """End its first process as a crash (or SIGTERM) would, or all of it as a power cut; nothing of it remains."""
        assert node.running is not None
        self.resume(node)
        if all_at_once:
            await asyncio.to_thread(node.running.cut_off)
        node.running.signal(number)
        await asyncio.to_thread(node.running._finish, PATIENCE)
        self._note_errors(node.running)
        shutil.rmtree(node.running.folder, ignore_errors=True)
        node.running = None

    def pause(self, node: Node) -> None:
        """SIGSTOP for all of it but the store."""
        node.stopped = set(node.pids())
        _signal(node.stopped, signal.SIGSTOP)

    def resume(self, node: Node) -> None:
        """SIGCONT."""
        _signal(node.stopped, signal.SIGCONT)
        node.stopped = set()


def _signal(pids: Sequence[int] | set[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
