"""Who one is: logging in, coming back, leaving."""

import re
import unicodedata
from datetime import datetime

import pytest

from tests.clients.api import PASSWORD, ask, handshake, log_in

pytestmark = pytest.mark.usefixtures("beside")


def test_a_visitor_needs_a_nickname_and_nothing_else(url: str, name: str) -> None:
    answer = ask(url, "/login", {"nickname": f" {name} "})
    value = answer.value
    assert set(value) == {"uid", "nickname", "name", "role", "enter_at", "token"}
    assert (value["nickname"], value["name"], value["role"], value["token"]) == (name, name, "user", "")
    assert re.fullmatch("v[a-z2-7]{25}", value["uid"])
    assert datetime.fromisoformat(value["enter_at"]).utcoffset() is not None
    assert ask(url, "/v1/me", Authorization=answer.headers["token"]).value == value
    for scheme in ("Bearer", "bearer", "BEARER "):
        assert ask(url, "/v1/me", Authorization=f"{scheme} {answer.headers['token']}").value == value


def test_an_agent_needs_a_password_and_reads_admin(url: str) -> None:
    answer = ask(url, "/login", {"nickname": "olga", "password": PASSWORD})
    assert answer.value["role"] == "admin"
    assert answer.value["agent_role"] == "admin"
    assert answer.value["nickname"] == "Olga"
    assert "chatadmin_agent" in answer.cookies


def test_our_pages_ask_for_a_cookie_that_scripts_cannot_read_and_get_no_token(url: str, name: str) -> None:
    answer = ask(url, "/login", {"nickname": name, "cookie": True}, Origin=url)
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "token" not in answer.headers
    assert answer.cookies["chatadmin_visitor"] not in answer.body.decode()


@pytest.mark.parametrize("asked", [{}, {"cookie": False}])
def test_any_other_page_gets_its_token(url: str, name: str, asked: dict[str, bool]) -> None:
    answer = ask(url, "/login", {"nickname": name, **asked}, Origin=url)
    assert answer.value["token"] == ""
    assert ask(url, "/v1/me", Authorization=answer.headers["token"]).value == answer.value
    olga = ask(url, "/login", {"nickname": "Olga", "password": PASSWORD, **asked}, Origin=url)
    assert ask(url, "/v1/users", Authorization=olga.headers["token"]).status == 200


def test_pages_with_tokens_of_their_own_are_several_visitors_in_one_browser(url: str, name: str) -> None:
    first = ask(url, "/login", {"nickname": name}, Origin=url)
    jar = f"chatadmin_visitor={first.cookies['chatadmin_visitor']}"
    second = ask(url, "/login", {"nickname": f"{name} too"}, Origin=url, Cookie=jar)
    assert second.value["uid"] != first.value["uid"]
    for answer in (first, second):
        assert ask(url, "/v1/me", Authorization=answer.headers["token"]).value == answer.value
    again = ask(url, "/login", {"nickname": name}, Origin=url, Cookie=jar)
    assert again.value["uid"] == first.value["uid"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"nickname": "A"}, (400, "bad_nickname")),
        ({"nickname": ""}, (400, "bad_nickname")),
        ({"nickname": "\u200b\u200b\u200b"}, (400, "bad_nickname")),
        ({"nickname": "a\r\nSet-Cookie: x=1"}, (400, "bad_nickname")),
        ({"nickname": "a" * 21}, (400, "bad_nickname")),
        ({"name": ""}, (400, "bad_nickname")),
        ({"name": " \u3164"}, (400, "bad_nickname")),
        ({"name": "a" * 61}, (400, "bad_nickname")),
        ({"name": "a\nb"}, (400, "bad_nickname")),
        ({"name": "Support"}, (403, "nickname_reserved")),
        ({"name": "Аdmin"}, (403, "nickname_reserved")),
        ({"name": 7}, (400, "bad_request")),
        ({"name": "Olga", "password": PASSWORD}, (400, "bad_request")),
        ({"nickname": "support"}, (403, "nickname_reserved")),
        ({"nickname": "admin"}, (403, "nickname_reserved")),
        ({"nickname": "ＯＬＧＡ"}, (403, "nickname_reserved")),
        ({"nickname": "Оlga"}, (403, "nickname_reserved")),
        ({"nickname": "Olga", "password": "wrong"}, (401, "bad_credentials")),
        ({"nickname": "Nobody", "password": "wrong"}, (401, "bad_credentials")),
        ({"nickname": ["Anna"]}, (400, "bad_request")),
        ({"nickname": {"a": 1}}, (400, "bad_request")),
        ({"nickname": 7}, (400, "bad_request")),
        ({"nickname": None}, (400, "bad_request")),
        ({"nickname": "Anna", "cookie": "yes"}, (400, "bad_request")),
        ({}, (400, "bad_request")),
        ([], (400, "bad_request")),
        (b'{"nickname": "\\ud800x"}', (400, "bad_request")),
        (b'{"nickname": "\xff\xfe"}', (400, "bad_request")),
        (b"[" * 60_000, (400, "bad_request")),
        (b'{"nickname": ' + b"9" * 5000 + b"}", (400, "bad_request")),
        (b'{"nickname": "Anna", "x": NaN}', (400, "bad_request")),
        (b"nickname=Anna", (400, "bad_request")),
        (b"{" + b" " * 70_000 + b"}", (413, "too_large")),
    ],
)
def test_what_is_no_login_is_refused_and_said_why(url: str, body: object, refusal: tuple[int, str]) -> None:
    answer = ask(url, "/login", body)
    assert answer.refusal == refusal
    assert "token" not in answer.headers
    assert not answer.cookies


