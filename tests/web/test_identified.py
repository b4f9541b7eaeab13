"""Customers of whom the shop says who they are: log-in, adopting, log-out, and what lets nobody in."""

import hashlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from app.chat.entered import LONGEST_EMAIL
from app.store.sessions import MOST_PROVEN
from tests.clients import api
from tests.clients.api import Answer, ask
from tests.clients.customers import Key
from tests.clients.events import Stream
from tests.running import Chatadmin, Valkey, wait_until
from tests.web.conftest import Connect
from tests.web.test_sites import change

pytestmark = pytest.mark.usefixtures("beside")

Vouch = Callable[..., str]


def enter(url: str, token: str = "", *, session: str = "", **body: Any) -> Answer:
    """A log-in with what the shop says, in the session that somebody came with."""
    headers = {"Authorization": session} if session else {}
    return ask(url, "/login/widget", {**({"identity": token} if token else {}), **body}, **headers)


def first(url: str, token: str = "", **more: Any) -> Any:
    """One with a first message: whoever nobody knows yet is made."""
    return enter(url, token, id=secrets.token_urlsafe(16), **more).value


def me(url: str, token: str) -> Answer:
    return ask(url, "/v1/me", Authorization=token)


def row(url: str, olga: str, uid: str) -> Any:
    return ask(url, f"/v1/visitors/{uid}", Authorization=olga).value


def told(url: str, olga: str, uid: str, kind: str = "identified") -> list[dict[str, Any]]:
    return [entry for entry in api.history(url, olga, uid) if entry.get("kind") == kind]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Two workers: what one is told, the other must say."""
    return {"limits": {"logins_per_minute": 0}, "workers": 2, "shop_name": "Tea House"}


@pytest.fixture(scope="module")
def vouch(shop: Chatadmin) -> Vouch:
    """The shop's word for a customer: `vouch("sub", name="Maria")`."""
    return Key.made(shop.url, api.log_in(shop.url, "Olga", api.PASSWORD)).sign


@pytest.fixture
def sub() -> str:
    """A customer whom nobody knows yet."""
    return secrets.token_hex(8)


MARIA: dict[str, Any] = {"name": "Maria Sol", "email": "maria@example.com", "attributes": {"plan": "gold", "orders": 7}}


# -- who comes --------------------------------------------------------------------------------------------------------


def test_nobody_is_made_before_a_first_message_and_then_one_on_every_device(
    url: str, olga: str, vouch: Vouch, sub: str
) -> None:
    before = len(ask(url, "/v1/visitors?limit=100", Authorization=olga).value)
    answer = enter(url, vouch(sub, **MARIA))
    assert (answer.value, answer.cookies) == ({"uid": "", "token": ""}, {})
    assert len(ask(url, "/v1/visitors?limit=100", Authorization=olga).value) == before
    with ThreadPoolExecutor(4) as pool:  # two pages of theirs, and each twice, since an answer was lost
        made = list(pool.map(lambda _: first(url, vouch(sub, **MARIA)), range(4)))
    assert len({one["uid"] for one in made}) == 1
    assert len({one["token"] for one in made}) == 4
    assert {(one["name"], one["verified"], "adopt" in one) for one in made} == {("Maria Sol", True, False)}
    again = enter(url, vouch(sub, **MARIA)).value  # on the phone: known by now
    assert again["uid"] == made[0]["uid"]
    ends = datetime.fromisoformat(again["expires_at"]).timestamp() - time.time()
    assert 24 * 3600 - 60 < ends <= 24 * 3600
    assert me(url, again["token"]).value["verified"] is True
    assert len(told(url, olga, again["uid"])) == 1


