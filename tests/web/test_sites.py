"""The sites that show the chat may frame it and tell that a page is open, and nothing else; who is refused is told."""

import asyncio
import gzip
import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.clients.api import Answer, ask, handshake, raw
from tests.clients.frames import head
from tests.clients.party import Party
from tests.running import PATIENCE, wait_until
from tests.web.test_policies import ROUTES, SOCKETS, Route

pytestmark = pytest.mark.usefixtures("beside")

SITE = "https://shop.example.com"
UNDER = "https://tea.example.org"
LISTED = "https://listed.example.net"  # under `origins:`, which is another thing
FOREIGN = ("https://evil.example", "http://shop.example.com", f"{SITE}:8443", f"{SITE}.evil.example", "null", "")
PAGE = {"id": "a" * 16, "page": f"{SITE}/tea?utm_source=x#top", "title": "Tea", "languages": ["en"], "tz": "Asia/Tokyo"}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Two workers: what one is told, the other must say."""
    return {
        "limits": {"logins_per_minute": 0},
        "sites": [SITE, "https://*.Example.org:443/"],
        "origins": [LISTED],
        "workers": 2,
    }


def seen(url: str, origin: str, body: Any = PAGE, **headers: str) -> Answer:
    """What a page of that origin tells, as browsers send it without asking first; "" says no origin."""
    named = {"Content_Type": "text/plain;charset=UTF-8", **headers} | ({"Origin": origin} if origin else {})
    return ask(url, "/v1/widget/seen", body, method="POST", **named)


def readable(answer: Answer, origin: str) -> bool:
    """Whether a page of that origin reads the answer; if it came with cookies it must not."""
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    return answer.headers.get("access-control-allow-origin") == origin


def widget(url: str, token: str) -> Any:
    return ask(url, "/v1/widget", Authorization=token).value


def change(url: str, token: str, **wanted: Any) -> Answer:
    """Once the worker that answers knows what was decided last."""

    def changed() -> Answer | None:
        version = widget(url, token)["version"]
        answer = ask(url, "/v1/widget", {"version": version, **wanted}, method="PUT", Authorization=token)
        return None if answer.status == 409 and answer.code == "changed_meanwhile" else answer

    found: Answer = wait_until(changed, "the version that is in force")
    return found


# -- what a site may ---------------------------------------------------------------------------------------------------


def test_a_site_tells_that_a_page_is_open_and_reads_the_answer(url: str, visitor: str) -> None:
    for origin in (SITE, UNDER):
        answer = seen(url, origin, Cookie=f"chatadmin_visitor={visitor}")
        assert answer.value == {"next_s": 15}
        assert readable(answer, origin)
        assert answer.headers["vary"] == "Origin"
    gone = seen(url, SITE, {**PAGE, "gone": True})
    assert gone.status == 200
    assert seen(url, url).status == 200  # a preview in the console
    for body in (b"[]", b"{", {**PAGE, "id": "x"}, {**PAGE, "page": "javascript:alert(1)"}, {**PAGE, "visible": 1}):
        answer = seen(url, SITE, body)
        assert answer.refusal == (400, "bad_request"), body
        assert readable(answer, SITE)
    large = seen(url, SITE, {**PAGE, "title": "x" * 2048})
    assert large.refusal == (413, "too_large")
    assert readable(large, SITE)


@pytest.mark.parametrize("origin", [*FOREIGN, LISTED])
def test_no_other_page_does(url: str, olga: str, origin: str) -> None:
    answer = seen(url, origin, Authorization=olga)
    assert answer.refusal == (403, "bad_site")
    assert readable(answer, origin) == (origin == LISTED)  # it reads whatever it is told


@pytest.mark.parametrize("route", ROUTES, ids=[f"{route.method} {route.path}" for route in ROUTES])
def test_a_site_may_nothing_else(url: str, visitor: str, olga: str, route: Route) -> None:
    """By whatever it has: cookies that come along, or a token."""
    if route.policy.for_sites:
        return
    jar = f"chatadmin_visitor={visitor}; chatadmin_agent={olga}"
    body = None if route.method == "HEAD" else b"[]"
    for origin in (SITE, UNDER):
        by_cookie = ask(url, route.path, body, method=route.method, Origin=origin, Cookie=jar)
        by_token = ask(url, route.path, body, method=route.method, Origin=origin, Authorization=olga)
        for answer in (by_cookie, by_token):
            assert not readable(answer, origin)
            if route.method != "HEAD":
                assert answer.refusal == (403, "bad_origin")
        if route.policy.who not in ("anybody", "operator"):
            assert by_cookie.status in (401, 403)  # no cookie of theirs counts
        asked = ask(url, route.path, method="OPTIONS", Origin=origin, Access_Control_Request_Method=route.method)
        assert asked.refusal == (403, "bad_origin")
        assert not readable(asked, origin)


def test_a_site_opens_no_socket(url: str, visitor: str) -> None:
    for route in SOCKETS:
        for headers in ({"Authorization": visitor}, {"Cookie": f"chatadmin_visitor={visitor}"}):
            assert handshake(url, route.path, Origin=SITE, **headers) == 403


# -- what is served for it ---------------------------------------------------------------------------------------------


def test_the_frame_is_nobody_s_and_for_listed_sites(url: str, visitor: str) -> None:
    page = ask(url, "/widget?lang=zh", Cookie=f"chatadmin_visitor={visitor}", Origin=SITE)
    assert page.status == 200
    assert page.headers["content-security-policy"].endswith(
        "frame-ancestors 'self' https://shop.example.com https://*.example.org"
    )
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"
    assert page.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (page.cookies, page.headers["cache-control"]) == ({}, "no-store")
    assert b'data-frame="[&#34;https://shop.example.com&#34;,&#34;https://*.example.org&#34;]"' in page.body
    assert b"/v1/me" not in page.body.split(b'id="answers">')[1]
    for theme, shown in {"dark": "dark", "light": "light", "system": "system", '">': "system"}.items():
        themed = ask(url, f"/widget?theme={quote(theme)}", Cookie="chatadmin_look=en.dark").body
        assert f'data-theme="{shown}"'.encode() in themed
    hosted = ask(url, "/")
    assert b"data-frame" not in hosted.body
    assert hosted.headers["content-security-policy"].endswith("frame-ancestors 'none'")


def test_the_loader_is_everybody_s_small_and_kept_for_five_minutes(url: str, olga: str) -> None:
    words = {"en": {"launcher": "Ask </script>us", "teaser": "CHATADMIN_CONFIG"}}
    look = {"colour": "#0A7D4F", "side": "left", "offset_x": 8, "offset_y": 9, "words": words}
    assert change(url, olga, look=look, beacons=False).status == 200
    wait_until(lambda: all(b"0a7d4f" in ask(url, "/widget.js").body for _ in range(8)), "the look, on both workers")
    for path, type in {"/widget.js": "javascript", "/widget-panel.js": "javascript", "/widget.d.ts": "plain"}.items():
        plain, packed = ask(url, path), ask(url, path, Accept_Encoding="gzip")
        assert plain.body == (gzip.decompress(packed.body) if "content-encoding" in packed.headers else packed.body)
        for answer in (plain, packed):
            assert answer.headers["content-type"] == f"text/{type}; charset=utf-8"
            assert answer.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400"
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            assert answer.headers["vary"] == "Accept-Encoding, Origin"
            assert readable(answer, "*")
        for etag in (packed.headers["etag"], f"W/{packed.headers['etag']}", f'"x", {packed.headers["etag"]}', "*"):
            again = ask(url, path, Accept_Encoding="gzip", If_None_Match=etag)  # the second as a proxy makes it
            assert (again.status, again.body, readable(again, "*")) == (304, b"", True), etag
    assert b"interface Chatadmin" in ask(url, "/widget.d.ts").body
    text = ask(url, "/widget.js").body.decode()
    config, _ = json.JSONDecoder().raw_decode(text[text.index('{"side"') :])
    assert (config["side"], config["x"], config["y"], config["beacons"]) == ("left", 8, 9, False)
    assert (config["accent"], config["onAccent"]) == ("#0a7d4f", "#ffffff")
    assert config["words"]["launcher"]["en"] == "Ask </script>us"
    assert "</script>" not in text
    request = head(["GET /widget.js HTTP/1.1", f"Host: {url[7:]}", f"Origin: {LISTED}", "Connection: close"])
    said = raw(url, request).decode().lower()
    assert said.count("access-control-allow-origin") == 1  # browsers take two for none
    assert f"access-control-allow-origin: {LISTED}\r\n" in said
    wait_until(lambda: all(b"0a7d4f" in ask(url, "/widget").body for _ in range(8)), "the frame's colour")
    assert b"0a7d4f" not in ask(url, "/").body


# -- what administrators decide ----------------------------------------------------------------------------------------


def test_a_site_of_the_console_counts_at_once_on_every_worker(url: str, olga: str, pavel: str, visitor: str) -> None:
    for token, refusal in ((visitor, "forbidden"), (pavel, "forbidden")):
        answer = ask(url, "/v1/widget", {"version": 0, "sites": []}, method="PUT", Authorization=token)
        assert answer.refusal == (403, refusal)
    assert widget(url, pavel)["fixed_sites"] == [SITE, "https://*.example.org"]
    added = change(url, olga, sites=["HTTPS://New.example.com/", SITE]).value
    assert (added["sites"], added["by"]["nickname"]) == (["https://new.example.com"], "Olga")

    def counts(url: str) -> bool:
        """Whether it does for each of some connections, which the workers share."""
        header = "content-security-policy"
        framed = (ask(url, "/widget").headers[header].endswith(" https://new.example.com") for _ in range(8))
        return all(framed) and all(seen(url, "https://new.example.com").status == 200 for _ in range(8))

    wait_until(lambda: counts(url), "the new site")
    stale = {"version": added["version"] - 1, "sites": []}
    assert ask(url, "/v1/widget", stale, method="PUT", Authorization=olga).refusal == (409, "changed_meanwhile")
    for wrong, refusal in (
        (["evil.example"], "bad_site_address"),
        ([f"https://a{n}.x" for n in range(99)], "too_many_sites"),
    ):
        assert change(url, olga, sites=wrong).code == refusal
    assert change(url, olga, sites=[]).value["sites"] == []
    wait_until(lambda: seen(url, "https://new.example.com").status == 403, "the site to be gone")


def test_where_it_is_seen_and_who_is_refused_is_told_by_any_worker(url: str, olga: str) -> None:
    def told() -> Any:
        found = widget(url, olga)
        return set(found["seen"]), [one["site"] for one in found["refused"]]

    seen(url, UNDER)
    for origin in ("https://one.example", "null", "https://Odd.example", "x" * 500):
        seen(url, origin)
    framed = {"Sec_Fetch_Dest": "iframe", "Cookie": ""}
    ask(url, "/widget", Referer="https://two.example/tea?secret=1", **framed)
    ask(url, "/widget", Referer="https://b.example.org/", **framed)
    ask(url, "/widget", Referer=f"{url}/admin", **framed)
    ask(url, "/widget", Referer="https://three.example/")  # opened by a link: that is no frame

    def all_of_it() -> Any:
        found = told()
        wanted = found[0] >= {UNDER, "https://b.example.org"}
        return wanted and {"https://one.example", "https://two.example"} <= set(found[1]) and found

    found = wait_until(all_of_it, "what was seen, by either worker")
    assert not {"null", "https://Odd.example", "https://three.example", url} & {*found[0], *found[1]}
    change(url, olga, sites=["https://two.example"])
    wait_until(lambda: all("https://two.example" not in told()[1] for _ in range(8)), "both workers to know")


def test_what_a_chat_begins_with_reaches_pages(url: str, olga: str, visitor: str) -> None:
    choice = {"required": True, "label": {"en": "Topic"}, "options": {"en": ["Order", "Else"]}}
    wanted = {"quick": {"en": ["Where is my order?"]}, "form": {"email": "optional", "choice": choice}}

    async def told() -> Any:
        party = Party(url, visitor, "tab")
        await party.connect()
        assert (await asyncio.to_thread(change, url, olga, **wanted)).status == 200
        await party.until(lambda: any(chat["quick"] for chat in chats(party)), "the change, behind any other")
        await party.close()
        return next(chat for chat in chats(party) if chat["quick"])

    def chats(party: Party) -> list[Any]:
        return [frame["chat"] for frame in party.frames if frame["type"] == "shop"]

    chat = asyncio.run(told())
    assert chat == {
        "quick": ["Where is my order?"],
        "form": {
            "name": "optional",
            "email": "optional",
            "choice": {"required": True, "label": "Topic", "options": ["Order", "Else"]},
            "consent": "",
        },
    }
    wait_until(lambda: ask(url, "/v1/desk?lang=zh").value["chat"] == chat, "the desk")
    for wrong in ({"form": {"name": "maybe"}}, {"look": {"side": "top"}}, {"quick": {"xx": ["a"]}}, {"beacons": "no"}):
        answer = change(url, olga, **wrong)
        assert answer.refusal == (400, "bad_request")
        assert [answer.json["field"]] == list(wrong)


# -- too much ----------------------------------------------------------------------------------------------------------


def test_one_address_that_tells_without_end_is_slowed_and_its_page_reads_that(start_chatadmin: Any) -> None:
    shop = start_chatadmin(config={"sites": [SITE]})
    link = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=PATIENCE)
    for _ in range(1000):
        link.request("POST", "/v1/widget/seen", json.dumps(PAGE), {"Origin": SITE})
        found = link.getresponse()
        said = found.read()
        if found.status != 200:
            break
    link.close()
    assert (found.status, json.loads(said)["code"]) == (429, "slow_down")
    assert found.headers["Access-Control-Allow-Origin"] == SITE
    assert int(found.headers["Retry-After"]) >= 1
    assert ask(shop.url, "/v1/desk").status == 200
