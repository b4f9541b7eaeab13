"""A conversation taken along: to whom, what is in it, and what happens to one that cannot be finished."""

import asyncio
import http.client
import json
import os
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode, urlsplit

import pytest

from app import words
from app.chat import protocol
from app.chat.conversation import Entry, Reader
from app.chat.visible import PRIVATE_KINDS
from app.live.transcript import Transcript
from app.store.people import Visitor
from app.web.attachment import disposition
from app.web.transcript_page import TEMPLATE, Page
from tests.catalogue import load
from tests.clients import api
from tests.clients.api import PASSWORD, Answer, ask, log_in
from tests.clients.party import Party
from tests.clients.sockets import RawSocket
from tests.running import ROOT, Chatadmin, Valkey, command
from tests.test_zones import UNKNOWN_ZONES
from tests.web.conftest import Act, Connect

HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)> &amp; {{ 7*7 }} \u202edlrow \u2066 'quoted\" \x01"
NAME = "<b>\u200d\"'%&;/.."


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"shop_name": "Tea & <Kettle>", "limits": {"logins_per_minute": 0, "messages_per_second": 0}}


class Saved(HTMLParser):
    """A saved page, taken apart: the elements and attributes it is made of, and its texts by class."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(named)
        if tag not in ("meta",):
            self.open.append(named.get("class") or tag)
            self.texts.setdefault(self.open[-1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for name in set(self.open):
            self.texts[name][-1] += data


def take(url: str, token: str, query: str = "", **headers: str) -> Answer:
    return ask(url, f"/v1/transcript?{query}", Authorization=token, **headers)


def page_of(url: str, token: str, query: str = "") -> Saved:
    return Saved(take(url, token, query).body.decode())


def say(page: RawSocket, *contents: str) -> None:
    for n, content in enumerate(contents, 1):
        page.tell(type="send", id=f"tab.{n}", content=content)
        page.hear(type="ack")


def plant(url: str, token: str, count: int, content: str = "number") -> None:
    """A visitor who writes that many messages."""

    async def write() -> None:
        party = Party(url, token, "planter")
        await party.connect()
        for n in range(1, count + 1):
            party.say(n, f"{content} {n}")
        await party.until(lambda: len(party.acked) == count, "all acknowledged", 120)
        await party.close()

    asyncio.run(write())


# -- who and what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "type"), [("html", "text/html; charset=utf-8"), ("json", "application/json")])
def test_it_is_a_file_to_keep(
    url: str, uid: str, name: str, page: RawSocket, visitor: str, olga: str, kind: str, type: str
) -> None:
    say(page, "hello")
    for token, query in ((visitor, ""), (visitor, f"client={uid}&"), (olga, f"client={uid}&")):
        answer = take(url, token, f"{query}format={kind}")
        assert (answer.status, answer.headers["content-type"]) == (200, type)
        day = re.search(r"\d{4}-\d{2}-\d{2}", answer.headers["content-disposition"])
        assert day
        file = f"chat-{name.replace(' ', '-')}-{day[0]}.{kind}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert b"hello" in answer.body
    head = ask(url, f"/v1/transcript?format={kind}", method="HEAD", Authorization=visitor)
    assert (head.status, head.body) == (200, b"")


def test_a_visitor_takes_nobody_elses(url: str, uid: str, name: str, visitor: str, olga: str) -> None:
    other = log_in(url, f"{name} b")
    for client_ in (uid, quote(name), "Nobody", "%00"):  # whatever they name, it is their own
        assert f"<bdi>{name} b</bdi>" in take(url, other, f"client={client_}").body.decode(), client_
    assert ask(url, f"/v1/transcript?client={uid}").refusal == (401, "no_session")
    for client_ in ("", "Nobody", "%00"):
        assert take(url, olga, f"client={client_}").refusal == (404, "unknown_client"), client_
    for kind in ("pdf", "", "HTML", "%00"):
        assert take(url, visitor, f"format={kind}").refusal == (400, "bad_request"), kind
    assert ask(url, "/v1/transcript", {}, Authorization=visitor).refusal == (405, "method_not_allowed")


def test_its_entries_are_the_history(url: str, uid: str, act: Act, visitor: str, olga: str) -> None:
    plant(url, visitor, 1_050)
    act(olga, "claim")
    for token in (visitor, olga):
        found = take(url, token, f"format=json&client={uid}").json
        assert found["entries"] == api.history(url, token, uid)
        assert sum(entry["type"] == "message" for entry in found["entries"]) == 1_050
    assert list(found) == ["format", "shop", "visitor", "exported_at", "entries", "complete"]
    assert (found["format"], found["complete"], found["shop"]) == ("chatadmin.transcript.v1", True, "Tea & <Kettle>")
    assert found["visitor"]["uid"] == uid
    saved = page_of(url, visitor)
    assert saved.texts["text"] == [f"number {n}" for n in range(1, 1_051)]
    assert "1050" in saved.texts["footer"][0]


def test_an_empty_one_says_so(url: str, visitor: str, uid: str) -> None:
    assert "Nothing has been written yet." in page_of(url, visitor).texts["main"][0]
    assert [entry["kind"] for entry in take(url, visitor, "format=json").json["entries"]] == ["entered"]


def test_what_is_private_stays_in_the_shop(
    url: str, act: Act, uid: str, page: RawSocket, connect: Connect, visitor: str, olga: str, pavel: str
) -> None:
    say(page, "good day")
    desk = connect(olga)
    desk.tell(type="join", conversation=uid)
    desk.hear(type="joined")
    desk.tell(type="send", id="n.1", content="SECRET note", conversation=uid, note=True)
    desk.hear(type="ack")
    act(olga, "tags", tag="SECRET tag")
    act(olga, "tags", tag="SECRET tag", on=False)
    act(olga, "claim")
    act(olga, "transfer", to="Pavel", note="SECRET wish")
    act(olga, "claim", take_over=True)
    until = datetime.now(timezone(timedelta(hours=1))) + timedelta(days=30)
    act(olga, "snooze", until=until.isoformat())
    act(olga, "block")
    act(olga, "block", on=False)
    act(olga, "resolve")
    for kind in ("html", "json"):
        text = take(url, visitor, f"format={kind}").body.decode().rpartition("</style>")[2]
        assert "good day" in text
        for word in ("SECRET", "snooze", "block", "Private"):
            assert word.lower() not in text.lower(), (kind, word)
    assert page_of(url, visitor).texts["text"] == ["good day"]
    saved = page_of(url, olga, f"client={uid}&offset=60")
    assert saved.texts["text"] == ["good day", "SECRET note", "SECRET wish"]
    assert saved.texts["said own note leads"][0].split()[:3] == ["Olga", "Private", "note"]
    events = [re.sub(r" \d\d:\d\d(SECRET wish)?$", "", " ".join(text.split())) for text in saved.texts["event"]]
    assert events[1:] == [
        "Olga added the tag SECRET tag",
        "Olga removed the tag SECRET tag",
        "Olga joined",
        "Olga handed over to Pavel",
        "Pavel joined",
        "Olga took the conversation over from Pavel",
        "Olga joined",
        f"Olga snoozed the conversation until {until:%A}, {until.day} {until:%B %Y}, {until:%H:%M}",
        "Olga blocked the visitor",
        "Olga unblocked the visitor",
    ]
    assert "For the team only" in saved.texts["private"][0]


# -- hostile words --------------------------------------------------------------------------------------------------


def test_what_leads_somewhere_is_a_link(url: str, page: RawSocket, visitor: str) -> None:
    say(page, "a<b https://shop.example/?a=1&b=<2> or anna@shop.example, +49 30 1234567", "https://a.example@b.example")
    saved = take(url, visitor).body.decode()
    assert re.findall(r'<a href="([^"]*)" target="_blank" rel="noopener noreferrer" dir="ltr">([^<]*)</a>', saved) == [
        ("https://shop.example/?a=1&amp;b=", "https://shop.example/?a=1&amp;b="),
        ("mailto:anna@shop.example", "anna@shop.example"),
        ("tel:+49301234567", "+49 30 1234567"),
    ]
    assert saved.count("<a ") == 3
    assert "a&lt;b " in saved
    assert "&lt;2&gt; or " in saved


def test_long_ones_leave_others_their_turn() -> None:
    """Looking for links takes its time, and whatever was said is read from the store in pieces of many."""
    user, content = protocol.user("v", "Zo\u00eb", "visitor", 0), "(1)" * 1000
    entry = Entry("v", 1, 1, "message", "v", "v", "t.1", 0, protocol.message_body(protocol.encode(user), content), None)

    async def entries() -> AsyncIterator[Entry]:
        for _ in range(5):
            yield entry

    async def turns() -> int:
        taken = 0

        async def others() -> None:
            nonlocal taken
            while True:
                await asyncio.sleep(0)
                taken += 1

        task = asyncio.create_task(others())
        said = SimpleNamespace(visitor=Visitor("v", "Zo\u00eb", 0), reader=Reader("agent"), entries=entries)
        async for _ in Page(cast(Transcript, said), "", "en", UTC, "UTC", 0, namesake=False).lines():
            pass
        task.cancel()
        return taken

    assert asyncio.run(turns()) >= 4


def test_a_file_is_named_with_what_was_said(url: str, page: RawSocket, visitor: str, olga: str, uid: str) -> None:
    """By a name that is text; what is in it stays with the shop."""
    for n, (content, size) in enumerate((("", 9), ("The bill", 1_500_000)), 1):
        path = f"/v1/files?name={quote('<b>bill.pdf')}"
        answer = ask(url, path, b"%PDF-1.7".ljust(size), method="POST", Authorization=visitor)
        page.tell(type="send", id=f"tab.{n}", content=content, file=answer.json["value"]["id"])
        page.hear(type="ack")
    for token, query in ((visitor, ""), (olga, f"client={uid}")):
        saved = page_of(url, token, query)
        assert saved.texts["file"] == ["File: <b>bill.pdf (1 kB)", "File: <b>bill.pdf (1.4 MB)"]
        assert saved.texts["text"] == ["The bill"]
        assert saved.texts["footer"][0].strip() == "End of the chat. Messages: 2"
    for language, said in (("zh", "文件：<b>bill.pdf（1.4 MB）"), ("fr", "Fichier\u00a0: <b>bill.pdf (1,4 Mo)")):
        assert page_of(url, visitor, f"lang={language}").texts["file"][1] == said


def test_what_people_write_is_text(url: str, connect: Connect, olga: str, name: str) -> None:
    token = log_in(url, NAME + name[-3:])
    plant(url, token, 2, HOSTILE + "\r\nnew line")
    me = ask(url, "/v1/me", Authorization=token).value
    for who, query in ((token, ""), (olga, f"client={me['uid']}")):
        answer = take(url, who, query)
        saved = Saved(answer.body.decode())
        assert saved.tags == {
            *("html", "head", "meta", "title", "style", "body", "header", "h1", "p", "main", "h2", "div", "bdi"),
            *("time", "footer"),
        }
        assert not {found for found in saved.attributes if found.startswith("on") or found in ("src", "href", "style")}
        assert saved.texts["text"] == [f"{HOSTILE}\r\nnew line {n}" for n in (1, 2)]
        other = me["nickname"] if query else "Tea & <Kettle>"
        assert saved.texts["title"] == [f"Chat with \u2068{other}\u2069"]
        assert saved.texts["h1"] == [f"Chat with {other}"]
        assert saved.texts["who"][0].startswith(me["nickname"])
        named = answer.headers["content-disposition"]
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9.-]+"(; filename\*=UTF-8\'\'[A-Za-z0-9.%_-]+)?', named)
        assert json.loads(take(url, who, query + "&format=json").body)["complete"] is True


def test_a_customer_who_is_called_as_an_agent_is_marked(url: str, olga: str) -> None:
    token = ask(url, "/login", {"name": "Оlga"}).headers["token"]
    me = ask(url, "/v1/me", Authorization=token).value
    plant(url, token, 1, "good day")
    for who, query in ((token, ""), (olga, f"client={me['uid']}")):
        saved = Saved(take(url, who, query).body.decode())
        assert saved.texts["who"][0].startswith("Оlga (customer)")
        if query:
            assert saved.texts["h1"] == ["Chat with Оlga (customer)"]
    written = json.loads(take(url, olga, f"client={me['uid']}&format=json").body)
    assert (written["visitor"]["name"], written["visitor"]["nickname"]) == ("Оlga", me["nickname"])


@pytest.mark.parametrize(
    ("nickname", "plain", "whole"),
    [
        ("Maria", "chat-Maria-1.html", ""),
        ("Ann Lee", "chat-Ann-Lee-1.html", ""),
        ("小明", "chat-1.html", "chat-小明-1.html"),
        ("Zoë", "chat-Zo-1.html", "chat-Zoë-1.html"),
        ("../../etc", "chat-etc-1.html", ""),
        ('a"; x="\r\nSet-Cookie: b', "chat-a-x-Set-Cookie-b-1.html", ""),
        ("\u202egpj.exe", "chat-gpj-exe-1.html", ""),
        ("...", "chat-1.html", ""),
        ("فاطمة", "chat-1.html", "chat-فاطمة-1.html"),
    ],
)
def test_a_file_s_name_is_safe(nickname: str, plain: str, whole: str) -> None:
    found = disposition("chat", nickname, "1.html")
    quoted, _, extended = found.partition("; filename*=UTF-8''")
    assert quoted == f'attachment; filename="{plain}"'
    assert unquote(extended) == whole
    assert found.isascii()


def test_a_visitor_reads_who_came_and_who_left_and_no_reasons(
    url: str, uid: str, act: Act, visitor: str, olga: str, pavel: str
) -> None:
    for token, action, more in (
        *((olga, "claim", {}), (olga, "transfer", {"to": "Pavel", "note": "likes tea"})),
        *((pavel, "release", {}), (olga, "claim", {}), (olga, "block", {})),
    ):
        assert act(token, action, **more).status == 200, action
    lines = page_of(url, visitor).texts["event"]
    told = ["Olga joined", "Olga handed over to Pavel", "Pavel left", "Olga joined", "Olga left"]
    assert [line.rpartition(" ")[0] for line in lines] == told  # behind it the clock


# -- the reader's time and language ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "UTC"),
        ("tz=Asia/Kolkata", "Asia/Kolkata"),
        ("tz=America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("tz=Asia/Calcutta", "Asia/Calcutta"),
        ("tz=us/pacific", "US/Pacific"),
        ("tz=-210", "UTC-03:30"),
        ("offset=%2B60", "UTC+01:00"),
        ("offset=60", "UTC+01:00"),
    ],
)
def test_it_says_whose_clock_it_goes_by(url: str, visitor: str, uid: str, query: str, said: str) -> None:
    header = page_of(url, visitor, query).texts["header"][0]
    assert f"Time zone: {said}" in " ".join(header.split()) + " "


@pytest.mark.parametrize("zone", UNKNOWN_ZONES)
def test_a_zone_that_is_not_known_is_no_other(url: str, visitor: str, zone: str) -> None:
    for query in (urlencode({"tz": zone}), urlencode({"tz": zone, "offset": "60"})):
        assert take(url, visitor, query).refusal == (400, "bad_zone")
    assert take(url, visitor, "offset=1440").refusal == (400, "bad_zone")


def test_days_and_clocks_are_the_reader_s(url: str, uid: str, page: RawSocket, visitor: str) -> None:
    say(page, "now")
    stamp = api.history(url, visitor)[-1]["msg_time"]
    clocks = {
        query: (saved.texts["h2"][0], re.findall(r"\d\d:\d\d", saved.texts["who"][0])[0])
        for query in ("tz=Pacific/Kiritimati", "offset=-600")  # a day apart to the minute
        for saved in [page_of(url, visitor, query)]
    }
    (east, clock), (west, same) = clocks.values()
    assert clock == same
    assert east != west
    assert clock[-2:] == stamp[14:16]
    assert re.fullmatch(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{1,2} [A-Z][a-z]+ \d{4}", east)


def test_it_speaks_chinese(url: str, uid: str, act: Act, page: RawSocket, visitor: str, olga: str) -> None:
    say(page, "你好")
    act(olga, "tags", tag="退货")
    for query, headers in (("lang=zh-CN&", {}), ("", {"Accept_Language": "zh"})):
        answer = take(url, olga, f"{query}client={uid}&tz=Asia/Shanghai", **headers)
        text = answer.body.decode()
        saved = Saved(text)
        assert '<html lang="zh-CN" dir="ltr">' in text
        assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日 星期[一二三四五六日]", saved.texts["h2"][0])
        assert "添加了标签 退货" in saved.texts["event"][1]
        assert "共 1 条消息" in saved.texts["footer"][0]


def test_a_customer_s_is_in_their_language_and_the_team_s_in_a_complete_one(
    url: str, uid: str, act: Act, page: RawSocket, visitor: str, olga: str
) -> None:
    for action in ("claim", "resolve"):
        act(olga, action)
    say(page, "42")
    for language in words.languages():
        about = words.section("language", language)
        text = take(url, visitor, f"lang={about['tag']}").body.decode()
        assert f'<html lang="{about["tag"]}" dir="{about["dir"]}">' in text
        told = [words.say("shared", "event.claimed", language, name="Olga")]
        told += [words.say("transcript", "resolved", language, name="Olga")]
        saved = Saved(text)
        assert [event.rsplit(" ", 1)[0] for event in saved.texts["event"]] == told
        assert saved.texts["footer"][0].strip() == words.say("transcript", "end", language, count=1)
        for_team = take(url, olga, f"lang={about['tag']}&client={uid}").body.decode()
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in for_team


def test_every_event_has_its_words_and_every_word_its_use() -> None:
    places = ("app/web/transcript_page.py", "app/words.py", f"templates/{TEMPLATE}")
    code = "".join((ROOT / place).read_text("utf-8") for place in places)
    for language, catalogue in load(ROOT / "static" / "messages").items():
        own = {**catalogue["transcript"], **catalogue.get("team_transcript", {})}
        known = {*catalogue["shared"], *catalogue.get("console", {})}
        kinds = {"left", "claimed", "transferred"}
        if language in words.languages(team=True):
            kinds |= {"entered", "released", "away", "taken_over", "resolved"}
            kinds |= {"untagged", "rated.good", "rated.bad", "rated.adds"} | PRIVATE_KINDS - {"note", "form", "rated"}
        assert {f"event.{kind}" for kind in kinds} <= known
        assert not [key for key in own if f'"{key}"' not in code]
        assert len(own["weekdays"].split()) == 7
        assert len(own["months"].split()) == 12


# -- long ones, and those that cannot be finished -------------------------------------------------------------------


class Download:
    """A reader of a file who stops reading after its beginning."""

    def __init__(self, url: str, token: str, query: str) -> None:
        self.link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.link.sock = raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        raw.settimeout(60)
        raw.connect((urlsplit(url).hostname, urlsplit(url).port))
        self.link.request("GET", f"/v1/transcript?{query}", headers={"Authorization": token})
        self.answer = self.link.getresponse()
        assert self.answer.status == 200
        self.start = self.answer.read(4096)

    def rest(self) -> bytes:
        return self.start + self.answer.read()


@pytest.fixture
def download(url: str) -> Iterator[Callable[..., Download]]:
    yield from _downloads(url)


def _downloads(url: str) -> Iterator[Callable[..., Download]]:
    opened: list[Download] = []

    def begin(token: str, query: str) -> Download:
        opened.append(Download(url, token, query))
        return opened[-1]

    yield begin
    for one in opened:
        one.answer.close()
        one.link.close()


def _memory(shop: Chatadmin) -> int:
    """Bytes that the serving processes hold, the store's not counted."""
    pids = [pid for pid in shop.pids() if "unixsocket" not in command(pid)]
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_long_one_costs_little_memory(
    shop: Chatadmin, visitor: str, download: Callable[..., Download], kind: str
) -> None:
    """Ten readers who stop reading: 14 MB each, were it held, of the longest messages there are."""
    plant(shop.url, visitor, 600, "茶" * 7_990)
    query = f"format={kind}"
    whole = take(shop.url, visitor, query).body
    assert len(whole) > 14_000_000
    before = _memory(shop)
    readers = [download(visitor, query) for _ in range(10)]
    grown = (_memory(shop) - before) / 1e6
    print(f"{kind}: {grown:.1f} MB for ten readers of {len(whole) / 1e6:.1f} MB")
    assert grown < 20
    assert len(readers[0].rest()) == len(whole)


