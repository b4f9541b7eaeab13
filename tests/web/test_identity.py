"""One browser, several pages, one cookie: none of them is ever served as somebody it does not take itself for."""

import pytest

from tests.clients.api import PASSWORD, ask, handshake, log_in, login
from tests.clients.events import Stream
from tests.clients.sockets import open_chat
from tests.running import Chatadmin
from tests.web.conftest import Connect
from tests.web.test_policies import IDS, ROUTES, Route, send

FULL, SESSION_ENDED = "chatadmin.v1", 4401
GUARDED = [
    (route, name) for route, name in zip(ROUTES, IDS, strict=True) if route.policy.who in ("session", "agent", "admin")
]


@pytest.mark.parametrize("route", [route for route, _ in GUARDED], ids=[name for _, name in GUARDED])
def test_no_route_serves_a_page_as_somebody_else(url: str, olga: str, route: Route) -> None:
    other = login(url, "Olga", PASSWORD)[1][:-1] + "0"
    answer = send(url, route._replace(path=f"{route.path}?me={other}"), olga)
    assert answer.status == 401
    if answer.body:
        assert answer.code == "other_session"
    assert ask(url, "/v1/me", Authorization=olga).status == 200  # nothing was done, not even a log-out


def test_a_page_is_served_as_whom_it_takes_itself_for(url: str, visitor: str, olga: str) -> None:
    for token in (visitor, olga):
        uid = ask(url, "/v1/me", Authorization=token).value["uid"]
        assert ask(url, f"/v1/me?me={uid}", Authorization=token).value["uid"] == uid


def test_neither_socket_nor_stream_opens_for_somebody_else(url: str, visitor: str, olga: str) -> None:
    for token, path in ((visitor, "/v1/chat?as=visitor"), (olga, "/v1/chat?as=agent")):
        uid = ask(url, "/v1/me", Authorization=token).value["uid"]
        assert handshake(url, f"{path}&me={uid}", Authorization=token, Sec_WebSocket_Protocol=FULL) == 101
        assert handshake(url, f"{path}&me=another", Authorization=token, Sec_WebSocket_Protocol=FULL) == 401
    stream = Stream(url, olga, "?delta=1&me=another")
    assert stream.answer.status == 401
    stream.close()


def jar(kind: str, token: str) -> str:
    return f"chatadmin_{kind}={token}"


def test_who_logs_in_in_a_browser_ends_what_its_cookie_stood_for(url: str, olga: str, pavel: str) -> None:
    """An agent over an agent; the same agent again; whichever pages of the former are open."""
    olga = log_in(url, "Olga", PASSWORD)
    for name in ("Pavel", "Olga"):
        socket, stream = open_chat(url, olga), Stream(url, olga, "?delta=1")
        body = {"nickname": name, "password": PASSWORD, "cookie": True}
        answer = ask(url, "/login", body, Origin=url, Cookie=jar("agent", olga))
        assert socket.close_code() == SESSION_ENDED
        assert stream.over(within=5)
        assert ask(url, "/v1/me", Authorization=olga).refusal == (401, "no_session")
        olga = answer.cookies["chatadmin_agent"]
        assert ask(url, "/v1/me", Authorization=olga).status == 200
        socket.close()
        stream.close()
    assert ask(url, "/v1/me", Authorization=pavel).status == 200  # their other browser


def test_a_program_and_a_page_with_a_token_of_its_own_end_nobody(url: str, olga: str) -> None:
    for cookie in ("", jar("agent", olga)):
        ask(url, "/login", {"nickname": "Olga", "password": PASSWORD}, Origin=url, Cookie=cookie)
    assert ask(url, "/v1/me", Authorization=olga).status == 200


def test_a_link_opened_in_a_visitor_s_browser_ends_their_visit(
    shop: Chatadmin, url: str, connect: Connect, name: str, olga: str
) -> None:
    lost, here = login(url, f"{name} lost"), login(url, name)
    page = connect(here[0])
    page.hear(type="joined")
    secret = ask(url, f"/v1/visitors/{lost[1]}/link", {}, Authorization=olga).value["secret"]
    body = {"secret": secret, "cookie": True}
    assert ask(url, "/login/link", body, Origin=url, Cookie=jar("visitor", here[0])).value["uid"] == lost[1]
    assert page.close_code() == SESSION_ENDED
    assert login(url, name)[1] != here[1]  # their name is free, as if they had logged out