def test_what_the_shop_vouches_for_is_told_once_and_nothing_entered_goes_over_it(
    url: str, olga: str, vouch: Vouch, sub: str, connect: Connect
) -> None:
    stream = Stream(url, olga, "?delta=1")
    visitor = first(url, vouch(sub, **MARIA), name="Mallory", email="mallory@example.com", attributes={"tier": 1})
    uid, token = visitor["uid"], visitor["token"]
    assert visitor["nickname"].startswith("Maria Sol")
    chat = connect(token)
    chat.hear(type="joined")
    known = {"name": "Maria Sol", "email": "maria@example.com", "verified": True, "identity": MARIA}
    found = row(url, olga, uid)
    assert {**known, "fields": {"attributes": {"tier": 1}}, "linked": [], "linked_to": ""}.items() <= found.items()
    for _ in range(2):
        assert enter(url, session=token, name="Mallory", email="m@example.com").value["name"] == "Maria Sol"
        assert enter(url, vouch(sub, **MARIA), session=token).value["token"] == token
    (entry,) = told(url, olga, uid)
    assert {key: entry[key] for key in MARIA} == MARIA
    assert [form["fields"] for form in told(url, olga, uid, "form")] == [{"attributes": {"tier": 1}}]
    assert "hidden" in {entry.get("kind") for entry in api.history(url, token)}
    assert entry["user"]["verified"] is True
    # Another word of it counts from then on, live too, and what it leaves out is vouched for no longer.
    married = {"name": "Maria Luna"}
    assert enter(url, vouch(sub, **married), session=token).value["name"] == "Maria Luna"
    now = stream.until(lambda kind, data: data.get("uid") == uid and data.get("name") == "Maria Luna")
    assert (now["identity"], now["email"]) == (married, "maria@example.com")
    assert me(url, token).value["name"] == "Maria Luna"
    chat.hear(kind="hidden")  # the worker that has the socket knows
    chat.tell(type="send", id="tab.1", content="I have married")  # on the socket that is open, too
    chat.hear(type="ack")
    assert api.history(url, olga, uid)[-1]["user"]["name"] == "Maria Luna"
    # What changes with every page is known, and worth no line of a thread's own; nor of a saved one.
    cart = {**married, "attributes": {"cart": 2}}
    enter(url, vouch(sub, **cart), session=token, attributes={"tier": 2})
    assert row(url, olga, uid)["identity"] == cart
    assert ["again" in entry for entry in told(url, olga, uid)] == [False, False, True]
    assert ["again" in entry for entry in told(url, olga, uid, "form")] == [True, True]
    saved = ask(url, f"/v1/transcript?client={uid}", Authorization=olga).body.decode()
    assert (saved.count("confirms that"), saved.count("entered, unverified")) == (2, 0)
    wait_until(lambda: ask(url, "/v1/search/people?q=maria%40example", Authorization=olga).value != [], "found")
    stream.close()


def test_a_word_of_office_an_address_that_is_none_and_too_much_are_left_out_and_the_log_in_stands(
    url: str, olga: str, vouch: Vouch
) -> None:
    """As is the shop's own name; and what turns text around is taken out of a name and of attributes."""
    none: tuple[Any, ...] = ([], "gold", 7, {"a": {"b": 1}}, {"a": [1]}, {"a": None}, {"": 1})
    wrongs: tuple[dict[str, Any], ...] = (
        *(
            {"name": name}
            for name in ("Support", "аdmin", "TEA HOUSE", "x" * 61, "a\nb", "\u202e", 7, ["Maria"], {"a": 1})
        ),
        *({"email": email} for email in ("nobody", "a@b", 7, "x" * LONGEST_EMAIL + "@example.com")),
        *({"attributes": given} for given in none),
        {"attributes": {f"a{number}": number for number in range(21)}},
        {"attributes": {"x" * 41: 1}},
        {"attributes": {"a": "x" * 2048}},
        {"attributes": {"a\u202e": 1, "a": 2}},
    )
    for wrong in wrongs:
        value = first(url, vouch(secrets.token_hex(8), **wrong))
        assert value["verified"], wrong
        assert value["name"].startswith("Visitor "), wrong
        assert row(url, olga, value["uid"])["identity"] == {}, wrong
    sound = {
        "name": "Ma\u202eria",
        "attributes": {"or\u202eder": "\u2066no. 12", "total": 9.5, "vip": False, "no": 2**60},
    }
    value = first(url, vouch(secrets.token_hex(8), **sound))
    attributes = {"order": "no. 12", "total": 9.5, "vip": False, "no": str(2**60)}
    assert row(url, olga, value["uid"])["identity"] == {"name": "Maria", "attributes": attributes}
    unproven: Any
    for unproven in ({"a": "x" * 2048}, [], {"a": {"b": 1}}):
        assert row(url, olga, first(url, attributes=unproven)["uid"])["fields"] == {}


