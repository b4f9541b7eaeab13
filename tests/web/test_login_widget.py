"""Logging in with the first message: without a name, by token or cookie, and who goes on."""

import re
from datetime import datetime
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, ask, handshake

pytestmark = pytest.mark.usefixtures("beside")


def enter(url: str, body: Any = None, **headers: str) -> Answer:
    return ask(url, "/login/widget", {} if body is None else body, **headers)


def test_a_frame_gets_its_token_in_the_body_and_no_cookie(url: str) -> None:
    answer = enter(url, Origin=url)
    value = answer.value
    assert set(value) == {"uid", "nickname", "name", "role", "enter_at", "token", "adopt", "verified", "expires_at"}
    assert re.fullmatch(r"Visitor [1-9]\d{4}", value["nickname"])
    assert (value["name"], value["role"], value["verified"]) == (value["nickname"], "user", False)
    assert datetime.fromisoformat(value["expires_at"]).utcoffset() is not None
    assert not answer.cookies
    assert "token" not in answer.headers
    me = ask(url, "/v1/me", Authorization=value["token"]).value
    assert me == {key: value[key] for key in me} | {"token": ""}
    assert handshake(url, f"/v1/chat?token={value['token']}") == 101


def test_who_has_a_session_goes_on_with_it(url: str) -> None:
    first = enter(url).value
    again = enter(url, {"cookie": True}, Origin=url, Authorization=f"Bearer {first['token']}")
    # It had its whole life from the start: a phone may have lost its network since.
    del first["adopt"]  # told once: it is for who began
    assert (again.value, again.cookies) == (first, {})
    ended = enter(url, {"cookie": True}, Origin=url, Authorization="none")
    assert (ended.value["uid"] != first["uid"], bool(ended.value["token"]), ended.cookies) == (True, True, {})


def test_the_hosted_page_gets_a_cookie_that_scripts_cannot_read(url: str) -> None:
    """Beside the one that an agent has in the same browser, which stays theirs."""
    agent = ask(url, "/login", {"nickname": "Olga", "password": PASSWORD, "cookie": True}, Origin=url)
    jar = f"chatadmin_agent={agent.cookies['chatadmin_agent']}"
    answer = enter(url, {"cookie": True}, Origin=url, Cookie=jar)
    assert answer.value["token"] == ""
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert set(answer.cookies) == {"chatadmin_visitor"}
    assert answer.cookies["chatadmin_visitor"] not in answer.body.decode()
    jar += f"; chatadmin_visitor={answer.cookies['chatadmin_visitor']}"
    assert ask(url, "/v1/me?as=agent", Cookie=jar).value == agent.value
    again = enter(url, {"cookie": True}, Origin=url, Cookie=jar)
    assert again.value == {**answer.value, "expires_at": again.value["expires_at"]}
    # Until it came back with it once it was to end soon: a browser may take none.
    assert again.value["expires_at"] > answer.value["expires_at"]
    assert enter(url, {"cookie": True}, Cookie=jar).refusal == (403, "bad_origin")
    meant = {"cookie": True, "name": "Renamed"}  # by a page of somebody who was here before
    assert ask(url, "/login/widget?me=vsomebody", meant, Origin=url, Cookie=jar).refusal == (401, "other_session")
    assert ask(url, "/v1/me?as=visitor", Cookie=jar).value["name"] == answer.value["name"]
    # A frame in this browser is somebody else: it looks at no cookie, and sets none.
    framed = enter(url, Origin=url, Cookie=jar)
    assert framed.value["uid"] != answer.value["uid"]
    assert not framed.cookies
    assert enter(url, Origin=url, Cookie=jar, Authorization="").value["uid"] != answer.value["uid"]


def test_who_is_blocked_does_not_go_on(url: str, olga: str) -> None:
    visitor = enter(url).value
    ask(url, f"/v1/conversations/{visitor['uid']}/block", {}, Authorization=olga)
    assert enter(url, Authorization=visitor["token"]).refusal == (403, "blocked")
