"""In which format a store is written, and when it goes over to a newer one: once every node can write that.

A build knows two formats, its own and the one before. It reads both, and what is written in one of them beside what is
written in the other; it writes the one that is *in force* in the store. A newer build begins in the format it finds, so
nodes of two versions work side by side, and to go back is to swap a file. The newer format is in force once an operator
says so (`chatadmin upgrade --finish`) or a day has passed in which every node could write it. Whoever has not heard of
that yet goes on writing the former one, which does no harm: all that are left read both.

Nodes say with their heartbeats what they can write, in a hash of their own. A node that is not in it is of a version
that does not know of this; it can write no newer format than the one in force.
"""

import os
import socket
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app import __version__
from app.store import scripts
from app.store.errors import StoreUnfit
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import pairs, texts

NEWEST, FORMER = 3, 2
# The first format that is written until every node can write a newer one. What is written in one of before is taken
# over by the first node that starts: its logs are the same, what it counted of tabs is told `unknown_tab` (append.lua),
# and its feed goes.
FIRST_KEPT = 3
# Milliseconds that every node must have been able to write the newer format before it is written without a word of the
# operator's: a day, in which it is found out whether the newer version stays.
UNDO_MS = 24 * 60 * 60 * 1000
# What stands in place of a heartbeat counter while a node is being buried (bury.lua).
_DEAD = "dead"

_VOUCH, _RAISE = map(scripts.load, ("vouch_format", "raise_format"))


class Node(NamedTuple):
    """A node that the store knows. `counter`: of its heartbeats; one that stands still is a node that is dead.
    `newest`: the newest format it can write; 0, and nothing else known of it, where it is of a version before this."""

    boot: str
    counter: str
    newest: int = 0
    version: str = ""
    host: str = ""
    pid: int = 0

    def __str__(self) -> str:
        if not self.newest:
            return f"a node of an older version (known as {self.boot})"
        return f"{self.version} on {self.host} (process {self.pid})"


class Standing(NamedTuple):
    """How a store stands: the format in force, since when every node could write a newer one (unix ms, 0: some cannot,
    or this is the newest), and the nodes."""

    in_force: int
    all_newer_ms: int
    nodes: list[Node]

    @property
    def older(self) -> list[Node]:
        """The nodes that cannot write the newest format, alive or not."""
        return [node for node in self.nodes if node.newest < NEWEST]


class Formats:
    """The format of one store. `where`: its name, for a sentence."""

    def __init__(self, pipelines: Pipelines, keys: Keys, where: str) -> None:
        self.in_force = NEWEST
        """The one to write, as far as this process has heard."""
        self._pipelines, self._keys, self._where = pipelines, keys, where
        self._shard = keys.shard(0)
        self._store, self._nodes, self._formats = keys.store(), keys.nodes(self._shard), keys.formats()

    def judge(self, found: str) -> None:
        """Raises StoreUnfit where the store is written in none of our formats; "" is that of the first version."""
        if found not in (str(NEWEST), str(FORMER)):
            raise StoreUnfit(
                f"the store at {self._where} was written by another version of chatadmin (format {found or '1'}; "
                f"{__version__} reads {FORMER} and {NEWEST}); start that version or empty it"
            )

    async def begin(self, found: str) -> None:
        """Keep to the format that was found; one of before `FIRST_KEPT` becomes ours. Raises StoreUnfit."""
        self.judge(found)
        self.in_force = int(found)
        if self.in_force < FIRST_KEPT:
            for shard in self._keys.shards():
                await self._pipelines.at(shard).call("UNLINK", self._keys.feed(shard))
            await self._pipelines.at(self._shard).call("HSET", self._store, "format", NEWEST)
            self.in_force = NEWEST

    async def vouch(self, boot: str, *, first: bool) -> None:
        """Say what this node can write, and hear what it is to write; once the day is over, go over to the newest.
        Raises StoreUnfit where the store has gone over to a format that is none of ours."""
        what = msgspec.json.encode({"version": __version__, "host": socket.gethostname(), "pid": os.getpid()})
        keys = (self._store, self._nodes, self._formats)
        found, since, now = await self._pipelines.at(self._shard).eval(_VOUCH, keys, (boot, NEWEST, what, int(first)))
        self._hear(found)
        if since != b"0" and int(now) - int(since) >= UNDO_MS:
            await self.go_over()

    async def look(self) -> None:
        """Hear which format is in force, for a process that is no node. Raises StoreUnfit."""
        self._hear(await self._pipelines.at(self._shard).call("HGET", self._store, "format"))

    def _hear(self, found: bytes | None) -> None:
        if found is not None:  # else the store was emptied; who opens it next decides
            self.judge(found.decode())
            self.in_force = int(found)

    async def standing(self) -> Standing:
        """The format in force and the nodes there are, the dead among them that nobody has buried yet."""
        pipeline = self._pipelines.at(self._shard)
        store = pairs(await pipeline.call("HGETALL", self._store))
        counters = pairs(await pipeline.call("HGETALL", self._nodes))
        formats = pairs(await pipeline.call("HGETALL", self._formats))
        nodes = [_node(boot, counter, formats.get(boot, "")) for boot, counter in counters.items() if counter != _DEAD]
        return Standing(int(store["format"]), int(store.get("all_newer", 0)), nodes)

    async def go_over(self, dead: Iterable[Node] = ()) -> list[Node]:
        """Write the newest format from now on. `dead`: nodes whose counters were watched and stand still.

        Returns the nodes that live and cannot write it: then nothing was changed."""
        keys = (self._store, self._nodes, self._formats, self._keys.feed(self._shard))
        words = [word for node in dead for word in (node.boot, node.counter)]
        left = await self._pipelines.at(self._shard).eval(_RAISE, keys, (NEWEST, *words))
        if not left:
            self.in_force = NEWEST
            return []
        boots = set(texts(left))
        return [node for node in (await self.standing()).nodes if node.boot in boots]


def _node(boot: str, counter: str, said: str) -> Node:
    newest, _, known = said.partition("|")
    if not newest:
        return Node(boot, counter)
    what = msgspec.json.decode(known)
    return Node(boot, counter, int(newest), what["version"], what["host"], what["pid"])
