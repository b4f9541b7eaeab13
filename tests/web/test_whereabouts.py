"""Where a visitor is: from the page that they wrote on to those they go to; and what was said to them before."""

from typing import Any

import pytest

from tests.clients.api import ask, history
from tests.clients.events import Stream
from tests.folders import contents
from tests.running import Chatadmin, wait_until
from tests.web.conftest import Connect
from tests.web.test_browsing import CHROME, TEA, invite, row, tell
from tests.web.test_sites import SITE, change

HOSTILE = {
    "page": "javascript:alert(1)//https://shop.example.com",
    "title": "\u202eSale\x1b[31m\u2066 \n now \U0001f9ea\u200d\U0001f680 " + "x" * 900,
    "referrer": "https://user:secret@other.example/a#b",
    "tz": "../../etc/passwd",
    "languages": ["en-GB", "<b>", "x" * 99, "de", "\u202efr", "zh-Hant-TW", "ja", "ko", "es"],
}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"limits": {"logins_per_minute": 0}, "sites": [SITE], "trusted_proxies": ["127.0.0.1"]}


def enter(url: str, id: str, **told: Any) -> Any:
    """A log-in with a first message."""
    body = {"id": id.ljust(16, "-"), **TEA, **told}
    return ask(url, "/login/widget", body, Origin=url, User_Agent=CHROME).value


def known(url: str, token: str, uid: str) -> Any:
    return ask(url, f"/v1/visitors/{uid}", Authorization=token).value


def test_who_browses_becomes_the_visitor_who_writes(shop: Chatadmin, url: str, olga: str, connect: Connect) -> None:
    stream = Stream(url, olga, "?delta=1")
    tell(url, "writing-page")
    row(stream, "writing-page")
    word = invite(url, olga, "writing-page", "The green one is new.").value
    given = tell(url, "writing-page", page=f"{SITE}/cup").value["invite"]
    told = {"seen": "writing-page", "page": f"{SITE}/cup", "title": "A cup", "referrer": f"{SITE}/tea"}
    visitors = [enter(url, "writes", invite=given["id"], **told) for _ in range(2)]  # its answer was lost once
    visitor = visitors[0]
    assert {one["uid"] for one in visitors} == {visitor["uid"]}
    assert row(stream, "writing-page", gone=True) == {"id": "writing-page", "gone": True, "uid": visitor["uid"]}
    tell(url, "writing-page")  # that page does not know
    assert invite(url, olga, "writing-page").refusal == (404, "gone")
    fresh = Stream(url, olga, "?delta=1")
    assert fresh.event()[2]["browsing"] == []
    fresh.close()
    chat = connect(visitor["token"])
    first = stream.until(lambda kind, data: kind == "visitor" and data["uid"] == visitor["uid"] and data["context"])
    assert first["context"] == {
        "page": f"{SITE}/cup",
        "title": "A cup",
        "referrer": "https://search.example/",
        "utm": {"source": "mail"},
        "languages": ["hi-IN", "en"],
        "tz": "Asia/Calcutta",
        "country": "IN",
    }
    said = next(frame for frame in history(url, visitor["token"]) if frame.get("kind") == "invited")
    assert (said["seq"], said["text"], said["by"]) == (1, word["text"], word["by"])
    assert said["user"]["nickname"] == "Olga"
    chat.tell(type="context", page=f"{SITE}/cart?coupon=5#pay", title="Your cart")
    moved = stream.until(lambda kind, data: kind == "visitor" and data["context"]["title"] == "Your cart")
    assert moved["context"] == first["context"] | {"page": f"{SITE}/cart", "title": "Your cart"}
    for frame in history(url, olga, visitor["uid"]):
        assert "cart" not in str(frame)
    files = [content for _, content in contents(shop.data_dir)]
    assert any(b"A cup" in kept for kept in files)  # where they were as they wrote
    assert not any(b"Your cart" in kept for kept in files)
    enter(url, "writes", page=f"{SITE}/plate", title="A plate", tz="Europe/Berlin")  # on another device, say
    there = stream.until(lambda kind, data: kind == "visitor" and data["context"]["title"] == "A plate")
    assert there["context"]["country"] == "DE"
    stream.close()
    assert known(url, olga, visitor["uid"])["context"].keys() == first["context"].keys()  # no consent, no trail


