"""/metrics tells of all workers together, whichever of them answers, and what it counted is never less than before."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.clients.api import ask, log_in
from tests.clients.sockets import RawSocket, open_chat
from tests.running import Chatadmin, Valkey, command, wait_until
from tests.watching.scrape import Figures, only, scrape, workers

MESSAGES = 3


class Watched:
    """A shop of two workers and a store elsewhere, with the sockets at each worker."""

    def __init__(self, shop: Chatadmin) -> None:
        self.shop, self.pids, self.sockets = shop, workers(shop), list[RawSocket]()
        self.seen: Figures = {}

    def scrape(self) -> Figures:
        """What it says now; no counter may have fallen since the last time."""
        found = scrape(self.shop.url)
        fell = {name for name in found if "_total" in name and found[name] < self.seen.get(name, 0)}
        assert not fell, {name: (self.seen[name], found[name]) for name in fell}
        assert {name for name in self.seen if "_total" in name} <= set(found)
        self.seen = found
        return found

    def until(self, **wanted: float) -> None:
        """Wait until it says so: others tell once a second what they count."""

        told: dict[str, float] = {}

        def said() -> bool:
            found = self.scrape()
            told.update({name: found[f"chatadmin_{name}"] for name in wanted})
            return told == wanted

        try:
            wait_until(said, f"{wanted}")
        except AssertionError as error:
            raise AssertionError(f"{error}; told: {told}") from None

    def open(self, pid: int, count: int) -> None:
        """So many chats at that worker, in each of which something is said."""
        with only(pid, self.pids):
            for _ in range(count):
                token = log_in(self.shop.url, f"guest {len(self.sockets)}")
                self.sockets.append(page := open_chat(self.shop.url, token))
                page.hear(type="joined")
                for number in range(1, MESSAGES + 1):
                    page.tell(type="send", id=f"t.{number}", content="hello")
                    page.hear(type="ack")


@pytest.fixture
def watched(start_chatadmin: Callable[..., Chatadmin], store: Valkey) -> Iterator[Watched]:
    found = Watched(start_chatadmin("--workers", "2", "--redis", store.url))
    assert len(found.pids) == 2
    yield found
    for socket in found.sockets:
        socket.close()


def test_either_worker_tells_of_both_and_a_dead_one_is_in_no_gauge(watched: Watched) -> None:
    one, other = watched.pids
    watched.open(one, 2)
    watched.open(other, 3)
    all_of_it = {"sockets": 5, "messages_total": 5 * MESSAGES, "workers_ready": 2, "nodes": 2, "waiting_visitors": 5}
    watched.until(**all_of_it)
    for pid in (one, other):
        with only(pid, watched.pids):
            watched.until(**all_of_it)
    os.kill(one, signal.SIGKILL)
    wait_until(lambda: watched.scrape()["chatadmin_process_starts_total{worker}"] == 3, "a worker in its place")
    watched.until(sockets=3, messages_total=5 * MESSAGES, workers_ready=2)
    found = watched.scrape()
    assert found["chatadmin_log_records_total{error}"] == 1  # that it was killed
    (new,) = set(workers(watched.shop)) - {other}
    watched.pids = [new, other]
    watched.open(new, 1)
    watched.until(sockets=4, messages_total=6 * MESSAGES)


def test_a_worker_that_does_nothing_is_seen(watched: Watched) -> None:
    other = watched.pids[1]
    watched.until(workers_ready=2)
    with only(other, watched.pids):
        wait_until(lambda: watched.scrape()["chatadmin_worker_silent_seconds"] > 2, "silence")
    wait_until(lambda: watched.scrape()["chatadmin_worker_silent_seconds"] < 2, "life")


def test_every_process_is_counted(start_chatadmin: Callable[..., Chatadmin]) -> None:
    shop = start_chatadmin("--workers", "2")
    found = scrape(shop.url)
    for kind, count in {"main": 1, "worker": 2, "store": 1}.items():
        assert found[f"chatadmin_processes{{{kind}}}"] == count
        assert found[f"chatadmin_processes_expected{{{kind}}}"] == count
        assert found[f"chatadmin_process_starts_total{{{kind}}}"] == count
        assert found[f"chatadmin_process_resident_memory_bytes{{{kind}}}"] > 1 << 20
    assert found["chatadmin_process_cpu_seconds_total{worker}"] > 0
    assert "chatadmin_processes{courier}" not in found  # no mail is sent
    assert found["chatadmin_store_memory_bytes"] > 1 << 19
    assert found["chatadmin_disk_free_bytes{data}"] > 0
    told = ask(shop.url, "/metrics").body.decode()
    assert all(f"# HELP {name.partition('{')[0].removesuffix('_total')}" in told for name in found)
    store = next(pid for pid in shop.pids() if "valkey" in command(pid))
    cpu = found["chatadmin_process_cpu_seconds_total{store}"]
    os.kill(store, signal.SIGKILL)
    wait_until(lambda: scrape(shop.url)["chatadmin_process_starts_total{store}"] == 2, "the store again")
    assert scrape(shop.url)["chatadmin_process_cpu_seconds_total{store}"] >= cpu
