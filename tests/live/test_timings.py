"""The table of timings: what the contract promises follows from it, however it is scaled; and tests can scale it."""

import asyncio
import logging
import time
from collections.abc import Callable

import pytest

from app.config import ConfigError, load
from app.live.timings import SCALE, Timings, in_force
from tests.clients import api
from tests.clients.party import Party
from tests.running import Chatadmin

CLOSED, SILENT = 5, 25  # s after which who closed the page, or fell silent, is offline, by the contract


def test_the_contract_follows_from_the_table() -> None:
    table = Timings()
    departure = max(table.grace, table.tick + table.answer) + table.tick
    assert departure < CLOSED
    assert table.cut + table.tick + departure <= SILENT
    assert table.beat + table.dead + table.beat <= SILENT
    assert table.dead == 3 * table.beat
    assert table.cut == 2 * table.ask
    assert table.absent == 60


def test_all_are_scaled_by_one_factor() -> None:
    scaled = Timings().scaled(0.5)
    assert (scaled.tick, scaled.cut, scaled.absent) == (0.5, 10.0, 30.0)


def test_they_are_real_unless_a_test_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert in_force({}) == in_force({SCALE: ""}) == Timings()
    assert not caplog.records
    with caplog.at_level(logging.WARNING):
        assert in_force({SCALE: "0.2"}) == Timings().scaled(0.2)
    (record,) = caplog.records
    assert "0.2" in record.getMessage()
    for wrong in ("0", "-1", "1.5", "nan", "fast"):
        with pytest.raises(ConfigError, match=SCALE):
            in_force({SCALE: wrong})


def test_the_scale_is_no_setting() -> None:
    plain, scaled = ({"HOME": "/nowhere", **more} for more in ({}, {SCALE: "0.2"}))
    assert load({}, plain, None) == load({}, scaled, None)


def test_a_program_keeps_a_scaled_table(start_chatadmin: Callable[..., Chatadmin]) -> None:
    """What a holder who went away held waits again after 60 s, times 0.1."""
    running = start_chatadmin(env={SCALE: "0.1"})
    running.process.wait_for("timings of presence and claims are 0.1 times")
    anna = api.set_up(running.url, running.setup_secret)
    token, uid = api.login(running.url, "guest")

    async def story() -> None:
        visitor, holder = Party(running.url, token, "v"), Party(running.url, anna, "a")
        await visitor.connect()
        await holder.connect(uid)
        visitor.say(1, "hello")
        await holder.next("message")
        await asyncio.to_thread(api.call, running.url, f"/v1/conversations/{uid}/claim", anna, {})
        holder.drop()
        dropped = time.monotonic()
        await visitor.until(lambda: visitor.entries[-1].get("kind") == "released", "the release")
        assert time.monotonic() - dropped < 55  # and not after 60
        visitor.drop()

    asyncio.run(story())


def test_a_wrong_scale_is_refused_in_a_line(start_chatadmin: Callable[..., Chatadmin]) -> None:
    running = start_chatadmin(env={SCALE: "fast"}, wait=False)
    assert running.process.wait() == 2
    assert running.output == f"chatadmin: {SCALE}: a number above 0 and at most 1 is wanted"
