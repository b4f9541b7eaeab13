"""What visitors enter of themselves: how it is kept, who is told, and what is none."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients import api
from tests.clients.api import Answer, ask
from tests.clients.events import Stream
from tests.prepared import Prepared
from tests.running import Chatadmin, wait_until
from tests.web.conftest import Connect

pytestmark = pytest.mark.usefixtures("beside")

MARIA = {"name": " Maria  Sol ", "email": " maria.sol@mail.example.com "}


def enter(url: str, body: Any, token: str = "", **headers: str) -> Answer:
    return ask(url, "/login/widget", body, **headers, **({"Authorization": token} if token else {}))


def forms(url: str, token: str, uid: str) -> list[dict[str, Any]]:
    return [entry for entry in api.history(url, token, uid) if entry.get("kind") == "form"]


def test_agents_are_told_and_visitors_are_not(url: str, olga: str, connect: Connect) -> None:
    """In the list, live and looked up; in the history, by search, and in what is taken along."""
    stream = Stream(url, olga, "?delta=1")
    maria = enter(url, MARIA).value
    uid, token = maria["uid"], maria["token"]
    assert (maria["name"], maria["nickname"], maria["verified"]) == ("Maria Sol", "Maria Sol", False)
    chat = connect(token)
    chat.hear(type="joined")
    chat.tell(type="send", id="tab.1", content="hello")
    row = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == uid and data["email"])
    known = {"name": "Maria Sol", "email": "maria.sol@mail.example.com", "verified": False, "fields": {}}
    assert known.items() <= row.items()
    for path in ("/v1/users", "/v1/visitors"):
        assert (
            known.items() <= next(one for one in ask(url, path, Authorization=olga).value if one["uid"] == uid).items()
        )
    (form,) = forms(url, olga, uid)
    assert form["fields"] == {"name": "Maria Sol", "email": "maria.sol@mail.example.com"}
    assert (form["seq"], form["user"]["uid"], form["user"]["name"]) == (1, uid, "Maria Sol")
    own = api.history(url, token)
    assert own[0] == {"type": "event", "kind": "hidden", "conversation": uid, "epoch": form["epoch"], "seq": 1}
    for kind in ("html", "json"):
        taken = {
            who: ask(url, f"/v1/transcript?format={kind}&client={uid}", Authorization=who).body for who in (olga, token)
        }
        assert b"mail.example.com" in taken[olga]
        assert b"mail.example.com" not in taken[token]

    def found() -> dict[str, Any]:
        people = ask(url, f"/v1/search/people?q={quote('MAIL.example')}", Authorization=olga).value
        return next((one for one in people if one["uid"] == uid), {})

    wait_until(lambda: bool(found()), "the address is indexed")
    assert found()["match"] == {"email": [10, 22]}
    stream.close()


def test_who_is_known_may_say_more_and_stays_who_they_are(url: str, olga: str, connect: Connect) -> None:
    """On the socket that is open, too; and what was said once is told once: an answer may be lost, and a shop's page
    says it each time."""
    stream = Stream(url, olga, "?delta=1")
    first = enter(url, {}).value
    uid, token, handle = first["uid"], first["token"], first["nickname"]
    chat = connect(token)
    chat.hear(type="joined")
    for _ in range(2):
        more = enter(url, {"email": "lin@example.org"}, token).value
    assert (more["uid"], more["name"], more["token"]) == (uid, handle, token)
    chat.hear(kind="hidden")
    for _ in range(2):
        more = enter(url, {"name": "Lin"}, token).value
    assert (more["uid"], more["name"], more["nickname"]) == (uid, "Lin", handle)
    chat.hear(kind="hidden")
    for known in ({"email": "lin@example.org"}, {"name": "Lin"}):
        assert enter(url, known, token).value["name"] == "Lin"
    row = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == uid and data["name"] == "Lin")
    assert (row["email"], row["nickname"]) == ("lin@example.org", handle)
    assert [form["fields"] for form in forms(url, olga, uid)] == [{"email": "lin@example.org"}, {"name": "Lin"}]
    chat.tell(type="send", id="tab.1", content="it is me")
    chat.hear(type="ack")
    assert api.history(url, olga, uid)[-1]["user"]["name"] == "Lin"
    assert ask(url, "/v1/me", Authorization=token).value["name"] == "Lin"
    chat.close()
    left = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == uid and not data["online"])
    assert left["name"] == "Lin"
    assert api.history(url, olga, uid)[-1]["user"]["name"] == "Lin"
    stream.close()


def test_an_address_counts_for_mail_where_its_page_said_so(url: str, olga: str, connect: Connect) -> None:
    """Live and looked up; and no longer once another is entered of which nothing was said."""
    stream = Stream(url, olga, "?delta=1")
    maria = enter(url, {"email": "maria@mail.example", "mail": True}).value
    uid, chat = maria["uid"], connect(maria["token"])
    chat.hear(type="joined")

    def rows(email: str) -> list[dict[str, Any]]:
        live = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == uid and data["email"] == email)
        return [live["mail"], ask(url, f"/v1/visitors/{uid}", Authorization=olga).value["mail"]]

    (fields,) = [form["fields"] for form in forms(url, olga, uid)]
    agreed = {"agreed": True, "at": fields["mail"]["agreed"], "by": ""}
    assert rows("maria@mail.example") == [agreed, agreed]
    enter(url, {"email": "maria@mail.example", "mail": True}, maria["token"])  # said again: told once
    enter(url, {"email": "other@mail.example"}, maria["token"])
    assert rows("other@mail.example") == [{"agreed": False}] * 2
    assert [form["fields"].get("mail") for form in forms(url, olga, uid)] == [fields["mail"], None]
    stream.close()


def test_what_is_entered_at_the_same_time_is_all_kept(url: str, olga: str, connect: Connect) -> None:
    """As by a shop's page that says one thing after the other and waits for none."""
    said = [{"name": "Nora"}, {"email": "nora@example.org"}]
    for _ in range(8):
        visitor = enter(url, {}).value
        chat = connect(visitor["token"])
        chat.hear(type="joined")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda body, token=visitor["token"]: enter(url, body, token).status, said))
        assert answers == [200, 200]
        for _ in said:
            chat.hear(kind="hidden")
        chat.tell(type="send", id="tab.1", content="it is me")
        chat.hear(type="ack")
        live = next(row for row in ask(url, "/v1/users", Authorization=olga).value if row["uid"] == visitor["uid"])
        kept = ask(url, f"/v1/visitors/{visitor['uid']}", Authorization=olga).value
        for row in (live, kept):
            assert (row["name"], row["email"]) == ("Nora", "nora@example.org")
        assert api.history(url, olga, visitor["uid"])[-1]["user"]["name"] == "Nora"
        chat.close()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a" * 61),
        ("name", "x" * 10_000),
        ("name", "Anna\nBerg"),
        ("name", "Anna \u202egreB"),
        ("name", "\u3164\u200b"),
        ("email", "maria"),
        ("email", "maria@localhost"),
        ("email", "maria@@example.com"),
        ("email", "maria@example..com"),
        ("email", "maria@example.com\r\nBcc: all@example.com"),
        ("email", "maria\u202e@example.com"),
        ("email", "mar\u200bia@example.com"),
        ("email", "Maria <maria@example.com>"),
        ("email", f"{'a' * 65}@example.com"),
        ("email", f"a@{'b' * 250}.com"),
        ("email", "a@" + "b." * 2500 + "com"),
    ],
)
def test_what_is_none_is_refused_and_named(url: str, field: str, value: str) -> None:
    for token in ("", enter(url, {}).value["token"]):
        answer = enter(url, {field: value}, token)
        assert answer.refusal == (400, "bad_form")
        assert answer.json["field"] == field