def test_a_form_asks_for_nothing_that_the_shop_vouches_for(url: str, olga: str, vouch: Vouch, sub: str) -> None:
    required = {"name": "required", "email": "required", "choice": None, "consent": {"en": "I agree"}}
    assert change(url, olga, form=required).status == 200
    _asks_for_email(url, "required")
    try:
        lacking = enter(url, vouch(sub, name="Maria Sol"), id="x" * 16, fields={"consent": True})
        assert (lacking.refusal, lacking.json["field"]) == ((400, "bad_form"), "email")
        assert enter(url, vouch(sub, **MARIA)).value["uid"] == ""  # nobody was made
        visitor = first(url, vouch(sub, **MARIA), fields={"consent": True})
        assert row(url, olga, visitor["uid"])["fields"]["consent"]["text"] == "I agree"
        assert enter(url, vouch(sub)).value["uid"] == visitor["uid"]  # and who is known is asked for nothing
    finally:
        assert change(url, olga, form={"name": "optional"}).status == 200
        _asks_for_email(url, "no")


def _asks_for_email(url: str, how: str) -> None:
    """Wait until both workers know whether the form does."""

    def known() -> bool:
        return all(ask(url, "/v1/desk").value["chat"]["form"]["email"] == how for _ in range(8))

    wait_until(known, f"both workers to know: {how}")


# -- who was anonymous ------------------------------------------------------------------------------------------------


def test_an_anonymous_visitor_becomes_whom_nobody_knew(
    url: str, olga: str, vouch: Vouch, sub: str, connect: Connect
) -> None:
    """They stay who they were, with what they wrote; and what the browser keeps of the anonymous one opens nothing."""
    anonymous = first(url)
    uid, old = anonymous["uid"], anonymous["token"]
    chat = connect(old)
    chat.hear(type="joined")
    chat.tell(type="send", id="tab.1", content="hello")
    chat.hear(type="ack")
    link = ask(url, "/v1/me/link", b"", Authorization=old).value["secret"]

    def found(words: str) -> bool:
        people = ask(url, f"/v1/search/people?q={quote(words)}", Authorization=olga).value
        return uid in [one["uid"] for one in people]

    wait_until(lambda: found(anonymous["nickname"]), "found as they were")
    token = vouch(sub, **MARIA)
    assert "linked" not in anonymous
    adopted = enter(url, token, session=old, adopt=anonymous["adopt"]).value
    assert (adopted["uid"], adopted["verified"], adopted["name"]) == (uid, True, "Maria Sol")
    assert (adopted["nickname"], adopted["adopted"]) == (anonymous["nickname"], True)
    assert chat.close_code() == 4401
    assert me(url, old).refusal == (401, "no_session")
    assert ask(url, "/login/link", {"secret": link}).refusal == (403, "link_over")
    assert [entry["content"] for entry in api.history(url, adopted["token"]) if entry["type"] == "message"] == ["hello"]
    # Whose answer was lost asks again, in whatever of these sessions; and it is told once.
    for session in (old, adopted["token"]):
        again = enter(url, token, session=session, adopt=anonymous["adopt"]).value
        assert (again["uid"], "adopted" in again) == (uid, False)
    assert len(told(url, olga, uid)) == 1
    known = me(url, adopted["token"]).value
    assert (known["verified"], known["linked"], known["name"]) == (True, [], "Maria Sol")
    chat = connect(adopted["token"])
    chat.tell(type="send", id="tab.2", content="it is me")
    assert chat.hear(type="ack")["seq"] > 2
    said = [entry["user"] for entry in api.history(url, olga, uid) if entry["type"] == "message"]
    assert [(user.get("verified"), user["name"]) for user in said] == [(None, said[0]["nickname"]), (True, "Maria Sol")]
    wait_until(lambda: found(MARIA["email"]), "found by the address that the shop vouches for")


