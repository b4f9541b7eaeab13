"""`chatadmin chat`: two people talk in two terminals, through whatever happens to the server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.terminal.api import Server, TerminalError
from tests.cli.program import run
from tests.cli.terminals import Terminal, hire
from tests.running import Chatadmin, wait_until


def conversation(served: Chatadmin, token: str, client: str = "Lily") -> dict[str, Any]:
    return Server(served.url, token).call(f"/v1/msgs?client={client}&frames=1")


def test_two_people_talk(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token, at = hire(chatadmin), ("--url", chatadmin.url)
    lily = terminal("chat", *at, "--as", "Lily")
    lily.type("Is the jacket\tthere?")
    wait_until(lambda: "jacket" in json.dumps(_users(chatadmin, token)), "Lily's question")
    anna = terminal("chat", *at, "Lily", token=token)
    anna.sees(r"^\d\d:\d\d Lily: Is the jacket there\?$")
    lily.sees(r"-- Anna joined the chat$")
    anna.type("Yes 你好")
    lily.sees(r"^\d\d:\d\d Anna: Yes 你好$")
    lily.type("\x1b[31mred")
    anna.sees("Lily: \N{REPLACEMENT CHARACTER}\\[31mred$")
    assert conversation(chatadmin, token)["holder"]["nickname"] == "Anna"

    assert anna.leave() == 0
    lily.sees("-- Anna gave the conversation back")
    assert conversation(chatadmin, token)["holder"] is None
    assert lily.leave() == 0
    assert "\x1b" not in anna.process.output + lily.process.output


def test_what_a_visitor_entered_is_told_as_theirs_to_say(
    chatadmin: Chatadmin, terminal: Callable[..., Terminal]
) -> None:
    token = hire(chatadmin)
    visitor = Server(chatadmin.url).call("/login/widget", {"email": "lin@example.com"})["value"]
    anna = terminal("chat", "--url", chatadmin.url, visitor["uid"], token=token)
    anna.sees("-- Visitor [1-9][0-9]{4} entered, unverified: email: lin@example.com$")
    Server(chatadmin.url, visitor["token"]).call("/login/widget", {"name": "Lin"})
    anna.sees("-- Lin entered, unverified: name: Lin$")
    assert anna.leave() == 0


def _users(served: Chatadmin, token: str) -> list[dict[str, Any]]:
    return list(Server(served.url, token).call("/v1/users")["value"])


def test_frames_go_both_ways_one_a_line(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token, at = hire(chatadmin), ("--url", chatadmin.url, "--json")
    lily = terminal("chat", *at, "--as", "Lily")
    lily.sees('"type":"joined"')
    anna = terminal("chat", *at, "Lily", token=token)
    anna.sees('"type":"joined"')
    anna.type_frame(type="typing", on=True)
    lily.sees('"type":"typing"')
    anna.type_frame(type="send", content="你好\n\x9b31m")
    anna.sees('"type":"ack"')
    lily.sees(r'"content":"你好\\n\\u009b31m"')
    anna.type("not a frame")
    anna.sees("chatadmin: expected a frame a line")
    anna.type_frame(type="send", content="  ")
    anna.type_frame(type="ping")
    anna.sees('"type":"pong"')
    assert lily.leave() == 0
    assert anna.leave() == 0
    for one in (lily, anna):
        seqs = [frame["seq"] for frame in one.frames if frame["type"] in ("message", "event", "ack")]
        assert seqs == list(range(1, len(seqs) + 1))


def test_a_script_may_pipe_a_whole_file_in(chatadmin: Chatadmin, tmp_path: Path) -> None:
    token = hire(chatadmin)
    lines = [f"line {n}" for n in range(60)]  # more than a burst and more than may be on their way at once
    said = run("chat", "--url", chatadmin.url, "--as", "Lily", home=tmp_path, given="\n".join(lines))
    assert (said.status, said.err) == (0, "")
    page = Server(chatadmin.url, token)
    everybody = page.call("/v1/visitors")["value"]  # here or not: she has gone
    uid = next(user["uid"] for user in everybody if user["nickname"] == "Lily")
    stored = page.call(f"/v1/msgs?client={uid}&limit=200")["value"]
    assert [message["content"] for message in stored] == lines


def test_what_was_typed_while_the_server_was_away_arrives_once(
    start_chatadmin: Callable[..., Chatadmin], terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    first = start_chatadmin(data_dir=tmp_path / "data")
    token = hire(first)
    lily = terminal("chat", "--url", first.url, "--as", "Lily", "--json")
    lily.sees('"type":"joined"')
    lily.type_frame(type="send", content="before")
    lily.sees('"type":"ack"')
    assert first.stop() == 0
    lily.sees("chatadmin: the connection is lost; trying again")
    lily.type_frame(type="send", content="meanwhile")
    second = start_chatadmin(server=f"127.0.0.1:{first.port}", data_dir=tmp_path / "data")
    wait_until(lambda: sum(frame["type"] == "ack" for frame in lily.frames) == 2, "the second ack")
    stored = conversation(second, token)["value"]
    assert [frame["content"] for frame in stored if frame["type"] == "message"] == ["before", "meanwhile"]
    assert lily.leave() == 0


def test_what_was_on_its_way_when_the_server_died_arrives_once(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Any], terminal: Callable[..., Terminal]
) -> None:
    store = start_store("valkey")
    first = start_chatadmin("--redis", store.url)
    lily = terminal("chat", "--url", first.url, "--as", "Lily", "--json")
    lily.sees('"type":"joined"')
    store.pause()
    lily.type_frame(type="send", content="once")
    lily.type_frame(type="ping")
    lily.sees('"type":"pong"')  # so the server has the message, and no answer from the store
    first.kill()
    store.resume()
    start_chatadmin("--redis", store.url, server=f"127.0.0.1:{first.port}")
    lily.sees('"type":"ack"')
    assert lily.leave() == 0
    acks = [frame for frame in lily.frames if frame["type"] == "ack"]
    assert len(acks) == 1
    assert store.command("XLEN", f"{{s00}}:c:{acks[0]['conversation']}") == f":{acks[0]['seq']}"


def test_a_store_that_forgot_is_offered_what_it_lacks(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Any], terminal: Callable[..., Terminal]
) -> None:
    store = start_store("valkey")
    served = start_chatadmin("--redis", store.url)
    lily = terminal("chat", "--url", served.url, "--as", "Lily", "--json")
    lily.sees('"type":"joined"')
    for text in ("one", "two"):
        lily.type_frame(type="send", content=text)
    wait_until(lambda: sum(frame["type"] == "ack" for frame in lily.frames) == 2, "two acks")
    uid = lily.frames[0]["conversation"]
    for key in (f"{{s00}}:c:{uid}", f"{{s00}}:c:{uid}:m"):
        assert store.command("DEL", key) == ":1"
    lily.type_frame(type="send", content="three")
    wait_until(lambda: store.command("XLEN", f"{{s00}}:c:{uid}") == ":3", "the three messages again")
    wait_until(lambda: sum(frame["type"] == "ack" for frame in lily.frames) == 5, "their acks")
    assert lily.leave() == 0


UNFIT = "Please choose a name of 1 to 60 characters that can be seen, without line breaks or direction marks."


@pytest.mark.parametrize(
    ("arguments", "token", "expected"),
    [
        (["Lily"], "", "a token is needed: set CHATADMIN_TOKEN, or log in with --as NAME"),
        (["Lily"], "wrong", "Please log in first."),
        (["Lily", "--as", "\u3164"], "", UNFIT),
        (["Lily", "--as", "admin"], "", "This name is kept for the team. Please choose another."),
    ],
)
def test_who_is_refused_hears_why(
    arguments: list[str], token: str, expected: str, chatadmin: Chatadmin, tmp_path: Path
) -> None:
    told = run("chat", "--url", chatadmin.url, *arguments, home=tmp_path, env={"CHATADMIN_TOKEN": token})
    assert (told.status, told.out, told.complaint) == (1, "", expected)


def test_an_agent_is_told_whom_they_cannot_talk_to(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    env, home = {"CHATADMIN_TOKEN": hire(chatadmin)}, chatadmin.folder
    told = run("chat", "--url", chatadmin.url, home=home, env=env)
    assert (told.status, told.complaint) == (1, "name the visitor to talk to: chatadmin chat NICKNAME")
    told = run("chat", "--url", chatadmin.url, "Nobody", home=home, env=env)
    assert (told.status, told.complaint) == (1, "There is no visitor of that name.")
    lily = terminal("chat", "--url", chatadmin.url, "--as", "Lily")
    wait_until(lambda: _users(chatadmin, env["CHATADMIN_TOKEN"]), "Lily")
    bo = terminal("chat", "--url", chatadmin.url, "Lily", token=hire(chatadmin, "Bo"))
    lily.sees("-- Bo joined the chat")
    told = run("chat", "--url", chatadmin.url, "Lily", home=home, env=env, given="hi\n")
    assert (told.status, told.complaint) == (1, "Bo is already talking to this visitor.")
    assert bo.interrupt() == 0
    assert lily.leave() == 0


@pytest.mark.parametrize("url", ["localhost:9090", "ftp://x", "http://", "http://127.0.0.1:1", "http://no.invalid"])
def test_a_server_that_is_none_is_named(url: str, tmp_path: Path) -> None:
    for command in (["chat", "Lily"], ["watch"]):
        told = run(*command, "--url", url, home=tmp_path, env={"CHATADMIN_TOKEN": "t"})
        assert told.status == 1
        assert told.out == ""
        assert url.rstrip("/") in told.complaint


def test_the_end_of_a_session_ends_the_talk(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    token = Server(chatadmin.url).exchange("/login", {"nickname": "Lily"})[1]["Token"]
    lily = terminal("chat", "--url", chatadmin.url, "--json", token=token)
    lily.sees('"type":"joined"')
    Server(chatadmin.url, token).call("/logout", {})
    assert lily.process.wait() == 1
    assert lily.process.lines[-1] == "chatadmin: the session has ended; log in again"


def test_leaving_gives_the_name_back(chatadmin: Chatadmin, tmp_path: Path) -> None:
    for _ in range(2):
        told = run("chat", "--url", chatadmin.url, "--as", "Lily", home=tmp_path, given="hello\n")
        assert (told.status, told.err) == (0, "")
    token = Server(chatadmin.url).exchange("/login", {"nickname": "Lily"})[1]["Token"]
    with pytest.raises(TerminalError, match="Somebody already uses this name"):
        Server(chatadmin.url).call("/login", {"nickname": "lily"})
    assert Server(chatadmin.url, token).call("/v1/me")["value"]["nickname"] == "Lily"


def test_ctrl_c_says_what_was_not_sent(chatadmin: Chatadmin, terminal: Callable[..., Terminal]) -> None:
    lily = terminal("chat", "--url", chatadmin.url, "--as", "Lily", "--json")
    lily.sees('"type":"joined"')
    chatadmin.stop()
    lily.sees("the connection is lost")
    lily.type_frame(type="send", content="lost")
    lily.type("not a frame")
    lily.sees("expected a frame")
    assert lily.interrupt() == 1
    assert lily.process.lines[-1] == "chatadmin: not sent: 1 message(s)"
