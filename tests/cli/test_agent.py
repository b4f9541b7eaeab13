"""`chatadmin agent`: beside a running server and without one, on our own store and on another's."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.terminal.api import Server, TerminalError
from tests.cli.program import Outcome, run
from tests.clients import api
from tests.running import Chatadmin, Valkey, command, wait_until

PASSWORD = "correct horse"


@pytest.fixture
def agent(tmp_path: Path) -> Callable[..., Outcome]:
    """Run `chatadmin agent ...` on a data directory of its own."""

    def commanded(*arguments: str, given: str = "", data: Path = tmp_path / "data", **options: Any) -> Outcome:
        return run("agent", *arguments, "--data-dir", str(data), home=tmp_path, given=given, **options)

    return commanded


def add(agent: Callable[..., Outcome], name: str, *more: str) -> Outcome:
    return agent("add", name, "--password-stdin", *more, given=PASSWORD + "\n")


def test_agents_are_added_and_listed(agent: Callable[..., Outcome]) -> None:
    empty = agent("list")
    assert (empty.status, empty.err) == (0, "")
    assert "chatadmin agent add NAME --role admin" in empty.out
    added = add(agent, "Zoe")
    assert (added.status, added.out, added.err) == (0, "Zoe can log in at /admin now (agent).\n", "")
    assert add(agent, "安娜", "--role", "admin").status == 0
    assert agent("list").out == "Zoe\tagent\n安娜\tadmin\n"


@pytest.mark.parametrize(
    ("name", "password", "expected"),
    [
        ("Anna", "short\n", "Please choose a password of at least 10 characters."),
        ("Anna", "\n", "no password was given; nothing was changed"),
        ("Anna", "", "no password was given; nothing was changed"),
        (
            "A",
            PASSWORD,
            "Please choose a name of 2 to 20 characters that can be seen, without line breaks or direction marks.",
        ),
        (
            "An\x1bna",
            PASSWORD,
            "Please choose a name of 2 to 20 characters that can be seen, without line breaks or direction marks.",
        ),
    ],
)
def test_what_cannot_be_is_refused(name: str, password: str, expected: str, agent: Callable[..., Outcome]) -> None:
    refused = agent("add", name, "--password-stdin", given=password)
    assert (refused.status, refused.complaint) == (1, expected)
    assert "no agents yet" in agent("list").out


def test_a_name_is_given_once(agent: Callable[..., Outcome]) -> None:
    assert add(agent, "Anna").status == 0
    assert add(agent, "ＡＮＮＡ").complaint == "Somebody already uses this name. Please choose another."


@pytest.mark.parametrize("action", ["passwd", "disable"])
def test_an_agent_that_is_none_is_named(action: str, agent: Callable[..., Outcome]) -> None:
    given = ["--password-stdin"] if action == "passwd" else []
    refused = agent(action, "Nobody", *given, given=PASSWORD)
    assert (refused.status, refused.complaint) == (1, "there is no agent named Nobody; see `chatadmin agent list`")


def test_without_a_terminal_the_password_comes_by_standard_input(agent: Callable[..., Outcome]) -> None:
    refused = agent("add", "Anna", given=PASSWORD)
    assert refused.status == 1
    assert refused.complaint == "there is no terminal to ask for a password; use --password-stdin"


def test_who_is_invited_is_asked_for_no_password(agent: Callable[..., Outcome]) -> None:
    invite = ("add", "Zoe", "--email", "zoe@example.com")
    assert agent(*invite).complaint == "This shop does not send mail."
    smtp = {"CHATADMIN_MAIL__SMTP": "smtp://127.0.0.1:9", "CHATADMIN_MAIL__FROM": "chat@example.com"}
    mail = {**smtp, "CHATADMIN_URL": "https://chat.example.com"}
    invited = agent(*invite, env=mail)
    assert invited.out == "Zoe is invited (agent): a mail to zoe@example.com has the link to come in by.\n"
    both = agent("add", "Ben", "--email", "ben@example.com", "--password-stdin", given=PASSWORD, env=mail)
    assert both.out.endswith("A mail to ben@example.com asks to confirm that address.\n")
    assert agent("add", "Al", "--email", "nobody", env=mail).status == 1
    assert agent("list").out == "Ben\tagent\nZoe\tagent  (invited)\n"


def test_beside_a_running_server_what_is_changed_counts_at_once(
    chatadmin: Chatadmin, agent: Callable[..., Outcome]
) -> None:
    def log_in(password: str) -> Server:
        body = {"nickname": "Anna", "password": password}
        return Server(chatadmin.url, Server(chatadmin.url).exchange("/login", body)[1]["Token"])

    data = chatadmin.data_dir
    assert agent("add", "Anna", "--role", "admin", "--password-stdin", given=PASSWORD, data=data).status == 0
    session = log_in(PASSWORD)
    assert session.call("/v1/me")["value"]["agent_role"] == "admin"

    assert agent("passwd", "anna", "--password-stdin", given="another password", data=data).status == 0
    with pytest.raises(TerminalError, match="Please log in first"):
        session.call("/v1/me")
    with pytest.raises(TerminalError, match="The name or the password is wrong"):
        log_in(PASSWORD)

    session = log_in("another password")
    disabled = agent("disable", "Anna", data=data)
    assert disabled.out.splitlines() == [
        "Anna is locked out.",
        "There is no administrator left. Add one: chatadmin agent add NAME --role admin",
    ]
    with pytest.raises(TerminalError, match="Please log in first"):
        session.call("/v1/me")
    with pytest.raises(TerminalError, match="The name or the password is wrong"):
        log_in("another password")
    assert agent("list", data=data).out == "Anna\tadmin  (disabled)\n"


def test_a_server_whose_store_does_not_answer_yet_is_waited_for(
    chatadmin: Chatadmin, agent: Callable[..., Outcome]
) -> None:
    stores = {pid for pid in chatadmin.pids() if "valkey-server" in command(pid)}
    others = chatadmin.pids() - stores

    def resume() -> None:
        for pid in others:
            os.kill(pid, signal.SIGCONT)

    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    for pid in stores:
        os.kill(pid, signal.SIGKILL)
    later = threading.Timer(2.0, resume)  # long enough for the command to find nobody
    later.start()
    added = agent("add", "Anna", "--password-stdin", given=PASSWORD, data=chatadmin.data_dir)
    later.join()
    assert (added.status, added.err) == (0, "")
    wait_until(lambda: api.ready(chatadmin.url), "the store's return")
    assert Server(chatadmin.url).exchange("/login", {"nickname": "Anna", "password": PASSWORD})[1]["Token"]


def test_agents_of_an_external_store_are_managed_alike(store: Valkey, tmp_path: Path) -> None:
    redis = ("--redis", store.url)
    added = run("agent", "add", "Anna", "--password-stdin", *redis, home=tmp_path, given=PASSWORD)
    assert (added.status, added.err) == (0, "")
    assert run("agent", "list", *redis, home=tmp_path).out == "Anna\tagent\n"
    assert not (tmp_path / ".local").exists()


def test_a_store_that_is_away_is_named(tmp_path: Path) -> None:
    refused = run("agent", "list", "--redis", "redis://:s3cret@127.0.0.1:1", home=tmp_path)
    assert refused.status == 1
    assert refused.complaint.startswith("store away at 127.0.0.1:1: ")
    assert "s3cret" not in refused.err


def test_a_store_that_asks_for_a_password_is_named(start_store: Callable[..., Valkey], tmp_path: Path) -> None:
    store = start_store("redis", options=["--requirepass", "s3cret"])
    refused = run("agent", "list", "--redis", store.url, home=tmp_path)
    assert refused.status == 1
    assert "NOAUTH" in refused.complaint
    told = run("agent", "list", "--redis", f"unix://:s3cret@{store.socket}", home=tmp_path)
    assert told.status == 0
    assert told.complaint.startswith("--redis: ps shows its password to everybody on this machine: ")
    told = run("agent", "list", home=tmp_path, env={"CHATADMIN_REDIS": f"unix://:s3cret@{store.socket}"})
    assert (told.status, told.err) == (0, "")


def test_root_sees_to_another_users_agents_as_that_user(
    as_root: None, agent: Callable[..., Outcome], tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    told = agent("list", data=theirs)
    assert (told.status, told.err) == (0, "")
    assert {path.lstat().st_uid for path in (theirs, *theirs.rglob("*"))} == {65534}


def test_a_place_that_cannot_be_written_is_named(agent: Callable[..., Outcome]) -> None:
    refused = agent("list", data=Path("/proc/chatadmin"))
    assert refused.status == 1
    assert refused.complaint.startswith("cannot write to /proc/chatadmin: ")