def test_any_number_may_have_a_name_and_each_gets_a_handle_of_their_own(url: str, name: str) -> None:
    answers = [ask(url, "/login", {"name": name}) for _ in range(5)]
    assert {answer.value["name"] for answer in answers} == {name}
    first, *others = [answer.value["nickname"] for answer in answers]
    assert first == name
    assert len({first, *others}) == 5
    for nickname in others:
        assert re.fullmatch(rf"{name} [1-9]\d{{1,4}}", nickname)
    for answer in answers:
        me = ask(url, "/v1/me", Authorization=answer.headers["token"]).value
        assert me == answer.value
    assert ask(url, "/login", {"nickname": name}).refusal == (409, "nickname_taken")


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("王", r"王 [1-9]\d{1,4}"),
        ("Olga", r"Olga [1-9]\d{1,4}"),  # as an agent is called
        ("Ｂｅａｔｒｉｘ", "Beatrix"),
        ("Maximilian Alexander von und zu Hohenstein-Waldenburg", "Maximilian Ale"),
        ("Johann Peter  Hebel", "Johann Peter H"),
        ("Ann Elizabeth Smith", "Ann Elizabeth"),
    ],
)
def test_a_handle_is_made_of_a_name(url: str, name: str, handle: str) -> None:
    value = ask(url, "/login", {"name": f" {name} "}).value
    assert re.fullmatch(handle, value["nickname"])
    assert value["name"] == " ".join(unicodedata.normalize("NFKC", name).split())


def test_who_comes_back_by_the_same_name_is_the_same_visitor(url: str, name: str) -> None:
    ask(url, "/login", {"name": name})
    first = ask(url, "/login", {"name": name})
    again = ask(url, "/login", {"name": name.upper()}, Authorization=first.headers["token"])
    assert (again.value["uid"], again.value["nickname"]) == (first.value["uid"], first.value["nickname"])
    assert again.value["name"] == name.upper()
    assert (
        ask(url, "/login", {"name": f"{name} too"}, Authorization=again.headers["token"]).value["uid"]
        != (first.value["uid"])
    )


def test_a_cookie_that_nobody_brings_back_is_worth_less_than_a_minute(url: str, name: str) -> None:
    """Yet the browser keeps it as long as any: by coming back with it once its session lasts."""
    answer = ask(url, "/login", {"name": name, "cookie": True}, Origin=url)
    assert "Max-Age=2591" in answer.headers["set-cookie"] or "Max-Age=2592" in answer.headers["set-cookie"]
    cookie = f"chatadmin_visitor={answer.cookies['chatadmin_visitor']}"
    renewed = ask(url, "/v1/me", Cookie=cookie)
    assert renewed.value == answer.value
    assert "Max-Age=2591" in renewed.headers["set-cookie"] or "Max-Age=2592" in renewed.headers["set-cookie"]


