"""Ghosts: who went without a word is gone in time, and what they held waits again. Real time, so all in one story."""

import asyncio
import time
from collections.abc import Callable

from tests.clients import api
from tests.clients.party import Party
from tests.clients.sockets import RawSocket
from tests.running import SLACK, Chatadmin, Valkey, in_time, wait_until

CLOSED = 5  # s after which who closed the page is offline, by the contract
SILENT = 25  # s after which a visitor who answers nothing is offline, by the contract
AWAY = 60  # s without its holder after which a conversation waits again


def _mute(url: str, token: str) -> RawSocket:
    """A visitor who connects and then never answers, not even a ping: a phone in a lift."""
    opened = RawSocket(url, f"Authorization: {token}").open()
    assert opened.status == 101
    return opened


def test_ghosts_go_and_what_they_held_waits_again(start_chatadmin: Callable[..., Chatadmin]) -> None:
    running = start_chatadmin()
    url = running.url
    anna = api.set_up(url, running.setup_secret)
    api.add_agent(running, "Ben", "another long password", role="admin")
    ben, _ = api.login(url, "Ben", "another long password")
    token, uid = api.login(url, "guest")
    ghost, ghost_uid = api.login(url, "ghost")

    async def story() -> None:
        visitor, holder, watcher = Party(url, token, "v"), Party(url, anna, "a"), Party(url, ben, "w")
        await visitor.connect()
        await watcher.connect(uid)
        await holder.connect(uid)
        visitor.say(1, "hello")
        await asyncio.to_thread(api.call, url, f"/v1/conversations/{uid}/claim", anna, {})
        await watcher.until(lambda: _kinds(watcher)[-1:] == ["claimed"], "the claim")
        link, muted = _mute(url, ghost), time.monotonic()
        await watcher.until(lambda: True, "nothing")
        holder.drop()
        dropped = time.monotonic()

        lurker = Party(url, ben, "l")
        await lurker.connect(ghost_uid)
        await lurker.until(lambda: "left" in _kinds(lurker), "the ghost's leaving", SILENT + SLACK)
        assert in_time(muted, SILENT)
        link.close()

        await watcher.until(lambda: "released" in _kinds(watcher), "the release", AWAY + 8 + SLACK)
        released = watcher.entries[-1]
        assert released["reason"] == "away"
        assert time.monotonic() - dropped > AWAY - 1
        assert in_time(dropped, AWAY + 8)
        rows = await asyncio.to_thread(api.call, url, "/v1/users", ben)
        (row,) = [row for row in rows if row["uid"] == uid]
        assert (row["status"], row["admin"], row["is_chated"]) == ("waiting", "", False)
        for party in (visitor, watcher, lurker):
            assert not party.faults
            party.drop()

    asyncio.run(story())


def test_who_closes_the_page_is_gone_although_a_dead_node_still_vouches_for_them(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]
) -> None:
    store = start_store()
    dying, there, here = (start_chatadmin("--redis", store.url) for _ in range(3))  # the last knows all from the start
    anna = api.set_up(here.url, here.setup_secret)
    ben_account = {"nickname": "Ben", "password": "another long password", "role": "agent"}
    api.call(here.url, "/v1/agents", anna, ben_account)
    ben, _ = api.login(here.url, "Ben", "another long password")
    token, uid = api.login(here.url, "guest")
    second, second_uid = api.login(here.url, "two tabs")

    def ben_is_online() -> bool:
        listed = api.call(there.url, "/v1/agents", anna)
        return any(one["online"] for one in listed if one["nickname"] == "Ben")

    async def story() -> None:
        watcher, other_watcher = Party(there.url, anna, "w"), Party(there.url, anna, "x")
        await watcher.connect(uid)
        await other_watcher.connect(second_uid)
        tabs = [Party(here.url, second, "here"), Party(there.url, second, "there")]
        for tab in tabs:
            await tab.connect()
        visitor, agent = Party(dying.url, token, "v"), Party(dying.url, ben, "b")
        await visitor.connect()
        await agent.connect(uid)
        await watcher.until(lambda: _kinds(watcher) == ["entered"], "the entering")
        await asyncio.to_thread(wait_until, ben_is_online, "Ben")

        dying.cut_off()
        await visitor.until(lambda: not visitor.connected, "the node's death")
        await agent.until(lambda: not agent.connected, "the node's death")
        visitor.url = agent.url = here.url
        await visitor.connect()
        await agent.connect(uid)
        for party in (tabs[0], visitor, agent):
            await party.close()
        closed = time.monotonic()
        await watcher.until(lambda: _kinds(watcher)[-1] == "left", "the leaving")
        await asyncio.to_thread(wait_until, lambda: not ben_is_online(), "Ben's leaving")
        assert in_time(closed, CLOSED)
        assert "people depart with it" not in here.output + there.output, "it took the dead node's burial"
        # A node that stands still for longer than it has to answer makes its people leave, and enter again.
        await other_watcher.until(lambda: _kinds(other_watcher)[-1] == "entered", "who has another tab stays")

        await tabs[1].close()
        await other_watcher.until(lambda: "left" in _kinds(other_watcher), "the last tab's leaving")
        assert _kinds(watcher)[-1] == "left"
        for seen in (watcher, other_watcher):
            assert not seen.faults
            seen.drop()

    asyncio.run(story())


def _kinds(party: Party) -> list[str]:
    return [entry["kind"] for entry in party.entries if entry["type"] == "event"]