def test_only_who_proves_that_they_began_it_is_adopted(url: str, olga: str, vouch: Vouch) -> None:
    """Not with another's secret, in another's session, with none, or without a session; nor by what a link opened,
    or after it was open to somebody else before a word was written; nor a second time."""
    mine, theirs = first(url), first(url)
    assert mine["adopt"] != theirs["adopt"]
    for session, adopt in (
        (mine["token"], theirs["adopt"]),
        (theirs["token"], mine["adopt"]),
        (mine["token"], ""),
        (mine["token"], mine["token"]),
        ("", mine["adopt"]),
        ("none", mine["adopt"]),
    ):
        made = first(url, vouch(secrets.token_hex(8)), session=session, adopt=adopt)
        assert made["uid"] not in (mine["uid"], theirs["uid"])
        assert enter(url, vouch(secrets.token_hex(8)), session=session, adopt=adopt).value["uid"] == ""
    for one in (mine, theirs):  # left as they are
        assert me(url, one["token"]).value["uid"] == one["uid"]
        assert row(url, olga, one["uid"])["verified"] is False
    secret = ask(url, "/v1/me/link", b"", Authorization=mine["token"]).value["secret"]
    opened = ask(url, "/login/link", {"secret": secret})
    assert opened.value["uid"] == mine["uid"]
    for session in (opened.headers["token"], mine["token"]):  # who wrote first?
        assert first(url, vouch(secrets.token_hex(8)), session=session, adopt=mine["adopt"])["uid"] != mine["uid"]
    maria, lin = (vouch(secrets.token_hex(8)) for _ in range(2))
    adopted = enter(url, maria, session=theirs["token"], adopt=theirs["adopt"]).value
    assert adopted["uid"] == theirs["uid"]
    for session in (theirs["token"], adopted["token"]):
        assert first(url, lin, session=session, adopt=theirs["adopt"])["uid"] != theirs["uid"]
    assert row(url, olga, theirs["uid"])["verified"] is True


def test_a_session_that_was_begun_by_a_repeat_counts_as_well_and_an_old_id_brings_back_nobody(
    url: str, vouch: Vouch, sub: str
) -> None:
    id = secrets.token_urlsafe(16)
    lost, again = (enter(url, id=id).value for _ in range(2))
    assert lost["uid"] == again["uid"]
    adopted = enter(url, vouch(sub), session=again["token"], adopt=again["adopt"]).value
    assert adopted["uid"] == lost["uid"]
    assert me(url, lost["token"]).refusal == (401, "no_session")
    late = enter(url, id=id).value
    assert (late["uid"] != adopted["uid"], late["verified"]) == (True, False)


def test_who_was_anonymous_is_linked_to_whom_the_shop_knew(url: str, olga: str, vouch: Vouch, sub: str) -> None:
    known, anonymous = first(url, vouch(sub)), first(url)
    found = enter(url, vouch(sub), session=anonymous["token"], adopt=anonymous["adopt"]).value
    linked = me(url, found["token"]).value["linked"]
    assert (found["uid"], [found["linked"]], found["linked"]["uid"]) == (known["uid"], linked, anonymous["uid"])
    # Its answer was lost, say: then the anonymous session has ended, and they are let in all the same.
    again = enter(url, vouch(sub), session=anonymous["token"], adopt=anonymous["adopt"]).value
    assert (again["uid"], "linked" in again) == (known["uid"], False)
    assert row(url, olga, anonymous["uid"])["linked_to"] == known["uid"]
    assert me(url, anonymous["token"]).refusal == (401, "no_session")