@pytest.mark.parametrize(
    "body",
    [
        {"name": ["Anna"]},
        {"name": None},
        {"email": {"a": 1}},
        {"fields": ["choice"]},
        {"fields": {"choice": 7}},
        {"fields": {"consent": "yes"}},
        {"cookie": 1},
        {"id": 7},
        {"id": "short"},
        {"id": "a" * 65},
        {"id": "a/b" * 10},
        {"id": "a" * 20 + "\n"},
        b'{"name": "Anna", "name": "Berta"}',
        b'{"fields": {"choice": "a", "choice": "b"}}',
        b'{"email": "\\ud800@example.com"}',
        [],
    ],
)
def test_what_is_no_log_in_at_all(url: str, body: Any) -> None:
    answer = enter(url, body)
    assert answer.refusal == (400, "bad_request")
    assert not answer.cookies


def test_fields_that_are_not_of_this_version_are_passed_over(url: str) -> None:
    more = {"title": "Shoes", "referrer": "https://example.com/", "tz": "Europe/Kyiv", "fields": {"else": [1]}, "x": {}}
    assert enter(url, more).value["name"].startswith("Visitor ")


@pytest.mark.parametrize("name", ["Support", "Аdmin", "客服", "ＡＤＭＩＮ", "s.u.p.p.o.r.t"])
def test_a_word_of_office_is_nobodys_name_and_shuts_nobody_out(url: str, olga: str, name: str) -> None:
    visitor = enter(url, {"name": name, "email": "a@example.com"}).value
    assert visitor["name"] == visitor["nickname"]
    assert visitor["name"].startswith("Visitor ")
    assert forms(url, olga, visitor["uid"])[0]["fields"] == {"email": "a@example.com"}
    assert enter(url, {"name": name}, visitor["token"]).value["name"] == visitor["name"]


