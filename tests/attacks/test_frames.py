"""What a program may send into a socket: each is told what was wrong with it, nothing of it is stored."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest

from tests.attacks.conftest import Target
from tests.clients import api
from tests.clients.party import Party
from tests.clients.sockets import open_chat
from tests.running import wait_until

NAMES = (f"hostile {n}" for n in itertools.count())

# A frame and what it is told: the code, and the field that is named.
BAD = [
    (b"[" * 100_000, "bad_frame", "json"),
    (b'{"a":' * 20_000, "bad_frame", "json"),
    (b'{"type":"send","id":"v.1","content":' + b"9" * 5000 + b"}", "bad_frame", "content"),
    (b'{"type":"read","seq":' + b"9" * 5000 + b"}", "bad_frame", "seq"),
    (b'{"type":"read","seq":1e400}', "bad_frame", "seq"),
    (b'{"type":"send","id":"v.1","content":NaN}', "bad_frame", "json"),
    (b'{"type":"send","id":"v.1","content":"\\ud800"}', "bad_frame", "json"),
    (b'{"type":"send","id":"v.1","content":"a","content":"b"}', "bad_frame", "content"),
    (b'{"type":"send","id":"v.1","content":"a","\\u0063ontent":"b"}', "bad_frame", "content"),
    (b'{"type":"send","type":"ping","id":"v.1","content":"a"}', "bad_frame", "type"),
    (b'{"type":"send","id":"v.1"}', "bad_frame", "content"),
    (b'{"type":"send","id":["v.1"],"content":"a"}', "bad_frame", "id"),
    (b'{"type":"send","id":"v.1","content":{"__proto__":{"admin":1}}}', "bad_frame", "content"),
    (b'{"type":"send","id":"v.1","content":"a\\u0000b"}', "bad_frame", "content"),
    (b'{"type":"send","id":"v.1","content":"a\x00b"}', "bad_frame", "json"),
    (b'{"type":"send","id":"v.1","content":""}', "bad_frame", "content"),
    (b'{"type":"send","id":"v.1","content":"\\u200b\\u2060\\ufeff"}', "bad_frame", "content"),
    (b'{"type":"send","id":"v\\u0000.1","content":"a"}', "bad_id", None),
    (b'{"type":"send","id":"v.0","content":"a"}', "bad_id", None),
    (b'{"type":"send","id":"v.99999999999999999999","content":"a"}', "bad_id", None),
    (b'{"type":"send","id":"' + b"t" * 33 + b'.1","content":"a"}', "bad_id", None),
    (b'{"type":"send","id":"{s00}:feed.1","content":"a"}', "bad_id", None),
    (b'{"type":"typing","on":"yes"}', "bad_frame", "on"),
    (b'{"type":"join","conversation":{"a":1}}', "bad_frame", "conversation"),
    (b'{"type":"nonsense"}', "bad_frame", "type"),
    (b'{"type":5}', "bad_frame", "type"),
    (b"{}", "bad_frame", "type"),
    (b"null", "bad_frame", "json"),
    (b"", "bad_frame", "json"),
]


def attack(target: Target, story: Callable[[Party], Awaitable[None]]) -> tuple[str, str]:
    """Run a story with a new visitor's socket; their token and uid."""
    token, uid = api.login(target.url, next(NAMES))

    async def whole() -> None:
        visitor = Party(target.url, token, "v")
        await visitor.connect()
        try:
            await story(visitor)
        finally:
            visitor.drop()

    asyncio.run(whole())
    return token, uid


def stored(target: Target, uid: str) -> list[str]:
    entries = api.history(target.url, target.admin, uid)
    return [entry["id"] for entry in entries if entry["type"] == "message"]