def test_what_was_cut_off_is_made_good_by_the_next_log_in(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    """On whatever device: a node died as soon as it was decided who somebody is, and the store was full before."""
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    url = running.url
    key = Key.made(url, api.set_up(url, running.setup_secret))
    maria, lin = (key.sign(sub, **MARIA) for sub in ("maria", "lin"))
    anonymous = first(url)
    store.command("CONFIG", "SET", "maxmemory", 1)
    for session, adopt in ((anonymous["token"], anonymous["adopt"]), ("", "")):
        full = enter(url, maria, session=session, adopt=adopt, id="x" * 16)
        assert full.refusal == (507, "store_full")
    store.command("CONFIG", "SET", "maxmemory", 0)
    assert enter(url, maria).value["uid"] == ""
    digest = hashlib.sha256(b"maria").hexdigest()
    store.command("HSET", "{people}:subs", digest, anonymous["uid"])
    store.command("HSET", f"{{people}}:v:{anonymous['uid']}", "sub", digest)
    assert first(url, lin, session=anonymous["token"], adopt=anonymous["adopt"])["uid"] != anonymous["uid"]
    known = enter(url, maria).value
    assert (known["uid"], known["name"]) == (anonymous["uid"], "Maria Sol")
    assert me(url, anonymous["token"]).refusal == (401, "no_session")


# -- who goes ---------------------------------------------------------------------------------------------------------


def test_who_is_somebody_else_now_has_nothing_of_who_was_before(url: str, vouch: Vouch) -> None:
    """In one page: the shop logs one out and another in; or says another before the one is out."""
    maria = first(url, vouch(secrets.token_hex(8), name="Maria"))
    lin = secrets.token_hex(8)
    for body in ({}, {"id": secrets.token_urlsafe(16)}):
        other = enter(url, vouch(lin, name="Lin"), session=maria["token"], adopt="x", **body).value
        assert other["uid"] != maria["uid"]
        assert me(url, maria["token"]).refusal == (401, "no_session")
    assert (other["name"], api.history(url, other["token"])[0]["kind"]) == ("Lin", "hidden")
    named = ask(url, "/login", {"nickname": other["nickname"]}, Authorization=other["token"])
    assert named.refusal == (409, "nickname_taken")  # nor is a nickname a way around


def test_a_log_out_ends_what_was_made_of_the_same_token_and_nothing_of_another_device(
    url: str, vouch: Vouch, sub: str, connect: Connect
) -> None:
    """Also what somebody who stole it has made of it, and what was made of one shown before."""
    stolen, newer, phones = (vouch(sub, jti=secrets.token_hex(4)) for _ in range(3))
    page, thief, phone = first(url, stolen), enter(url, stolen).value, enter(url, phones).value
    assert enter(url, newer, session=page["token"]).value["token"] == page["token"]
    late = enter(url, newer).value
    chat = connect(thief["token"])
    chat.hear(type="joined")
    assert ask(url, "/logout", b"", Authorization=page["token"]).status == 200
    assert chat.close_code() == 4401
    for token in (page["token"], thief["token"], late["token"]):
        assert me(url, token).refusal == (401, "no_session")
    assert me(url, phone["token"]).status == 200
    assert first(url, name=page["nickname"])["nickname"] != page["nickname"]  # theirs still
    # A token itself is good until it ends: give it minutes.
    assert enter(url, stolen).value["uid"] == page["uid"]


def test_a_session_lasts_a_day_from_the_last_word_of_the_shop_and_use_adds_nothing(
    url: str, vouch: Vouch, sub: str
) -> None:
    made = first(url, vouch(sub))
    ends = datetime.fromisoformat(made["expires_at"])
    assert datetime.fromisoformat(enter(url, session=made["token"]).value["expires_at"]) == ends
    anew = enter(url, vouch(sub), session=made["token"]).value
    assert (anew["token"], datetime.fromisoformat(anew["expires_at"]) > ends) == (made["token"], True)


def test_a_token_that_is_repeated_makes_no_more_sessions_than_a_customer_has_pages(
    url: str, vouch: Vouch, sub: str
) -> None:
    word = vouch(sub)
    former = first(url, word)["token"]
    tokens = [enter(url, word).value["token"] for _ in range(MOST_PROVEN)]
    assert me(url, former).refusal == (401, "no_session")
    for token in (tokens[0], tokens[-1]):
        assert me(url, token).status == 200


def test_a_link_of_theirs_ends_with_the_token_and_opens_nothing_after_a_log_out(
    url: str, olga: str, vouch: Vouch, sub: str
) -> None:
    made = first(url, vouch(sub, life=200))
    secret = ask(url, "/v1/me/link", b"", Authorization=made["token"]).value["secret"]
    opened = ask(url, "/login/link", {"secret": secret, "cookie": True}, Origin=url)
    assert opened.value["uid"] == made["uid"]
    age = int(opened.headers["set-cookie"].split("Max-Age=")[1].split(";")[0])
    assert 100 < age <= 200
    jar = f"chatadmin_visitor={opened.cookies['chatadmin_visitor']}"
    assert ask(url, "/v1/me", Cookie=jar).value["verified"] is True
    secret = ask(url, "/v1/me/link", b"", Authorization=made["token"]).value["secret"]
    assert ask(url, "/logout", b"", Authorization=made["token"]).status == 200
    assert ask(url, "/v1/me", Cookie=jar).refusal == (401, "no_session")
    # An agent cannot say who somebody is: it is for the shop.
    assert ask(url, f"/v1/visitors/{made['uid']}/link", b"", Authorization=olga).refusal == (403, "forbidden")
    over = enter(url, vouch(sub, life=-30)).value  # within what clocks may be off
    assert over["uid"] == made["uid"]
    ended = ask(url, "/v1/me/link", b"", Authorization=over["token"])
    assert (ended.refusal, ended.json["reason"]) == ((401, "bad_identity"), "expired")


def test_who_is_blocked_stays_so_whoever_the_shop_says_they_are(url: str, olga: str, vouch: Vouch) -> None:
    sub, known = secrets.token_hex(8), secrets.token_hex(8)
    first(url, vouch(known))
    anonymous = first(url)
    for on, uid, session, adopt in (
        (True, anonymous["uid"], anonymous["token"], anonymous["adopt"]),  # adopted, or linked
        (False, anonymous["uid"], "", ""),
    ):
        ask(url, f"/v1/conversations/{uid}/block", {"on": on}, Authorization=olga)
        for who in (sub, known) if on else ():
            blocked = enter(url, vouch(who), session=session, adopt=adopt)
            assert blocked.refusal == (403, "blocked")
    adopted = enter(url, vouch(sub), session=anonymous["token"], adopt=anonymous["adopt"]).value
    assert adopted["uid"] == anonymous["uid"]
    ask(url, f"/v1/conversations/{adopted['uid']}/block", {}, Authorization=olga)
    for session in ("", adopted["token"]):
        assert enter(url, vouch(sub), session=session).refusal == (403, "blocked")
    assert ask(url, "/v1/me/link", b"", Authorization=adopted["token"]).refusal == (403, "blocked")
    another = first(url)  # who is not blocked, and not drawn in
    assert enter(url, vouch(sub), session=another["token"], adopt=another["adopt"]).refusal == (403, "blocked")
    assert me(url, another["token"]).status == 200
    assert row(url, olga, another["uid"])["linked_to"] == ""