def test_who_gave_no_name_is_called_so_in_the_reader_s_language(url: str, olga: str) -> None:
    nameless, typed = (enter(url, body).value for body in ({}, {"name": "Visitor 48213"}))
    number = nameless["name"].removeprefix("Visitor ")
    for value, called in ((nameless, f"访客 {number}"), (typed, "Visitor 48213")):
        page = ask(url, f"/v1/transcript?lang=zh&client={value['uid']}", Authorization=olga).body.decode()
        assert f"<bdi>{called}</bdi>" in page


@pytest.mark.parametrize(
    "name", ["Visitor 48213", "ｖｉｓｉｔｏｒ　48213", "visitor 7", "Visitor 4821348213", "V\u0456sitor 48213"]
)
def test_who_types_what_the_nameless_are_called_gets_another_handle(url: str, name: str) -> None:
    value = enter(url, {"name": name}).value
    assert value["name"] != value["nickname"]
    assert len(value["nickname"].split()) == 3
    assert ask(url, "/login", {"name": name}).value["nickname"] not in (value["nickname"], name)


def test_who_is_blocked_says_no_more(url: str, olga: str) -> None:
    visitor = enter(url, {}).value
    ask(url, f"/v1/conversations/{visitor['uid']}/block", {}, Authorization=olga)
    assert enter(url, {"name": "Other"}, visitor["token"]).refusal == (403, "blocked")
    assert ask(url, "/v1/me/link", {}, Authorization=visitor["token"]).refusal == (403, "blocked")
    assert ask(url, f"/v1/visitors/{visitor['uid']}", Authorization=olga).value["name"] == visitor["name"]


def test_a_conversation_goes_on_elsewhere_and_here(url: str) -> None:
    """By a link that lets one in once."""
    here = enter(url, {"name": "Nadia"}).value
    secret = ask(url, "/v1/me/link", {}, Authorization=here["token"]).value["secret"]
    there = ask(url, "/login/link", {"secret": secret, "cookie": True}, Origin=url)
    assert (there.value["uid"], there.value["name"]) == (here["uid"], "Nadia")
    assert ask(url, "/login/link", {"secret": secret}).refusal == (403, "link_over")
    jar = f"chatadmin_visitor={there.cookies['chatadmin_visitor']}"
    assert ask(url, "/v1/me", Cookie=jar).value["uid"] == here["uid"]
    enter(url, {"name": "Nadia Berg"}, here["token"])
    for headers in ({"Cookie": jar}, {"Authorization": here["token"]}):
        assert ask(url, "/v1/me", **headers).value["name"] == "Nadia Berg"


@pytest.fixture
def asking(url: str, olga: str) -> Iterator[None]:
    """A shop that asks newcomers for all there is."""
    label, options = (
        {"en": "What is it about?", "zh": "关于什么？"},
        {"en": ["An order", "Returns"], "zh": ["订单", "退货"]},
    )
    form = {"name": "required", "email": "required", "choice": {"required": True, "label": label, "options": options}}
    decide(url, olga, {**form, "consent": {"en": "I agree to the terms.", "zh": "我同意条款。"}})
    yield
    decide(url, olga, {"name": "optional", "email": "no", "choice": None, "consent": {}})


