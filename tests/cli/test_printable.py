"""What others wrote is shown, and never obeyed, by a terminal."""

import json
from typing import Any

import pytest

from app.terminal.api import json_line, printable
from app.terminal.watch import describe, parse

HARMFUL = ["\x1b[2J", "\x9b31m", "\x07", "\r", "\x00", "\x7f", "\u202e", "\u2028", "\ud800", "\U000e0041"]


@pytest.mark.parametrize("text", HARMFUL)
def test_what_a_terminal_obeys_is_neutralised(text: str) -> None:
    assert printable(f"a{text}b").startswith("a\N{REPLACEMENT CHARACTER}")
    line = json_line({"content": text})
    assert line.isprintable()
    assert json.loads(line) == {"content": text}


@pytest.mark.parametrize("text", ["你好，世界", "café", "👩‍💻 ok", "全角　空格", "a\N{NO-BREAK SPACE}b", "سلام"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert printable(text) == text
    assert text in json_line(text)


def test_an_event_stream_is_taken_apart() -> None:
    lines = b": hello\r\n\r\nid: b-1\nevent: visitor\ndata: {\ndata: }\n\ndata:x\n\nevent: none\n\n"
    assert list(parse(lines.splitlines(keepends=True))) == [("b-1", "visitor", "{\n}"), ("b-1", "message", "x")]


def test_of_two_who_are_called_alike_one_has_a_number() -> None:
    people: dict[str, Any] = {}
    name, rest = "Maximilian Alexander", {"status": "here", "admin": "", "online": True, "last": None}
    first = {"uid": "v1", "nickname": "Maximilian Ale", "name": name, **rest}
    second = {"uid": "v2", "nickname": "Maximilian Ale 57", "name": name.upper(), "namesake": True, **rest}
    assert describe("visitor", second, people) == f"here     {name.upper()} (customer)"
    told = describe("snapshot", {"visitors": [first, second], "agents": []}, people).splitlines()
    assert told[1:] == [f"here     {name}", f"here     {name.upper()} 57 (customer)"]


def test_the_dashboard_is_told_in_words() -> None:
    names: dict[str, str] = {}
    lily = {
        "uid": "v1",
        "nickname": "Li\x1bly",
        "name": "Li\x1bly",
        "status": "waiting",
        "admin": "",
        "online": True,
        "last": None,
    }
    told = describe("snapshot", {"visitors": [lily], "agents": []}, names)
    assert told == "1 visitor\nwaiting  Li\N{REPLACEMENT CHARACTER}ly"
    change = {"uid": "v1", "status": "held", "admin": "Anna", "last": {"content": "Hi\nthere"}}
    assert describe("conversation", change, names) == "held     Li\N{REPLACEMENT CHARACTER}ly with Anna: Hi there"
    assert describe("visitor", {**lily, "online": False}, names).endswith("(left)")
    assert describe("agent", {"nickname": "Anna", "online": True}, names) == "agent    Anna is online"
    assert describe("visitor", {"uid": "v1", "gone": True}, names) == "gone     Li\N{REPLACEMENT CHARACTER}ly"
    assert describe("news", {"uid": "v2", "status": "held"}, names) == ""
    assert describe("browsing", {"id": "page", "gone": True}, names) == ""
