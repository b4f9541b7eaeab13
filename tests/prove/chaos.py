"""Carries out the faults of a schedule on the processes of a shop, each as its own task, one at a place at a time."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from tests.prove.proxy import Proxy
from tests.prove.schedule import Fault
from tests.prove.shop import Node, Shop

# Faults that go on at the same time, at most: something must be left to make progress.
AT_ONCE = 3


class Chaos:
    """Faults as they fall due by the number of messages acknowledged, which `acknowledged()` tells."""

    def __init__(self, shop: Shop, faults: list[Fault], acknowledged: Callable[[], int]) -> None:
        self._shop, self._faults, self._acknowledged = shop, faults, acknowledged
        self._places: dict[str, asyncio.Lock] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.done: Counter[str] = Counter()

    async def run(self) -> None:
        """All of them; returns when the last one is over and healed."""
        async with asyncio.TaskGroup() as group:
            for fault in self._faults:
                while self._acknowledged() < fault.after:  # noqa: ASYNC110  # looked at seldom, for it changes often
                    await asyncio.sleep(0.02)
                await self._slots.acquire()
                group.create_task(self._carry_out(fault))

    async def _carry_out(self, fault: Fault) -> None:
        # Of one node and its embedded store only one is harmed at a time: each is started again by the other's end.
        place = "node0" if self._shop.embedded and fault.place == "store" else fault.place
        try:
            async with self._places.setdefault(place, asyncio.Lock()):
                layer, number = fault.place.rstrip("0123456789"), fault.place.lstrip("abcdefghijklmnopqrstuvwxyz")
                if layer == "store":
                    await self._store(fault)
                elif layer == "node":
                    await self._node(fault, self._shop.nodes[int(number)])
                else:
                    node = self._shop.nodes[int(number)]
                    proxy = node.front if layer == "front" else node.link
                    assert proxy is not None
                    await network(proxy, fault)
                self.done[f"{layer} {fault.kind}"] += 1
        finally:
            self._slots.release()

    async def _node(self, fault: Fault, node: Node) -> None:
        if fault.kind in ("kill", "kill_first", "terminate"):
            number = signal.SIGTERM if fault.kind == "terminate" else signal.SIGKILL
            await self._shop.end_node(node, number, all_at_once=fault.kind == "kill")
            await asyncio.sleep(fault.seconds / 3)
            await self._shop.start_node(node)
        elif fault.kind == "kill_worker":
            kill(node.workers())  # the supervisor starts another
            await asyncio.sleep(fault.seconds)
        else:
            self._shop.pause(node)
            await asyncio.sleep(fault.seconds)
            self._shop.resume(node)

    async def _store(self, fault: Fault) -> None:
        if self._shop.embedded:
            await self._embedded_store(fault, self._shop.nodes[0])
            return
        store = self._shop.store
        assert store is not None
        if fault.kind == "kill_store":
            await asyncio.to_thread(store.kill)
            await asyncio.sleep(fault.seconds / 2)
            await asyncio.to_thread(store.restart)
        else:
            store.pause()
            await asyncio.sleep(fault.seconds)
            store.resume()

    async def _embedded_store(self, fault: Fault, node: Node) -> None:
        """Its supervisor starts a dead one again; nobody else."""
        pids = node.pids(store=True)
        if fault.kind == "kill_store":
            kill(pids)
            await asyncio.sleep(fault.seconds)
            return
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            await asyncio.sleep(fault.seconds if number == signal.SIGSTOP else 0)


async def network(proxy: Proxy, fault: Fault) -> None:
    """One fault of the network, and its end."""
    if fault.kind == "reset":
        proxy.reset()
    elif fault.kind == "half_close":
        proxy.half_close(up=fault.up)
    elif fault.kind == "cut":
        proxy.cut_after(fault.size, up=fault.up)
    elif fault.kind == "swallow":
        proxy.swallow()
    elif fault.kind == "black_hole":
        proxy.hold()
    else:
        proxy.delay, proxy.jitter = fault.seconds / 20, fault.seconds / 10
    # A cut connection needs no healing, but comes back in the meantime: a second of it is like the longer faults.
    await asyncio.sleep(fault.seconds if fault.kind in ("delay", "swallow", "black_hole") else fault.seconds / 3)
    proxy.heal()


def kill(pids: list[int]) -> None:
    """SIGKILL."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
