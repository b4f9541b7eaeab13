"""The address at which a visitor is answered who has left: given, changed and taken back by them or by an agent."""

import secrets
from typing import Any

import pytest

from tests.clients import api
from tests.clients.api import Answer, ask
from tests.clients.customers import Key
from tests.clients.events import Stream
from tests.prepared import Prepared
from tests.running import Chatadmin
from tests.web.conftest import Connect

MAIL: dict[str, Any] = {
    "url": "http://127.0.0.1:9",
    "mail": {"smtp": "smtp://127.0.0.1:9", "from": "chat@shop.example"},
}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """A shop that sends mail; that nobody takes it makes no difference here."""
    return {"limits": {"logins_per_minute": 0}, **MAIL}


def enter(url: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(url, "/login/widget", body).value
    return found


def put(url: str, token: str, uid: str = "", **body: Any) -> Answer:
    path = f"/v1/visitors/{uid}/contact" if uid else "/v1/me/contact"
    return ask(url, path, body, method="PUT", Authorization=token)


def forms(url: str, token: str, uid: str) -> list[dict[str, Any]]:
    return [entry["fields"] for entry in api.history(url, token, uid) if entry.get("kind") == "form"]


def row(url: str, token: str, uid: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(url, f"/v1/visitors/{uid}", Authorization=token).value
    return found


def test_a_visitor_leaves_an_address_changes_it_and_takes_it_back(url: str, olga: str) -> None:
    """Agents hear of each, live and looked up, and once; the visitor's own page shows it masked."""
    lin = enter(url)
    uid, token = lin["uid"], lin["token"]
    assert ask(url, "/v1/desk").value["by_mail"]
    assert ask(url, "/v1/me", Authorization=token).value["contact"] == ""
    stream = Stream(url, olga, "?delta=1")
    first = put(url, token, email=" lin@mail.example ", consent=True).value
    assert first["agreed"].startswith("20")
    assert first == {"email": "lin@mail.example", "agreed": first["agreed"], "by": "", "shown": "l…@mail.example"}
    assert put(url, token, email="lin@mail.example", consent=True).value == first
    assert ask(url, "/v1/me", Authorization=token).value["contact"] == "l…@mail.example"
    assert put(url, token, email="lin@other.example", consent=True).value["email"] == "lin@other.example"
    for found in (row(url, olga, uid), *ask(url, "/v1/visitors", Authorization=olga).value):
        if found["uid"] == uid:
            assert (found["email"], found["mail"]["agreed"], found["mail"]["by"]) == ("lin@other.example", True, "")
    gone = {"email": "", "agreed": None, "by": "", "shown": ""}
    assert put(url, token, email="").value == gone
    assert (row(url, olga, uid)["email"], row(url, olga, uid)["mail"]) == ("", {"agreed": False})
    assert ask(url, "/v1/me", Authorization=token).value["contact"] == ""
    told = forms(url, olga, uid)
    assert [one["email"] for one in told] == ["lin@mail.example", "lin@other.example", ""]
    assert [sorted(one["mail"]) for one in told] == [["agreed", "by"], ["agreed", "by"], []]
    stream.close()


def test_an_agent_notes_it_and_the_form_says_it(url: str, olga: str, pavel: str, connect: Connect) -> None:
    """What a form's page said of mail counts as consent, and what none said does not; live rows keep up."""
    form = enter(url, name="Maria", email="maria@mail.example", mail=True)
    silent = enter(url, email="silent@mail.example")
    stream = Stream(url, pavel, "?delta=1")
    for one in (form, silent):
        connect(one["token"]).hear(type="joined")
    assert _agreed(stream, form["uid"], "maria@mail.example") == (True, "")
    assert _agreed(stream, silent["uid"], "silent@mail.example") == (False, None)
    assert forms(url, olga, form["uid"])[0]["mail"]["by"] == ""
    me, olgas = (ask(url, "/v1/me", Authorization=one).value["uid"] for one in (pavel, olga))
    noted = put(url, pavel, silent["uid"], email="said@mail.example").value
    assert (noted["by"], noted["shown"]) == (me, "s…@mail.example")
    assert _agreed(stream, silent["uid"], "said@mail.example") == (True, me)
    # Entered anew without a word of mail: it is known, and not to be written to.
    ask(url, "/login/widget", {"email": "anew@mail.example"}, Authorization=silent["token"])
    assert _agreed(stream, silent["uid"], "anew@mail.example") == (False, None)
    assert put(url, olga, silent["uid"], email="").status == 200
    notes = [entry for entry in api.history(url, olga, silent["uid"]) if entry.get("by")]
    assert [(one["by"]["nickname"], one["fields"]["mail"]["by"]) for one in notes] == [("Pavel", me), ("Olga", olgas)]
    saved = ask(url, f"/v1/transcript?client={silent['uid']}", Authorization=olga).body.decode()
    for said in ("Pavel</bdi> entered where", "Olga</bdi> removed the address", "said@mail.example"):
        assert said in saved
    assert put(url, pavel, "nobody", email="a@mail.example").refusal == (404, "unknown_client")
    assert put(url, form["token"], silent["uid"], email="a@mail.example").refusal == (403, "forbidden")
    assert put(url, pavel, email="a@mail.example", consent=True).refusal == (403, "forbidden")
    stream.close()


def _agreed(stream: Stream, uid: str, email: str) -> tuple[bool, str | None]:
    row = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == uid and data["email"] == email)
    return row["mail"]["agreed"], row["mail"].get("by")


def test_what_the_shop_vouches_for_stands(url: str, olga: str) -> None:
    """Its address counts as agreed, and no other takes its place; where it names none, an entered one may."""
    key = Key.made(url, olga)
    named = enter(url, identity=key.sign("lin", email="lin@shop.example"), id=secrets.token_urlsafe(16))
    assert ask(url, "/v1/me", Authorization=named["token"]).value["contact"] == "l…@shop.example"
    assert row(url, olga, named["uid"])["mail"] == {"agreed": True}
    for body in ({"email": "lin@other.example", "consent": True}, {"email": ""}):
        assert put(url, named["token"], **body).refusal == (409, "verified")
    assert put(url, olga, named["uid"], email="lin@other.example").refusal == (409, "verified")
    same = put(url, named["token"], email="lin@shop.example", consent=True).value
    assert (same["email"], row(url, olga, named["uid"])["email"]) == ("lin@shop.example", "lin@shop.example")
    unnamed = enter(url, identity=key.sign("mia"), id=secrets.token_urlsafe(16))
    assert put(url, unnamed["token"], email="mia@mail.example", consent=True).value["shown"] == "m…@mail.example"


def test_who_is_blocked_is_written_to_no_more(url: str, olga: str) -> None:
    lin = enter(url)
    assert ask(url, f"/v1/conversations/{lin['uid']}/block", {}, Authorization=olga).status == 200
    assert put(url, lin["token"], email="lin@mail.example", consent=True).refusal == (403, "blocked")
    assert row(url, olga, lin["uid"])["email"] == ""


def test_a_shop_without_mail_takes_no_address(prepared: Prepared) -> None:
    """And says so, so that no page asks for one."""
    with Chatadmin(data_dir=prepared("Olga")) as plain:
        lin = enter(plain.url)
        assert put(plain.url, lin["token"], email="lin@mail.example", consent=True).refusal == (409, "mail_not_set_up")
        assert not ask(plain.url, "/v1/desk").value["by_mail"]
        assert "contact" not in ask(plain.url, "/v1/me", Authorization=lin["token"]).value


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"email": "lin", "consent": True}, {"code": "bad_form", "field": "email"}),
        (
            {"email": "lin@mail.example\r\nBcc: all@mail.example", "consent": True},
            {"code": "bad_form", "field": "email"},
        ),
        ({"email": "lin@mail.example"}, {"code": "bad_form", "field": "consent"}),
        ({"email": "lin@mail.example", "consent": False}, {"code": "bad_form", "field": "consent"}),
        ({"email": 7, "consent": True}, {"code": "bad_request", "field": "email"}),
        ({}, {"code": "bad_request", "field": "email"}),
    ],
)
def test_what_is_no_address_or_no_consent(url: str, olga: str, body: dict[str, Any], refused: dict[str, Any]) -> None:
    lin = enter(url)
    answer = put(url, lin["token"], **body)
    assert (answer.status, refused.items() <= answer.json.items()) == (400, True)
    assert forms(url, olga, lin["uid"]) == []
