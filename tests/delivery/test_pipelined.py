"""A program that does not wait for acknowledgements: what is too much waits unread, and none of it for ever."""

from collections.abc import Callable

from tests.clients.api import login
from tests.clients.party import Party
from tests.running import Chatadmin

COUNT = 3_000


async def test_all_that_is_sent_at_once_is_acknowledged(start_chatadmin: Callable[..., Chatadmin]) -> None:
    """More than the socket takes in while 16 are in flight; then nothing more is sent that could wake it."""
    running = start_chatadmin(config={"limits": {"messages_per_second": 0}})
    party = Party(running.url, login(running.url, "Hasty")[0], "tab")
    await party.connect()
    for n in range(1, COUNT + 1):
        party.say(n, f"number {n}")
    await party.until(lambda: len(party.acked) == COUNT, "every message acknowledged")
    assert [party.acked[f"tab.{n}"] for n in range(1, COUNT + 1)] == list(range(2, COUNT + 2))
    assert not party.faults
    await party.close()