class Fragile:
    """A product on a store that a test may freeze and change, with a visitor who has written a lot."""

    def __init__(self, store: Valkey, running: Chatadmin) -> None:
        self.store, self.running, self.url = store, running, running.url
        self.token = log_in(self.url, "Maria")
        self.uid = str(ask(self.url, "/v1/me", Authorization=self.token).value["uid"])
        plant(self.url, self.token, 1_500, "y" * 2_000)


@pytest.fixture
def fragile(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin], settings: dict[str, Any]
) -> Fragile:
    store = start_store("valkey", fsync=True)
    return Fragile(store, start_chatadmin(config={**settings, "redis": store.url}))


def test_one_that_cannot_be_finished_is_cut_off(fragile: Fragile) -> None:
    """The store is away for good; the history turns into another. Neither ends like a whole file."""
    for kind in ("json", "html"):
        for begin in _downloads(fragile.url):
            reader = begin(fragile.token, f"format={kind}")
            fragile.store.pause()
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                reader.rest()
            assert ask(fragile.url, "/v1/transcript", Authorization=fragile.token).refusal == (503, "store_unavailable")
            fragile.store.resume()
            fragile.running.process.wait_for("store is back")
    for begin in _downloads(fragile.url):
        reader = begin(fragile.token, "format=json")
        assert fragile.store.command("DEL", f"{{s00}}:c:{fragile.uid}:m") == ":1"
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            reader.rest()
    assert "a transcript was cut short" in fragile.running.output
    assert "Traceback" not in fragile.running.output


def test_a_beginning_that_is_not_kept_any_more_is_left_out(fragile: Fragile) -> None:
    assert fragile.store.command("XTRIM", f"{{s00}}:c:{fragile.uid}", "MAXLEN", 500).startswith(":")
    found = take(fragile.url, fragile.token, "format=json").json
    assert (len(found["entries"]), found["complete"]) == (500, True)
    seqs = [entry["seq"] for entry in found["entries"]]
    assert seqs == list(range(seqs[0], seqs[0] + 500))
    assert take(fragile.url, fragile.token).status == 200


def test_an_agent_without_a_name_for_the_shop(start_chatadmin: Callable[..., Chatadmin]) -> None:
    """`shop_name` is empty as the product comes."""
    running = start_chatadmin()
    ask(running.url, "/setup", {"secret": running.setup_secret, "name": "Olga", "password": PASSWORD})
    visitor = log_in(running.url, "Maria")
    assert page_of(running.url, visitor).texts["h1"] == ["Chat"]
