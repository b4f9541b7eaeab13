"""The link in a letter: whom it lets in, how much of the conversation they see, and when it leads nowhere any more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.store.datadir import address
from app.store.mail_tokens import stop_code
from app.store.store import Store
from tests.clients.api import Answer, ask
from tests.clients.customers import Key, Page
from tests.running import Chatadmin
from tests.web.conftest import Act, Connect
from tests.web.test_contact import MAIL, put

ADDRESS = "lin@mail.example"
PLACES = ("", "before=99", "after=0", "around=2")

Letter = Callable[..., str]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """A shop that sends mail; its letters are made here as its courier makes them."""
    return {"limits": {"logins_per_minute": 0}, **MAIL}


async def _made(data: Path, uid: str, to: str, seq: int) -> str:
    store = Store(address(data), 1, 30, 30, 168)
    await store.open()
    token = await store.mail.token(uid, to)
    if seq:
        epoch = await store.conversations.epoch(uid)
        assert await store.mail.begin(token, uid, fence=1, epoch=epoch, seqs=[seq])
    await store.close()
    return token


def letter_of(shop: Chatadmin, uid: str, to: str, seq: int) -> str:
    """The token of a letter that tells of the message with that seq; of one that was never sent, 0."""
    with ThreadPoolExecutor(1) as apart:  # a browser's tests have a loop already
        return apart.submit(asyncio.run, _made(shop.data_dir, uid, to, seq)).result()


@pytest.fixture
def letter(shop: Chatadmin) -> Letter:
    """`letter(uid, address, seq)`, as letter_of."""
    return partial(letter_of, shop)


class Said(NamedTuple):
    """Of a conversation: who began it, and a file in it that was sent before the letter; `seq` of what was mailed."""

    page: Page
    file: str
    seq: int


@pytest.fixture
def said(url: str, olga: str, act: Act, connect: Connect) -> Said:
    """A visitor who told secrets, gave an address, and left before they were answered."""
    page = Page(url)
    assert page.begin(name="Lin").status == 200
    file = page.ask("/v1/files?name=passport.txt", b"number 7").json["value"]["id"]
    chat = connect(page.token)
    chat.hear(type="joined")
    chat.tell(type="send", id="t.1", content="a secret of mine", file=file)
    chat.hear(type="ack")
    chat.close()
    act(olga, "claim", client=page.uid)
    desk = connect(olga)
    desk.tell(type="join", conversation=page.uid)
    desk.hear(type="joined")
    desk.tell(type="send", conversation=page.uid, id="a.1", content="an early answer")
    desk.hear(type="ack")
    desk.tell(type="send", conversation=page.uid, id="a.2", content="the mailed answer", reply_to=2)
    seq = desk.hear(type="ack")["seq"]
    assert put(url, page.token, email=ADDRESS, consent=True).status == 200
    return Said(page, file, seq)


def follow(url: str, token: str, session: str = "") -> Answer:
    """Press the link, in a browser whose cookie is that of the session."""
    headers = {"Cookie": f"chatadmin_visitor={session}"} if session else {}
    return ask(url, "/login/mail", {"secret": token, "cookie": True}, Origin=url, **headers)


def session_of(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return answer.cookies["chatadmin_visitor"].partition(";")[0]


def sees(url: str, token: str, uid: str) -> str:
    """All that somebody is shown of a conversation, by whatever way."""
    some = (f"/v1/msgs?client={uid}&{frames}{place}" for frames in ("", "frames=1&") for place in PLACES)
    ways = [*some, *(f"/v1/transcript?client={uid}&format={kind}" for kind in ("html", "json"))]
    return " ".join(ask(url, way, Authorization=token).body.decode() for way in ways)


def test_at_an_unverified_address_nothing_is_seen_from_before_the_letter(
    url: str, said: Said, letter: Letter, connect: Connect
) -> None:
    """By no way there is: history, a socket, a transcript, files; and by no session that is made of this one."""
    page, file, seq = said
    first = session_of(follow(url, letter(page.uid, ADDRESS, seq)))
    assert ask(url, "/v1/me", Authorization=first).value["uid"] == page.uid
    secret = ask(url, "/v1/me/link", b"", method="POST", Authorization=first).value["secret"]
    second = ask(url, "/login/link", {"secret": secret}).headers["token"]
    nickname = ask(url, "/v1/me", Authorization=second).value["nickname"]
    third = ask(url, "/login", {"nickname": nickname}, Authorization=second).headers["token"]
    for token in (first, third):
        assert ask(url, "/v1/me", Authorization=token).value["uid"] == page.uid
        seen = sees(url, token, page.uid)
        assert [words for words in ("secret", "early", "passport", "number 7") if words in seen] == []
        assert "the mailed answer" in seen
        ticket = ask(url, "/v1/files/ticket", Authorization=token).value["ticket"]
        for path in (f"/v1/files/{file}", f"/v1/files/{file}?t={ticket}"):
            assert ask(url, path, Authorization=token).refusal == (404, "not_found")
        assert ask(url, f"/v1/msgs?linked={page.uid}", Authorization=token).refusal == (404, "unknown_client")
        chat = connect(token)
        epoch = chat.hear(type="joined")["epoch"]
        chat.tell(type="join", conversation=page.uid, epoch=epoch, after=0)
        chat.hear(type="joined")
        frames = [chat.hear(conversation=page.uid, seq=number) for number in range(1, seq + 1)]
        assert [frame["seq"] for frame in frames if frame["type"] == "message"] == [seq]
        assert {frame["kind"] for frame in frames[:-1]} == {"hidden"}
        chat.tell(type="send", id=f"{token[:4]}.1", content=f"by {token[:4]}")
        chat.hear(type="ack")
        assert f"by {token[:4]}" in sees(url, token, page.uid)
        chat.close()
    assert {"secret", "early"} <= set(sees(url, page.token, page.uid).split())  # who began it sees all, as ever
    assert ask(url, f"/v1/files/{file}", Authorization=page.token).body == b"number 7"


def test_who_is_here_already_sees_no_less(url: str, said: Said, letter: Letter) -> None:
    """In the browser in which it began the link changes nothing; in one of somebody else's it lets in who it is for."""
    page, _, seq = said
    token = letter(page.uid, ADDRESS, seq)
    kept = follow(url, token, page.token)
    assert (kept.value["uid"], session_of(kept)) == (page.uid, page.token)
    assert "a secret of mine" in sees(url, page.token, page.uid)
    other = Page(url)
    assert other.begin().status == 200
    assert ask(url, "/v1/me", Authorization=session_of(follow(url, token, other.token))).value["uid"] == page.uid


