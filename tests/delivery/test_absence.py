"""Ghosts: who went without a word is gone in time, and what they held waits again. Real time, so all in one story."""

import asyncio
import socket
import time
from collections.abc import Callable

from tests import client
from tests.client import Party
from tests.running import Chatadmin

SILENT = 25  # s after which a visitor who answers nothing is offline, by the contract
AWAY = 60  # s without its holder after which a conversation waits again


def _mute(url: str, token: str) -> socket.socket:
    """A visitor who connects and then never answers, not even a ping: a phone in a lift."""
    host, port = url.removeprefix("http://").split(":")
    link = socket.create_connection((host, int(port)))
    link.sendall(
        b"GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"Authorization: " + token.encode() + b"\r\n\r\n"
    )
    assert b" 101 " in link.recv(4096)
    return link


def test_ghosts_go_and_what_they_held_waits_again(start_chatadmin: Callable[..., Chatadmin]) -> None:
    running = start_chatadmin()
    url = running.url
    anna = client.set_up(url, running.setup_secret)
    client.add_agent(running, "Ben", "another long password", role="admin")
    ben, _ = client.login(url, "Ben", "another long password")
    token, uid = client.login(url, "guest")
    ghost, ghost_uid = client.login(url, "ghost")

    async def story() -> None:
        visitor, holder, watcher = Party(url, token, "v"), Party(url, anna, "a"), Party(url, ben, "w")
        await visitor.connect()
        await watcher.connect(uid)
        await holder.connect(uid)
        visitor.say(1, "hello")
        await asyncio.to_thread(client.request, url, f"/v1/conversations/{uid}/claim", anna, {}, "POST")
        await watcher.until(lambda: _kinds(watcher)[-1:] == ["claimed"], "the claim")
        link, muted = _mute(url, ghost), time.monotonic()
        await watcher.until(lambda: True, "nothing")
        holder.drop()
        dropped = time.monotonic()

        lurker = Party(url, ben, "l")
        await lurker.connect(ghost_uid)
        await lurker.until(lambda: "left" in _kinds(lurker), "the ghost's leaving", SILENT + 3)
        assert time.monotonic() - muted < SILENT
        link.close()

        await watcher.until(lambda: "released" in _kinds(watcher), "the release", AWAY + 10)
        released = watcher.entries[-1]
        assert released["reason"] == "away"
        assert AWAY - 1 < time.monotonic() - dropped < AWAY + 8
        rows = (await asyncio.to_thread(client.request, url, "/v1/users", ben))[0]["value"]
        (row,) = [row for row in rows if row["uid"] == uid]
        assert (row["status"], row["admin"], row["is_chated"]) == ("waiting", "", False)
        for party in (visitor, watcher, lurker):
            assert not party.faults
            party.drop()

    asyncio.run(story())


def _kinds(party: Party) -> list[str]:
    return [entry["kind"] for entry in party.entries if entry["type"] == "event"]
