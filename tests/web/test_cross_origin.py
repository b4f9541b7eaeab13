"""Pages of the sites under `origins:` use the API from a browser: with a token, never by a cookie."""

from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, ask, handshake, log_in, raw
from tests.clients.frames import head
from tests.clients.sockets import RawSocket
from tests.running import Chatadmin

pytestmark = pytest.mark.usefixtures("beside")

LISTED = "https://listed.example.org"
FOREIGN = ("https://evil.example", "http://listed.example.org", f"{LISTED}:8443", f"{LISTED}.evil.example", "null")


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"limits": {"logins_per_minute": 0}, "origins": [LISTED, "https://Written.Example.org"]}


def is_readable(answer: Answer, origin: str = LISTED) -> bool:
    """Whether a browser shows it to a page of that origin; it must not if credentials came along."""
    said = answer.headers
    assert "origin" in said["vary"].lower().split(", ")
    assert "access-control-allow-credentials" not in said
    assert "set-cookie" not in said
    if "access-control-allow-origin" not in said:
        return False
    assert said["access-control-expose-headers"] == "Token"
    return said["access-control-allow-origin"] == origin


# -- preflights -------------------------------------------------------------------------------------------------------


def preflight(url: str, path: str, method: str, origin: str = LISTED, **headers: str) -> Answer:
    return ask(url, path, method="OPTIONS", Origin=origin, Access_Control_Request_Method=method, **headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/login"),
        ("POST", "/logout"),
        ("GET", "/v1/me"),
        ("GET", "/v1/stream"),
        ("PATCH", "/v1/shop"),
        ("PUT", "/v1/replies/x"),
        ("DELETE", "/v1/replies/x"),
        ("POST", "/v1/conversations/x/claim"),
        ("GET", "/nowhere"),
    ],
)
def test_a_preflight_is_answered_without_a_session(url: str, method: str, path: str) -> None:
    answer = preflight(url, path, method, Access_Control_Request_Headers="authorization,content-type")
    assert (answer.status, answer.body) == (204, b"")
    assert is_readable(answer)
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "Authorization" in preflight(url, path, method).headers["access-control-allow-headers"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_nobody_elses_is(url: str, origin: str) -> None:
    answer = preflight(url, "/login", "POST", origin)
    assert answer.refusal == (403, "bad_origin")
    assert not is_readable(answer, origin)
    assert not is_readable(ask(url, "/v1/desk", Origin=origin), origin)


# -- answers ----------------------------------------------------------------------------------------------------------


def test_refusals_can_be_read_as_answers_can(url: str, visitor: str, name: str) -> None:
    for path, body, headers, status in [
        ("/v1/desk", None, {}, 200),
        ("/v1/me", None, {"Authorization": visitor}, 200),
        ("/v1/me", None, {}, 401),
        ("/v1/users", None, {"Authorization": visitor}, 403),
        ("/v1/desk", None, {"Host": "evil.example"}, 403),
        ("/nowhere", None, {}, 404),
        ("/v1/users", {}, {}, 405),
        ("/login", {"nickname": name}, {}, 409),
        ("/login", {"nickname": 7}, {}, 400),
        ("/login", b" " * 70_000, {}, 413),
    ]:
        answer = ask(url, path, body, Origin=LISTED, **headers)
        assert answer.status == status, path
        assert is_readable(answer), path
    written = "https://written.example.org"  # as browsers write what the configuration has in capitals
    assert is_readable(ask(url, "/v1/me", Origin=written), written)


def test_an_answer_that_varies_by_more_says_so_in_one_line(url: str) -> None:
    for origin in ({}, {"Origin": LISTED}):
        assert ask(url, "/", **origin).headers["vary"] == "Accept-Language, Origin"


@pytest.mark.parametrize("asked", [{}, {"cookie": True}])
def test_a_log_in_from_there_brings_a_token_and_no_cookie(url: str, name: str, asked: dict[str, bool]) -> None:
    for person in ({"nickname": name}, {"nickname": "Olga", "password": PASSWORD}):
        answer = ask(url, "/login", {**person, **asked}, Origin=LISTED)
        assert is_readable(answer)
        token = answer.headers["token"]
        assert ask(url, "/v1/me", Origin=LISTED, Authorization=token).value == answer.value
        assert is_readable(ask(url, "/logout", b"", Origin=LISTED, Authorization=token))
        assert ask(url, "/v1/me", Authorization=token).status == 401
    framed = ask(url, "/login/widget", asked, Origin=LISTED, Cookie=f"chatadmin_visitor={log_in(url, f'{name} too')}")
    assert is_readable(framed)
    assert framed.value["name"].startswith("Visitor ")
    assert framed.value["token"]


def test_a_cookie_never_counts_from_there(url: str, name: str, visitor: str, olga: str) -> None:
    jar = f"chatadmin_visitor={visitor}; chatadmin_agent={olga}"
    for path in ("/v1/me", "/v1/msgs", "/v1/users", "/v1/stream", "/v1/me?as=agent"):
        assert ask(url, path, Origin=LISTED, Cookie=jar).refusal == (401, "no_session"), path
    assert ask(url, "/logout", b"", Origin=LISTED, Cookie=jar).refusal == (401, "no_session")
    assert ask(url, "/login", {"nickname": name}, Origin=LISTED, Cookie=jar).refusal == (409, "nickname_taken")
    assert handshake(url, "/v1/chat", Origin=LISTED, Cookie=jar) == 401
    assert is_readable(ask(url, "/", Origin=LISTED, Cookie=jar))
    assert ask(url, "/v1/me", Cookie=jar).value["nickname"] == name


def test_a_stream_and_a_socket_open_with_a_token(url: str, visitor: str, olga: str) -> None:
    request = head([f"GET /v1/stream?token={olga} HTTP/1.1", f"Host: {url[7:]}", f"Origin: {LISTED}"])
    answer = raw(url, request).decode().lower()
    assert answer.startswith("http/1.1 200")
    assert f"\r\naccess-control-allow-origin: {LISTED}\r\n" in answer
    page = RawSocket(url, f"Origin: {LISTED}", path=f"/v1/chat?token={visitor}").open()
    assert page.status == 101
    page.close()
    refused = RawSocket(url, f"Origin: {LISTED}").open()
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, LISTED)
    refused.close()
    assert handshake(url, f"/v1/chat?token={visitor}", Origin="https://evil.example") == 403


def test_a_shop_that_lists_nobody_says_nothing_of_it(chatadmin: Chatadmin) -> None:
    token = log_in(chatadmin.url, "Anna")
    for answer in (preflight(chatadmin.url, "/login", "POST"), ask(chatadmin.url, "/v1/me", Authorization=token)):
        assert not {name for name in answer.headers if name.startswith("access-control-") or name == "vary"}
