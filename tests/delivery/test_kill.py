"""SIGKILL while messages flow: what was acknowledged is there, in order, once; and nothing is orphaned.

Visitors write without a pause and an agent listens. A process is killed; whatever restarts by itself does, else the
program is started again on the same data. Then everybody goes on from the place they held, offers again what was not
acknowledged, and the log must agree with what each of them saw.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from picows import WSHandshakeError

from tests.clients import api
from tests.clients.party import Party
from tests.running import Chatadmin, command, end, wait_until

WRITERS = 3
BEFORE, AFTER = 40, 20  # messages of each writer before and after the kill


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _stores(running: Chatadmin) -> set[int]:
    return {pid for pid in running.pids() if "unixsocket" in command(pid)}


def _kill_first(running: Chatadmin) -> None:
    end(running.process.pid)


def _kill_workers(running: Chatadmin) -> None:
    """The processes that serve: they have a parent of the instance, no child of their own, and are no store."""
    pids = running.pids() - _stores(running)
    for pid in pids - {_parent(pid) for pid in pids}:
        end(pid)


def _kill_store(running: Chatadmin) -> None:
    for pid in _stores(running):
        end(pid)


async def _write(party: Party, numbers: range) -> None:
    """Write and wait for each acknowledgement; through a cut, connect again and offer the same id."""
    for n in numbers:
        id = f"{party.tab}.{n}"
        while id not in party.acked:
            try:
                if not party.connected:
                    await party.connect()
                told = len(party.frames)
                party.say(n, f"{party.tab} says {n}")
                await party.until(lambda i=id, t=told: _answered(party, i, t), f"an answer to {id}")
            except (OSError, WSHandshakeError):
                await asyncio.sleep(0.1)  # nobody serves yet; a client that asks all the time would hinder the start


def _answered(party: Party, id: str, told: int) -> bool:
    """Acknowledged, refused ("the store is away": offer it again), or cut off."""
    refused = any(frame["type"] == "error" and frame.get("id") == id for frame in party.frames[told:])
    return id in party.acked or refused or not party.connected


@pytest.mark.parametrize(
    "kill",
    [_kill_first, _kill_workers, _kill_store, Chatadmin.cut_off],
    ids=["first", "worker", "store", "all"],
)
def test_nothing_acknowledged_is_lost_by_a_kill(kill: Callable[[Chatadmin], None], tmp_path: Path) -> None:
    limits = {"messages_per_second": 0, "logins_per_minute": 0}
    data = tmp_path / "data"
    running = Chatadmin(config={"limits": limits}, data_dir=data)
    try:
        admin = api.set_up(running.url, running.setup_secret)
        parties = [Party(running.url, api.login(running.url, f"guest{n}")[0], f"w{n}") for n in range(WRITERS)]
        server = f"127.0.0.1:{running.port}"
        asyncio.run(_story(running, parties, kill, lambda: _again(running, limits, data, server)))
        logs = {party.tab: api.history(running.url, admin, f"guest{n}") for n, party in enumerate(parties)}
        for party in parties:
            _check(party, logs[party.tab])
    finally:
        running.__exit__()


async def _story(
    running: Chatadmin,
    parties: list[Party],
    kill: Callable[[Chatadmin], None],
    again: Callable[[], None],
) -> None:
    writing = [asyncio.ensure_future(_write(party, range(1, BEFORE + AFTER + 1))) for party in parties]
    for party in parties:
        await party.until(lambda p=party: len(p.acked) >= BEFORE // 2, "half of the messages")
    kill(running)
    await asyncio.to_thread(again)
    await asyncio.gather(*writing)
    for party in parties:
        await party.close()


def _again(running: Chatadmin, limits: dict[str, int], data: Path, server: str) -> None:
    """Start the program again if it ended; it must leave no process behind."""
    if running.process.popen.poll() is None and not _ends(running):
        return
    running.process.wait()
    wait_until(lambda: not running.pids(), f"the end of {running.pids()}")
    replacement = Chatadmin(config={"limits": limits}, data_dir=data, server=server)
    running.process, running.url = replacement.process, replacement.url


def _ends(running: Chatadmin) -> bool:
    """Whether the first process was among those killed: it ends without being waited for."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.popen.wait(1.5)
        return True
    return False


def _check(party: Party, log: list[api.Frame]) -> None:
    assert not party.faults, party.faults
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    messages = [entry for entry in log if entry["type"] == "message"]
    assert [entry["id"] for entry in messages] == [f"{party.tab}.{n}" for n in range(1, BEFORE + AFTER + 1)]
    for entry in messages:
        assert party.acked[entry["id"]] == entry["seq"]
        assert entry["content"] == party.sent[entry["id"]]