def decide(url: str, olga: str, form: dict[str, Any]) -> None:
    seen = ask(url, "/v1/widget", Authorization=olga).value["version"]
    answer = ask(url, "/v1/widget", {"version": seen, "form": form}, method="PUT", Authorization=olga)
    assert answer.value["form"] == form


@pytest.mark.usefixtures("asking")
def test_what_the_shop_asks_for_is_asked_of_newcomers(url: str, olga: str, visitor: str) -> None:
    """In whichever language they chose; to what they agreed is kept as they read it, and when."""
    whole = {"name": "Lin", "email": "lin@example.com", "fields": {"choice": "退货", "consent": True}}
    lacking = [
        ("name", {**whole, "name": " "}),
        ("email", {**whole, "email": ""}),
        ("choice", {**whole, "fields": {"consent": True}}),
        ("choice", {**whole, "fields": {"choice": "Refund", "consent": True}}),
        ("choice", {**whole, "fields": {"choice": "x" * 30_000, "consent": True}}),
        ("consent", {**whole, "fields": {"choice": "Returns", "consent": False}}),
    ]
    for field, body in lacking:
        answer = enter(url, body)
        assert (answer.refusal, answer.json["field"]) == ((400, "bad_form"), field)
    begun = datetime.now(UTC)
    lin = enter(url, whole, Accept_Language="zh").value
    (form,) = forms(url, olga, lin["uid"])
    agreed = form["fields"].pop("consent")
    assert agreed["text"] == "我同意条款。"
    assert timedelta() <= datetime.fromisoformat(agreed["at"]) - begun + timedelta(seconds=1) < timedelta(minutes=1)
    assert form["fields"] == {"name": "Lin", "email": "lin@example.com", "choice": "退货"}
    row = ask(url, f"/v1/visitors/{lin['uid']}", Authorization=olga).value
    assert row["fields"] == {"choice": "退货", "consent": agreed}
    assert enter(url, whole, lin["token"], Accept_Language="zh").status == 200
    assert len(forms(url, olga, lin["uid"])) == 1  # a repeat
    enter(url, {"fields": {"choice": "Returns"}}, lin["token"])
    row = ask(url, f"/v1/visitors/{lin['uid']}", Authorization=olga).value
    assert (row["email"], row["fields"]) == ("lin@example.com", {"choice": "Returns", "consent": agreed})
    # Who is here already is asked for nothing, but chooses what there is.
    assert enter(url, {"email": "guest@example.com"}, visitor).status == 200
    assert enter(url, {"fields": {"choice": "Refund"}}, visitor).refusal == (400, "bad_form")
    saved = ask(url, f"/v1/transcript?client={lin['uid']}&lang=en", Authorization=olga).body.decode()
    assert "entered, unverified" in saved
    assert "Agreed to: 我同意条款。" in saved


@pytest.mark.parametrize("body", [{}, {"name": "Ida", "email": "ida@example.com"}])
def test_a_log_in_whose_answer_was_lost_is_repeated_by_the_same_visitor(
    url: str, olga: str, body: dict[str, str]
) -> None:
    """One after the other, all at once, and with more in it; by another id somebody else does."""
    first, second = (secrets.token_urlsafe(16) for _ in range(2))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: enter(url, {**body, "id": first}).value, range(16)))
    (uid,) = {value["uid"] for value in answers}
    assert len({value["token"] for value in answers}) == 16
    assert {ask(url, "/v1/me", Authorization=value["token"]).value["uid"] for value in answers} == {uid}
    assert len(forms(url, olga, uid)) == bool(body)
    more = enter(url, {"id": first, "name": "Ida Berg"}).value
    assert (more["uid"], more["name"], more["nickname"]) == (uid, "Ida Berg", answers[0]["nickname"])
    assert enter(url, {"id": second}).value["uid"] != uid
    ask(url, f"/v1/conversations/{uid}/block", {}, Authorization=olga)
    assert enter(url, {**body, "id": first}).refusal == (403, "blocked")


def test_log_ins_are_counted_by_address(prepared: Prepared) -> None:
    with Chatadmin(config={"limits": {"logins_per_minute": 1}}, data_dir=prepared("Olga")) as running:
        assert enter(running.url, {}).status == 200
        refused = enter(running.url, {})
        assert refused.refusal == (429, "slow_down")
        assert int(refused.headers["retry-after"]) > 0