def test_at_an_address_the_shop_vouches_for_all_is_seen_for_a_day(
    url: str, olga: str, said: Said, letter: Letter, connect: Connect
) -> None:
    """And what was linked to it; the reader's own words do not count as vouched for."""
    key, phone = Key.made(url, olga), Page(url)
    maria = {"name": "Maria", "email": "maria@shop.example"}
    assert phone.begin(identity=key.sign("maria", **maria)).status == 200
    assert said.page.login(identity=key.sign("maria", **maria)).value["linked"]["uid"] != phone.uid
    chat = connect(phone.token)
    chat.hear(type="joined")
    chat.tell(type="send", id="t.1", content="from my account")
    seq = chat.hear(type="ack")["seq"]
    token = session_of(follow(url, letter(phone.uid, maria["email"].upper(), seq)))
    me = ask(url, "/v1/me", Authorization=token).value
    (linked,) = me["linked"]
    assert (me["uid"], "verified" in me) == (phone.uid, False)
    assert "from my account" in sees(url, token, phone.uid)
    before = ask(url, f"/v1/msgs?linked={linked['uid']}", Authorization=token)
    assert "a secret of mine" in before.body.decode()
    assert ask(url, f"/v1/files/{said.file}", Authorization=token).body == b"number 7"
    cookie = follow(url, letter(phone.uid, maria["email"], seq)).headers["set-cookie"]
    lasts = int(cookie.partition("Max-Age=")[2].partition(";")[0])
    assert 24 * 3600 - 60 < lasts <= 24 * 3600
    key.end(url, olga)