def test_the_shops_name_is_kept_for_it_and_a_new_one_touches_nobody_who_is_here(url: str, name: str, olga: str) -> None:
    here, programs = [ask(url, "/login", {kind: f"{name} {kind}"}).headers["token"] for kind in ("name", "nickname")]
    for kind, token in (("name", here), ("nickname", programs)):
        called = f"{name} {kind}"
        version = ask(url, "/v1/shop", Authorization=olga).value["version"]
        changed = ask(url, "/v1/shop", {"version": version, "name": called}, method="PATCH", Authorization=olga)
        assert changed.status == 200
        assert ask(url, "/v1/me", Authorization=token).value["name"] == called
        for asked in ({"name": called.upper()}, {"nickname": called}):
            assert ask(url, "/login", asked).refusal == (403, "nickname_reserved")
        assert ask(url, "/login", {kind: called}, Authorization=token).value["name"] == called


def test_a_wrong_name_and_a_wrong_password_read_the_same(url: str) -> None:
    answers = [ask(url, "/login", {"nickname": name, "password": "wrong"}) for name in ("Olga", "Nobody")]
    assert answers[0].json == answers[1].json


def test_the_same_nickname_twice_is_refused_in_the_readers_language(url: str, name: str) -> None:
    log_in(url, name)
    english = ask(url, "/login", {"nickname": name.upper()}, Accept_Language="nl, en;q=0.5")
    assert english.refusal == (409, "nickname_taken")
    assert english.json["msg"].startswith("Somebody already uses this name")
    for asked in ("zh-CN,zh;q=0.9,en;q=0.5", "zh", "zh-Hans-CN"):
        assert "名字" in ask(url, "/login", {"nickname": name}, Accept_Language=asked).json["msg"], asked
    assert "名字" in ask(url, "/login?lang=zh", {"nickname": name}).json["msg"]


def test_coming_back_with_the_cookie_is_the_same_visitor_with_a_new_token(url: str, name: str) -> None:
    first = ask(url, "/login", {"nickname": name}, Origin=url)
    cookie = f"chatadmin_visitor={first.cookies['chatadmin_visitor']}"
    second = ask(url, "/login", {"nickname": name}, Origin=url, Cookie=cookie)
    assert second.value["uid"] == first.value["uid"]
    assert second.cookies["chatadmin_visitor"] != first.cookies["chatadmin_visitor"]
    assert ask(url, "/v1/me", Cookie=cookie).refusal == (401, "no_session")


def test_a_token_chosen_by_somebody_else_is_never_taken_on(url: str, name: str) -> None:
    answer = ask(url, "/login", {"nickname": name}, Origin=url, Cookie="chatadmin_visitor=chosen-by-the-attacker")
    assert answer.cookies["chatadmin_visitor"] != "chosen-by-the-attacker"
    assert ask(url, "/v1/me", Cookie="chatadmin_visitor=chosen-by-the-attacker").refusal == (401, "no_session")


def test_of_two_cookies_of_one_name_the_one_that_is_a_session_counts(url: str, name: str, visitor: str) -> None:
    false = [f"chatadmin_visitor={token}" for token in ("", "false", "x" * 43, "x" * 5000, visitor[:-1])]
    for jar in ("; ".join([*false, f"chatadmin_visitor={visitor}"]), f"chatadmin_visitor={visitor}; {false[1]}"):
        assert ask(url, "/v1/me", Cookie=jar).value["nickname"] == name
        assert ask(url, "/v1/me?as=visitor", Cookie=jar).cookies == {"chatadmin_visitor": visitor}
        assert ask(url, "/", Cookie=jar).cookies == {"chatadmin_visitor": visitor}
        assert handshake(url, "/v1/chat", Cookie=jar, Origin=url) == 101
    olga = log_in(url, "Olga", PASSWORD)
    both = f"chatadmin_agent=false; chatadmin_agent={olga}"
    again = {"nickname": "Olga", "password": PASSWORD, "cookie": True}
    assert ask(url, "/login", again, Cookie=both, Origin=url).status == 200
    assert ask(url, "/v1/me", Authorization=olga).refusal == (401, "no_session")  # the one it stood for has ended
    mine = ask(url, "/login", {"nickname": name}, Cookie=jar, Origin=url)  # still theirs
    assert mine.status == 200
    jar = f"chatadmin_visitor=false; chatadmin_visitor={mine.headers['token']}"
    assert ask(url, "/logout", b"", Cookie=jar, Origin=url).status == 200
    assert ask(url, "/v1/me", Cookie=jar).refusal == (401, "no_session")