@pytest.mark.parametrize(("frame", "code", "field"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_frame_is_named_and_the_socket_kept(target: Target, frame: bytes, code: str, field: str | None) -> None:
    async def story(visitor: Party) -> None:
        told = len(visitor.frames)
        visitor.raw(frame)
        visitor.send({"type": "ping"})
        await visitor.next("pong", told)
        errors = [f for f in visitor.frames[told:] if f["type"] == "error"]
        assert [(error["code"], error.get("field")) for error in errors] == [(code, field)]

    _, uid = attack(target, story)
    assert stored(target, uid) == []


def test_the_tenth_bad_frame_ends_the_socket(target: Target) -> None:
    async def story(visitor: Party) -> None:
        for _ in range(10):
            visitor.raw(b"{}")
        await visitor.until(lambda: not visitor.connected, "the end")
        assert visitor.close_code == 1002
        assert len([f for f in visitor.frames if f["type"] == "error"]) == 10

    attack(target, story)


def test_an_id_is_stored_once_and_stays_what_it_was(target: Target) -> None:
    async def story(visitor: Party) -> None:
        visitor.say(1, "first")
        await visitor.until(lambda: "v.1" in visitor.acked, "the acknowledgement")
        told = len(visitor.frames)
        visitor.say(1, "first")
        again = await visitor.next("ack", told)
        assert (again["seq"], again["repeat"]) == (visitor.acked["v.1"], True)
        for n, content, code in ((1, "other", "mismatch"), (3, "third", "out_of_order")):
            told = len(visitor.frames)
            visitor.say(n, content)
            assert (await visitor.next("error", told))["code"] == code
        told = len(visitor.frames)
        visitor.send({"type": "send", "id": "unknown.7", "content": "of a tab nobody knows"})
        assert (await visitor.next("error", told))["code"] == "unknown_tab"

    _, uid = attack(target, story)
    assert stored(target, uid) == ["v.1"]


def test_anothers_tab_is_a_tab_of_ones_own(target: Target) -> None:
    async def story(visitor: Party) -> None:
        visitor.send({"type": "send", "id": "beside.1", "content": "under the neighbour's id"})
        await visitor.until(lambda: "beside.1" in visitor.acked, "the acknowledgement")

    _, uid = attack(target, story)
    assert stored(target, uid) == ["beside.1"]


def test_who_when_and_what_is_not_for_the_client_to_say(target: Target) -> None:
    lies = {"user": {"nickname": "Anna", "role": "admin"}, "role": "admin", "msg_time": "1970-01-01T00:00:00Z"}

    async def story(visitor: Party) -> None:
        visitor.send({"type": "send", "id": "v.1", "content": "hello", "seq": 99, "epoch": 1, **lies})
        await visitor.until(lambda: "v.1" in visitor.acked, "the acknowledgement")

    _, uid = attack(target, story)
    (message,) = [entry for entry in api.history(target.url, target.admin, uid) if entry["type"] == "message"]
    assert message["user"]["role"] == "visitor"
    assert message["user"]["uid"] == uid
    assert not message["msg_time"].startswith("1970")
    assert message["seq"] != 99


@pytest.mark.parametrize("after", [-1, 5000, 2**53, 2**63, 10**30])
def test_a_place_that_is_not_in_the_history_is_reset(target: Target, after: int) -> None:
    async def story(visitor: Party) -> None:
        epoch = visitor.frames[0]["epoch"]
        for held in ({"epoch": epoch, "after": after}, {"epoch": 1, "after": 0}, {"epoch": 2**70, "after": 0}):
            told = len(visitor.frames)
            visitor.send({"type": "join", "conversation": visitor.frames[0]["conversation"], **held})

            def answers(told: int = told) -> list[str]:  # others may come as well: that they entered
                found = [frame["type"] for frame in visitor.frames[told:]]
                return [kind for kind in found if kind in ("reset", "error", "joined")]

            await visitor.until(answers, "an answer")
            assert answers()[0] != "joined", held

    attack(target, story)


def test_a_visitor_reaches_no_conversation_but_their_own(target: Target) -> None:
    _, other = api.login(target.url, next(NAMES))

    async def story(visitor: Party) -> None:
        told = len(visitor.frames)
        for kind in ("join", "send", "typing", "read"):
            visitor.send({"type": kind, "conversation": other, "id": "v.1", "content": "x", "on": True, "seq": 1})
        visitor.send({"type": "ping"})
        await visitor.until(lambda: len([f for f in visitor.frames[told:] if f["type"] == "error"]) >= 4, "4 refusals")
        codes = {f["code"] for f in visitor.frames[told:] if f["type"] == "error"}
        assert codes <= {"not_yours", "not_joined"}

    attack(target, story)
    assert stored(target, other) == []


def test_who_shouts_is_asked_to_slow_down_and_then_put_out(target: Target) -> None:
    async def story(visitor: Party) -> None:
        for n in range(1, 3000):
            visitor.say(n, "spam")
        await visitor.until(lambda: not visitor.connected, "the end")
        assert visitor.close_code == 4429
        assert any(f.get("code") == "slow_down" and f["retry_ms"] > 0 for f in visitor.frames)

    _, uid = attack(target, story)
    burst = 40
    assert burst <= len(stored(target, uid)) < 1000


def test_who_never_answers_is_gone_in_time(target: Target) -> None:
    """A socket that takes everything and says nothing, not even to a ping."""
    token, uid = api.login(target.url, next(NAMES))
    deaf = open_chat(target.url, token)
    deaf.socket.settimeout(60)
    assert deaf.close_code() == 4408

    def gone() -> bool:
        people = api.call(target.url, "/v1/users", target.admin)
        return uid not in [person["uid"] for person in people if person["online"]]

    wait_until(gone, "the visitor to have left")