def test_links_that_lead_nowhere_any_more(url: str, olga: str, act: Act, said: Said, letter: Letter) -> None:
    """One that was never sent, is none, or is of an address that is theirs no more: with it ends who came by it."""
    page, _, seq = said
    token = letter(page.uid, ADDRESS, seq)
    over = (403, "link_over")
    for none in ("", "x", "a" * 20, token[:-1], token + "a", "*" * 20, letter(page.uid, "other@mail.example", seq)):
        assert follow(url, none).refusal == over
    came = session_of(follow(url, token))
    assert put(url, olga, page.uid, email="right@mail.example").status == 200
    assert ask(url, "/v1/me", Authorization=came).refusal == (401, "no_session")
    assert follow(url, token).refusal == over
    assert follow(url, letter(page.uid, "right@mail.example", 0)).refusal == over  # nothing was sent there
    came = session_of(follow(url, letter(page.uid, "right@mail.example", seq)))
    assert page.login(email="form@mail.example").status == 200
    assert ask(url, "/v1/me", Authorization=came).refusal == (401, "no_session")
    assert ask(url, "/v1/me", Authorization=page.token).status == 200
    last = letter(page.uid, "form@mail.example", seq)
    came = session_of(follow(url, last))
    assert put(url, came, email="mine@mail.example", consent=True).status == 200  # by its reader: they stay
    assert ask(url, "/v1/me", Authorization=came).status == 200
    assert put(url, page.token, email="form@mail.example", consent=True).status == 200
    assert act(olga, "block", client=page.uid).status == 200
    assert follow(url, last).refusal == (403, "blocked")


def test_who_reads_at_another_address_than_the_shop_says_by_now_is_out(
    url: str, olga: str, letter: Letter, connect: Connect
) -> None:
    key, page = Key.made(url, olga), Page(url)
    assert page.begin(identity=key.sign("noemail", name="Nora")).status == 200
    assert put(url, page.token, email="typo@mail.example", consent=True).status == 200
    chat = connect(page.token)
    chat.hear(type="joined")
    chat.tell(type="send", id="t.1", content="hello")
    came = session_of(follow(url, letter(page.uid, "typo@mail.example", chat.hear(type="ack")["seq"])))
    assert ask(url, "/v1/me", Authorization=came).status == 200
    assert page.login(identity=key.sign("noemail", name="Nora", email="nora@shop.example")).status == 200
    assert ask(url, "/v1/me", Authorization=came).refusal == (401, "no_session")
    assert ask(url, "/v1/me", Authorization=page.token).status == 200
    key.end(url, olga)


def test_who_stops_letters_is_shown_so_and_stays_so(url: str, olga: str, said: Said, letter: Letter) -> None:
    """To agents, in an answer to whoever gives that address again, and of the next visitor who does."""
    page, _, seq = said
    token = letter(page.uid, ADDRESS, seq)
    assert ask(url, f"/mail/stop/{stop_code(token)}", b"", method="POST").status == 200
    assert ask(url, f"/v1/visitors/{page.uid}", Authorization=olga).value["mail"]["stopped"] is True
    other = Page(url)
    assert other.begin(email=ADDRESS, mail=True).status == 200
    assert ask(url, f"/v1/visitors/{other.uid}", Authorization=olga).value["mail"]["stopped"] is True
    for one in (page, other):
        again = put(url, one.token, email=ADDRESS, consent=True).value
        assert (again["email"], again["shown"], again["stopped"]) == (ADDRESS, "", True)
    assert ask(url, "/v1/me", Authorization=session_of(follow(url, token))).value["uid"] == page.uid