def test_logging_out_ends_the_session_and_frees_the_name_for_somebody_new(url: str, name: str, visitor: str) -> None:
    before = ask(url, "/v1/me", Authorization=visitor).value
    answer = ask(url, "/logout", b"", Authorization=visitor)
    assert answer.status == 200
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert ask(url, "/v1/me", Authorization=visitor).refusal == (401, "no_session")
    assert ask(url, "/logout", b"", Authorization=visitor).refusal == (401, "no_session")
    assert ask(url, "/login", {"nickname": name}).value["uid"] != before["uid"]


def test_taking_another_name_leaves_the_old_one_as_logging_out_does(url: str, name: str, visitor: str) -> None:
    other = ask(url, "/login", {"nickname": f"{name} too"}, Authorization=visitor)
    assert other.status == 200
    assert ask(url, "/v1/me", Authorization=visitor).refusal == (401, "no_session")
    somebody_new = ask(url, "/login", {"nickname": name})
    assert somebody_new.status == 200
    assert somebody_new.value["uid"] != other.value["uid"]


def test_a_name_that_is_refused_leaves_the_visitor_who_asked_as_they_were(url: str, name: str, visitor: str) -> None:
    assert ask(url, "/login", {"nickname": "admin"}, Authorization=visitor).status == 403
    assert ask(url, "/v1/me", Authorization=visitor).value["nickname"] == name


def test_visitor_and_agent_in_one_browser(url: str, name: str) -> None:
    cookies = ask(url, "/login", {"nickname": name}, Origin=url).cookies
    cookies |= ask(url, "/login", {"nickname": "Olga", "password": PASSWORD}, Origin=url).cookies
    jar = "; ".join(f"{key}={value}" for key, value in cookies.items())
    assert ask(url, "/v1/me?as=visitor", Cookie=jar).value["nickname"] == name
    assert ask(url, "/v1/me?as=agent", Cookie=jar).value["nickname"] == "Olga"
    assert ask(url, "/v1/me", Cookie=jar).value["nickname"] == name
    assert ask(url, "/v1/users", Cookie=jar).status == 200
    assert ask(url, "/logout?as=agent", b"", Cookie=jar, Origin=url).status == 200
    assert ask(url, "/v1/me?as=agent", Cookie=jar).refusal == (401, "no_session")
    assert ask(url, "/v1/me?as=visitor", Cookie=jar).value["nickname"] == name


def test_a_page_that_is_opened_again_keeps_its_cookie_alive(url: str, name: str) -> None:
    token = ask(url, "/login", {"nickname": name}, Origin=url).cookies["chatadmin_visitor"]
    again = ask(url, "/v1/me?as=visitor", Cookie=f"chatadmin_visitor={token}")
    assert again.cookies == {"chatadmin_visitor": token}
    life = re.search(r"Max-Age=(\d+)", again.headers["set-cookie"])
    assert life is not None
    assert 29 * 86400 < int(life[1]) <= 30 * 86400
    assert "set-cookie" not in ask(url, "/v1/me", Authorization=token).headers


@pytest.mark.parametrize("path", ["/v1/me", "/v1/msgs", "/v1/users", "/v1/stream", "/logout"])
def test_nobody_is_let_in_without_a_good_token(url: str, visitor: str, path: str) -> None:
    flipped = visitor[:-2] + ("AA" if visitor[-2:] != "AA" else "BB")
    body = b"" if path == "/logout" else None
    for token in ("", visitor[:-1], visitor[:20], flipped, "Bearer", "null", "%00", "x" * 15_000):
        assert ask(url, path, body, Authorization=token).refusal == (401, "no_session"), token[:40]
        assert ask(url, path, body).refusal == (401, "no_session")


def test_a_token_in_the_address_counts_for_sockets_and_streams_alone(url: str, olga: str) -> None:
    for path in ("/v1/me", "/v1/users", "/v1/msgs"):
        assert ask(url, f"{path}?token={olga}").refusal == (401, "no_session")


def test_a_visitor_is_no_agent(url: str, name: str, visitor: str) -> None:
    for path in ("/v1/users", "/v1/stream", "/v1/stream?delta=1"):
        assert ask(url, path, Authorization=visitor).refusal == (403, "forbidden")
        assert ask(url, path, Cookie=f"chatadmin_visitor={visitor}").refusal == (403, "forbidden")
    for action in ("claim", "release", "transfer", "resolve"):
        answer = ask(url, f"/v1/conversations/{name.replace(' ', '%20')}/{action}", {"to": "x"}, Authorization=visitor)
        assert answer.refusal == (403, "forbidden")
