"""`chatadmin watch`: the dashboard in a terminal, through restarts."""

import json
from collections.abc import Callable
from pathlib import Path

from app.terminal.api import Server
from app.terminal.chat import _line
from app.terminal.watch import describe
from tests.cli.program import run
from tests.cli.terminals import Terminal, hire
from tests.running import Chatadmin, wait_until


def test_the_shop_is_followed_in_words(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token, at = hire(chatadmin), ("--url", chatadmin.url)
    watch = terminal("watch", *at, token=token)
    watch.sees("^0 visitors$")
    lily = terminal("chat", *at, "--as", "Lily")
    watch.sees("^here     Lily$")
    lily.type("Is it there?")
    watch.sees(r"^waiting  Lily: Is it there\?$")
    anna = terminal("chat", *at, "Lily", token=token)
    watch.sees(r"^held     Lily with Anna, unanswered since \d\d:\d\d: Is it there\?$")  # a claim answers nobody
    watch.sees("^agent    Anna is online$")
    anna.type("Here it is.")
    watch.sees(r"^held     Lily with Anna: Here it is\.$")
    assert anna.leave() == 0
    assert lily.leave() == 0
    watch.sees(r"^waiting  Lily \(left\): Here it is\.$")
    assert watch.interrupt() == 0
    assert "Traceback" not in watch.process.output


def test_two_alike_are_told_apart_and_a_customer_called_as_an_agent_is_marked(
    chatadmin: Chatadmin, terminal: Callable[..., Terminal]
) -> None:
    token, at = hire(chatadmin), ("--url", chatadmin.url)
    watch = terminal("watch", *at, token=token)
    watch.sees("^0 visitors$")
    for name, shown in (("Lily", "Lily"), ("lily", r"lily \d+"), ("Аnna", r"Аnna \(customer\)"), ("王", "王")):
        terminal("chat", *at, "--as", name)
        watch.sees(f"^here     {shown}$")
    customer = terminal("chat", *at, "--as", "Anna")
    watch.sees(r"^here     Anna \(customer\)$")
    (nickname,) = [
        user["nickname"] for user in Server(chatadmin.url, token).call("/v1/users")["value"] if user["name"] == "Anna"
    ]
    anna = terminal("chat", *at, nickname, token=token)
    customer.sees("-- Anna joined the chat$")
    customer.type("Is that you?")
    anna.sees(r"^\d\d:\d\d Anna \(customer\): Is that you\?$")
    anna.type("It is.")
    customer.sees(r"^\d\d:\d\d Anna: It is\.$")


def test_a_server_of_before_people_had_names_is_followed_too() -> None:
    lily = {"uid": "v", "nickname": "Lily", "role": "visitor"}
    assert describe("visitor", {**lily, "status": "here", "online": True, "last": None}, {}) == "here     Lily"
    said = {"type": "message", "user": lily, "content": "Hello", "msg_time": "2026-11-28T12:00:00+00:00"}
    for visitor in (lily, {**lily, "uid": "w"}):
        assert _line(said, "a", visitor).endswith(" Lily: Hello")


def test_events_are_json_lines_and_the_stream_is_kept_through_a_restart(
    start_chatadmin: Callable[..., Chatadmin], terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    first = start_chatadmin(data_dir=tmp_path / "data")
    watch = terminal("watch", "--url", first.url, "--json", token=hire(first))
    watch.sees('"event":"snapshot"')
    assert first.stop() == 0
    watch.sees("chatadmin: the connection is lost; trying again")
    second = start_chatadmin(server=f"127.0.0.1:{first.port}", data_dir=tmp_path / "data")
    wait_until(lambda: sum(frame["event"] == "snapshot" for frame in watch.frames) == 2, "a new snapshot")
    assert Server(second.url).call("/login", {"nickname": "Lily"})["value"]["nickname"] == "Lily"
    lily = terminal("chat", "--url", second.url, "--as", "小雨")
    watch.sees('"nickname":"小雨"')
    assert lily.leave() == 0
    assert {frame["event"] for frame in watch.frames} <= {"snapshot", "visitor", "conversation", "agent"}


def test_the_end_of_the_session_ends_it(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token = hire(chatadmin)
    watch = terminal("watch", "--url", chatadmin.url, "--json", token=token)
    watch.sees('"event":"snapshot"')
    Server(chatadmin.url, token).call("/logout", {})
    assert watch.process.wait() == 1
    assert watch.process.lines[-1] == "chatadmin: the session has ended; log in again"


def test_a_visitor_may_not_watch(chatadmin: Chatadmin, tmp_path: Path) -> None:
    told = run("watch", "--url", chatadmin.url, "--as", "Lily", home=tmp_path)
    assert (told.status, told.out, told.complaint) == (1, "", "You may not do this.")
    assert Server(chatadmin.url).call("/login", {"nickname": "Lily"})["value"]["nickname"] == "Lily"


def test_hostile_names_are_harmless_in_both_forms(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token = hire(chatadmin)
    evil = Server(chatadmin.url).exchange("/login", {"nickname": "a\u2060bx"})[1]["Token"]
    guest = terminal("chat", "--url", chatadmin.url, "--json", token=evil)
    guest.sees('"type":"joined"')
    watch = terminal("watch", "--url", chatadmin.url, token=token)
    watch.sees("^here     a\N{REPLACEMENT CHARACTER}bx$")
    lines = terminal("watch", "--url", chatadmin.url, "--json", token=token)
    lines.sees(r'"nickname":"a\\u2060bx"')
    assert all(line.isprintable() for line in lines.process.lines)
    assert json.loads(lines.process.lines[0])["data"]["visitors"][0]["nickname"] == "a\u2060bx"
