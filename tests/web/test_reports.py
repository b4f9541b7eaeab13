"""Reports over HTTP: who may see what, in whose time zone, and as a table that no spreadsheet is harmed by."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from app.chat.conversation import Entry
from tests.clients.api import PASSWORD, Answer, ask, log_in
from tests.running import Valkey
from tests.store.counting import count_up
from tests.test_zones import UNKNOWN_ZONES
from tests.web.node_server import NodeServer, node_server

MINUTE = 60_000
# 2026-03-02, 23:30 in Berlin and 22:30 by UTC: the next hour begins another day there.
LATE = 1_772_490_600_000
EVIL = "=cmd|' /C calc'!A0"


class Shop:
    """A running node whose counts and episodes come from two hand-made conversations."""

    def __init__(self, server: NodeServer) -> None:
        self.server, self.url = server, server.url
        people = server.node.store.people
        self.olga = server.do(people.add_agent, "Olga", PASSWORD, "admin").uid
        self.evil = server.do(people.add_agent, EVIL[:20], PASSWORD, "agent").uid
        server.do(server.node.team.load)
        self.tokens = {name: log_in(self.url, name, PASSWORD) for name in ("Olga", EVIL[:20])}
        self.maria = log_in(self.url, "Maria")
        self.uid = ask(self.url, "/v1/me", Authorization=self.maria).value["uid"]
        self.tell(
            (0, self.uid, "message"),
            (2, self.olga, "message"),
            (20, self.olga, "resolved"),
            (40, self.uid, "message"),  # after midnight in Berlin
            (45, self.evil, "message"),
            (46, self.evil, "message"),
            (47, self.uid, "invited"),
        )
        server.do(server.node.store.reports.shown, {"t": 4}, LATE)

    def tell(self, *steps: tuple[int, str, str]) -> None:
        entries = [
            Entry(self.uid, seq, 1, kind, who, who[0], f"e{seq}", LATE + at * MINUTE, b'{"trigger":"t"}', None)
            for seq, (at, who, kind) in enumerate(steps, 1)
        ]
        self.server.do(count_up, self.server.node.store.reports, self.uid, 1, entries)

    def report(self, query: str, name: str = "Olga", **headers: str) -> Answer:
        return ask(self.url, f"/v1/reports?{query}", Authorization=self.tokens[name], **headers)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    store = Valkey("valkey")
    try:
        with node_server(store.url) as server:
            yield Shop(server)
    finally:
        store.stop()


BERLIN = "from=2026-03-02&to=2026-03-03&tz=Europe/Berlin"


def test_an_administrator_sees_the_figures_of_all(shop: Shop) -> None:
    found = shop.report(BERLIN).value
    total = found["total"]
    assert (total["conversations"], total["from_visitors"], total["from_team"]) == (2, 2, 3)
    assert total["first"] == {"count": 2, "ms": 7 * MINUTE, "classes": [0, 1, 1, 0, 0]}
    assert total["resolved"] == {"count": 1, "ms": 20 * MINUTE, "classes": [0, 1, 0, 0, 0]}
    assert [(row["nickname"], row["from_team"], row["first"]["count"]) for row in found["agents"]] == [
        (EVIL[:20], 2, 1),
        ("Olga", 1, 1),
    ]
    assert [(row["at"], row["conversations"]) for row in found["hours"]] == [
        ("2026-03-02T23:00:00+01:00", 1),
        ("2026-03-03T00:00:00+01:00", 1),
    ]
    assert found["triggers"] == [{"id": "t", "shown": 4, "answered": 1}]
    assert found["now"] == {"waiting": 0, "waiting_since": None, "held": 0, "agents_online": 0}


def test_an_agent_sees_the_shop_s_totals_and_their_own_row(shop: Shop) -> None:
    found = shop.report(BERLIN, EVIL[:20]).value
    assert found["total"]["conversations"] == 2
    assert [row["uid"] for row in found["agents"]] == [shop.evil]
    other_days = shop.report("from=2026-01-01&to=2026-01-02", EVIL[:20]).value
    assert [(row["uid"], row["from_team"]) for row in other_days["agents"]] == [(shop.evil, 0)]
    sheet = shop.report(f"{BERLIN}&format=csv&table=agents", EVIL[:20]).body.decode("utf-8-sig")
    assert "Olga" not in sheet


def test_a_visitor_and_a_stranger_see_nothing(shop: Shop) -> None:
    for path in (f"/v1/reports?{BERLIN}", f"/v1/conversations/{shop.uid}/episodes"):
        assert ask(shop.url, path, Authorization=shop.maria).refusal == (403, "forbidden")
        assert ask(shop.url, path).refusal == (401, "no_session")


@pytest.mark.parametrize(
    ("query", "begun"),
    [
        ("from=2026-03-02&to=2026-03-02&tz=Europe/Berlin", 1),
        ("from=2026-03-02&to=2026-03-02&tz=60", 1),
        ("from=2026-03-02&to=2026-03-02&tz=%2B60", 1),
        ("from=2026-03-02&to=2026-03-02&offset=60", 1),
        ("from=2026-03-02&to=2026-03-02&tz=&offset=60", 1),
        ("from=2026-03-02&to=2026-03-02&tz=europe/BERLIN", 1),
        ("from=2026-03-02&to=2026-03-02&tz=UTC", 2),
        ("from=2026-03-02&to=2026-03-02&tz=-300", 2),
        ("from=2026-03-02&to=2026-03-02", 2),
        ("from=2026-03-03&to=2026-03-03&tz=Asia/Shanghai", 2),
        ("from=2026-01-01&to=2026-04-02", 2),
    ],
)
def test_a_day_is_the_reader_s(shop: Shop, query: str, begun: int) -> None:
    assert shop.report(query).value["total"]["conversations"] == begun


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "bad_request"),
        ("from=2026-03-02", "bad_request"),
        ("from=2026-03-02&to=yesterday", "bad_request"),
        ("from=0001-01-01&to=0001-01-02", "bad_request"),
        ("from=9999-12-31&to=9999-12-31&tz=-600", "bad_request"),
        ("from=2026-03-02&to=2026-03-01", "bad_span"),
        ("from=2026-01-01&to=2026-04-03", "bad_span"),
        ("from=2026-03-02&to=2026-03-02&format=csv&table=secrets", "bad_request"),
    ],
)
def test_what_makes_no_sense_is_refused(shop: Shop, query: str, code: str) -> None:
    assert shop.report(query).refusal == (400, code)


@pytest.mark.parametrize("zone", UNKNOWN_ZONES)
def test_a_zone_that_is_not_known_is_no_other(shop: Shop, zone: str) -> None:
    for query in (urlencode({"tz": zone}), urlencode({"tz": zone, "offset": "60"})):
        assert shop.report(f"from=2026-03-02&to=2026-03-02&{query}").refusal == (400, "bad_zone")


def sheet(answer: Answer) -> list[list[str]]:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.body.startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    assert answer.body.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def test_the_table_for_spreadsheets_says_the_same(shop: Shop) -> None:
    days = shop.report(f"{BERLIN}&format=csv")
    assert days.headers["content-disposition"] == 'attachment; filename="days-2026-03-02-2026-03-03.csv"'
    header, *rows = sheet(days)
    assert header[:4] == ["Date", "Conversations", "Messages from visitors", "Messages from the team"]
    assert rows == [
        ["2026-03-02", "1", "1", "1", "1", "120", "1", "1200", "0", "0"],
        ["2026-03-03", "1", "1", "2", "1", "300", "0", "", "0", "0"],
    ]
    _, *rows = sheet(shop.report(f"{BERLIN}&format=csv&table=hours"))
    assert [row[:3] for row in rows] == [["2026-03-02", "23:00", "1"], ["2026-03-03", "00:00", "1"]]


def test_a_name_is_shown_and_not_calculated(shop: Shop) -> None:
    _, *rows = sheet(shop.report(f"{BERLIN}&format=csv&table=agents"))
    assert [row[0] for row in rows] == ["'" + EVIL[:20], "Olga"]


def test_the_header_speaks_the_reader_s_language(shop: Shop) -> None:
    header, *_ = sheet(shop.report(f"{BERLIN}&format=csv&table=agents", Accept_Language="zh-CN"))
    assert header[0] == "客服"
    english, chinese = (
        sheet(shop.report(f"{BERLIN}&format=csv&table=hours&lang={language}"))[0] for language in ("en", "zh")
    )
    assert len(english) == len(chinese) == 11
    assert not set(english) & set(chinese)


def test_earlier_conversations_of_a_visitor(shop: Shop) -> None:
    def episodes(client: str) -> Any:
        return ask(shop.url, f"/v1/conversations/{client}/episodes", Authorization=shop.tokens["Olga"])

    (found,) = episodes(shop.uid).value
    assert found == {
        "first": 1,
        "last": 3,
        "begun": "2026-03-02T22:30:00.000+00:00",
        "ended": "2026-03-02T22:50:00.000+00:00",
        "by": {"uid": shop.olga, "nickname": "Olga"},
        "messages": 2,
        "rating": None,
    }
    assert episodes("Maria").value == [found]
    assert episodes("v" + "a" * 25).refusal == (404, "unknown_client")
