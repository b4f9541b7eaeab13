"""The console's language and theme in one browser: kept by it, and the visitor's page knows nothing of them."""

import re
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, ask


def choose(url: str, token: str, **look: Any) -> Answer:
    return ask(url, "/v1/me/look", look, method="PUT", Authorization=token)


def shown(url: str, path: str, **headers: str) -> tuple[str, str]:
    """The language and the theme of a page."""
    found = re.search(r'<html lang="([^"]+)" [^>]*data-theme="([^"]+)"', ask(url, path, **headers).body.decode())
    assert found
    return found[1], found[2]


def test_the_console_comes_in_what_was_chosen_and_the_visitor_s_page_in_the_browser_s(url: str, olga: str) -> None:
    cookie = f"chatadmin_look={choose(url, olga, language='zh', theme='dark').cookies['chatadmin_look']}"
    english = {"Accept_Language": "en", "Cookie": cookie}
    assert shown(url, "/admin", **english) == ("zh-CN", "dark")
    assert shown(url, "/", **english) == ("en", "system")
    assert 'content="dark"' in ask(url, "/admin", **english).body.decode()
    cookie = f"chatadmin_look={choose(url, olga).cookies['chatadmin_look']}"
    assert shown(url, "/admin", Accept_Language="zh", Cookie=cookie) == ("zh-CN", "system")
    assert shown(url, "/admin", Accept_Language="en") == ("en", "system")


@pytest.mark.parametrize("kept", ["", ".", "x.y", "zh.pink", "../../etc.dark", "zh" * 5000, "%00.dark", "\xe9.dark"])
def test_a_cookie_of_nonsense_chooses_nothing(url: str, kept: str) -> None:
    language, theme = shown(url, "/admin", Accept_Language="en", Cookie=f"chatadmin_look={kept}")
    assert language in ("en", "zh-CN")
    assert theme in ("system", "dark")


@pytest.mark.parametrize("look", [{"language": "tlh"}, {"theme": "pink"}, {"language": 7}, {"theme": None}])
def test_what_there_is_not_cannot_be_chosen(url: str, pavel: str, look: dict[str, Any]) -> None:
    answer = choose(url, pavel, **look)
    assert answer.refusal == (400, "bad_request")
    assert not answer.cookies


def test_a_refused_log_in_speaks_the_language_of_the_page(url: str) -> None:
    body = {"nickname": "Olga", "password": PASSWORD + "x", "cookie": True}
    refused = ask(url, "/login", body, Origin=url, Accept_Language="zh-CN")
    assert re.search("[\u4e00-\u9fff]", refused.json["msg"])