def test_pages_are_known_by_consent_or_the_shops_switch(url: str, olga: str, connect: Connect) -> None:
    tell(url, "consenting-page", consent=True)
    tell(url, "consenting-page", consent=True, page=f"{SITE}/cup", title="A cup")
    visitor = enter(url, "consents", seen="consenting-page", consent=True, page=f"{SITE}/cup", title="A cup")

    def trail() -> list[str]:
        return [page["title"] for page in known(url, olga, visitor["uid"])["context"].get("pages", [])]

    wait_until(lambda: trail() == ["Green tea", "A cup"], "their pages")
    chat = connect(visitor["token"])
    chat.hear(type="joined")
    chat.tell(type="context", page=f"{SITE}/cup", title="The same cup")  # no other page
    for number in range(3):
        chat.tell(type="context", page=f"{SITE}/flood{number}", title="Too fast")
    chat.tell(type="ping")
    chat.hear(type="pong")
    assert trail() == ["Green tea", "A cup"]
    assert ask(url, "/logout", {}, Authorization=visitor["token"]).status == 200
    assert trail() == []

    visitor = enter(url, "consents-later", page=f"{SITE}/cup", title="A cup")
    chat = connect(visitor["token"])
    chat.tell(type="context", page=f"{SITE}/spoon", title="A spoon", consent=True)
    wait_until(lambda: trail() == ["A spoon"], "where they were as they agreed")
    change(url, olga, trail=True)
    other = enter(url, "by-the-switch")
    wait_until(lambda: "pages" in known(url, olga, other["uid"])["context"], "a trail without consent")
    change(url, olga, trail=False)


def test_what_a_browser_makes_up_is_cut_to_what_can_be_shown(url: str, olga: str) -> None:
    uid = enter(url, "hostile", **HOSTILE)["uid"]
    context = known(url, olga, uid)["context"]
    assert context["title"].startswith("Sale[31m now \U0001f9ea\u200d\U0001f680 xxx")
    assert len(context["title"]) <= 150
    del context["title"]
    assert context == {
        "page": "",
        "referrer": "https://other.example/a",
        "utm": {},
        "languages": ["en-GB", "de", "zh-Hant-TW", "ja", "ko"],
        "tz": "",
        "country": "",
    }
    page = f"{SITE}/?" + "&".join(f"utm_{number}=%0d%e2%80%ae{number}+x" for number in range(30))
    utm = known(url, olga, enter(url, "campaign", page=page)["uid"])["context"]["utm"]
    assert utm == {str(number): f"{number} x" for number in range(8)}
    for bad in ({"seen": "../etc"}, {"languages": "en"}, {"title": 1}, {"invite": None}):
        assert ask(url, "/login/widget", bad).refusal == (400, "bad_request")


def test_a_country_is_told_by_a_trusted_proxy_alone(url: str, olga: str) -> None:
    def country(**headers: str) -> str:
        uid = ask(url, "/login/widget", {"tz": "Europe/Kiev", "title": "x"}, **headers).value["uid"]
        return str(known(url, olga, uid)["context"]["country"])

    assert [country(CF_IPCountry=told) for told in ("de", "XX", "T1", "", "D\u00c9", "<b>")] == ["DE"] + ["UA"] * 5


def test_agents_are_nowhere(url: str, olga: str, connect: Connect) -> None:
    console = connect(olga)

    console.hear(type="hello")
    console.tell(type="context", page=f"{SITE}/tea")
    assert console.hear(type="error")["code"] == "forbidden"
    console.tell(type="context", page=f"{SITE}/tea", seen="../..")
    assert console.hear(type="error")["code"] == "bad_frame"
