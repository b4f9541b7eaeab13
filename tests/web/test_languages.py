"""Customers are spoken to in every language there is, and the shop's own people in the complete ones."""

import re

import pytest

from app import words
from tests.clients.api import ask, log_in
from tests.clients.frames import CHAT
from tests.clients.sockets import RawSocket, open_chat
from tests.web.test_policies import ROUTES

GERMAN_AND_CHINESE = {"Accept_Language": "de-AT, zh;q=0.5, en;q=0.1"}


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [("de-AT", "de"), ("zh-Hant-TW, de", "zh-CN"), ("fi, de;q=0.3", "de"), ("de;q=0, zh", "zh-CN"), ("fi", "en")],
)
def test_a_customer_s_page_is_in_the_first_language_there_is(url: str, wanted: str, tag: str) -> None:
    for path in ("/", "/widget"):
        assert spoken(url, path, wanted) == tag


@pytest.mark.parametrize("path", ["/admin", "/setup"])
def test_the_team_s_pages_are_in_a_complete_one(url: str, path: str) -> None:
    assert spoken(url, path, "de, zh;q=0.5") == "zh-CN"
    assert spoken(url, f"{path}?lang=de", "fr") == "en"


def spoken(url: str, path: str, wanted: str) -> str:
    """The language of a page."""
    found = re.search(r'<html lang="([^"]+)"', ask(url, path, Accept_Language=wanted).body.decode())
    assert found
    return found[1]


def test_who_is_refused_is_told_so_in_a_language_of_theirs(url: str, visitor: str, olga: str) -> None:
    german, chinese = re.compile("Bitte |Dazu |Unter dieser "), re.compile("[\u4e00-\u9fff]")
    for path, token, told in (
        ("/nowhere", "", german),
        ("/v1/me", "", german),
        ("/v1/messages", "", german),
        ("/v1/files/gone", visitor, german),
        ("/v1/files/gone", olga, chinese),  # the same route, by who asks
        ("/v1/users", visitor, chinese),  # a route of the team's
        ("/v1/search?q=x", olga, chinese),
    ):
        headers = {"Authorization": token} if token else {}
        assert told.search(ask(url, path, **GERMAN_AND_CHINESE, **headers).json["msg"]), (path, token)
    wrong = ask(url, "/login", {"nickname": "Olga", "password": "x"}, Accept_Language="de")
    assert wrong.json["msg"].startswith("The name or the password is wrong")  # customers are never told that


def test_sockets_speak_it_too(url: str, uid: str, visitor: str, olga: str) -> None:
    languages = "Accept-Language: de-AT, zh;q=0.5"
    plain = RawSocket(url, f"Authorization: {visitor}", languages).open()
    assert plain.hear()["content"].startswith("Willkommen, ")
    plain.close()
    for token, told in ((visitor, "Die id muss"), (olga, "id 的格式")):
        full = open_chat(url, token, languages, path=f"{CHAT}?client={uid}")
        full.tell(type="send", id="x", content="Hallo", conversation=uid)
        assert told in full.hear(type="error")["msg"]
        full.close()


# What bodies and addresses of customers' routes have, and what is wrong with it.
_ASKED = ("nickname", "name", "email", "fields", "identity", "attributes", "secret", "id", "good", "comment")
_NOTHING: tuple[object, ...] = (b"", b"{", b"[]", {})
_WRONG = ("", "\u202ename", "x" * 1000, 7, {"name": "x" * 300})
_ADDRESSES = ("", "?client=nobody&linked=nobody&format=none", "?tz=Nowhere&before=x&after=-1&name=.&lang=xx")


def test_customers_are_refused_in_words_of_theirs_alone(url: str, name: str) -> None:
    """Whatever they ask of routes that are for them; but for a log-in with a password, which no customer has."""
    asked: list[tuple[str, object]] = [(address, None) for address in _ADDRESSES]
    said: list[tuple[str, object]] = [(address, body) for address in _ADDRESSES for body in _NOTHING]
    said += [("", {key: value}) for key in _ASKED for value in _WRONG]
    codes: set[str] = set()
    for n, route in enumerate(route for route in ROUTES if not route.policy.for_team):
        method = "GET" if route.method == "HEAD" else route.method
        questions = asked if method == "GET" else said
        for token in ("", log_in(url, f"{name} {n}")):
            headers = {"Connection": "close"} | ({"Authorization": token} if token else {})
            for end, body in questions:
                answer = ask(url, route.path + end, body, method=method, **headers)
                page = answer.headers.get("content-type", "").startswith("text/html")  # which has words of its own
                codes |= {answer.code} if answer.status >= 400 and not page else set()
    assert {"no_session", "bad_form", "bad_identity", "bad_nickname", "bad_zone", "link_over"} <= codes
    assert codes.isdisjoint(words.section("team_errors", "en"))
