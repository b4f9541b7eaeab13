"""A visitor who lost the cookie: a one-time link, or the name given back."""

from collections.abc import Callable

import pytest

from tests.clients.api import PASSWORD, ask, log_in
from tests.running import Chatadmin, Valkey

pytestmark = pytest.mark.usefixtures("beside")


def test_a_link_works_once_and_leads_to_the_same_conversation(url: str) -> None:
    olga, lost = log_in(url, "Olga", PASSWORD), log_in(url, "Lost One")
    uid = ask(url, "/v1/me", Authorization=lost).value["uid"]
    secret = ask(url, f"/v1/visitors/{uid}/link", {}, Authorization=olga).value["secret"]
    back = ask(url, "/login/link", {"secret": secret})
    assert back.value["uid"] == uid
    assert ask(url, "/v1/me", Authorization=back.headers["token"]).value["nickname"] == "Lost One"
    assert ask(url, "/login/link", {"secret": secret}).refusal == (403, "link_over")


def test_a_link_gives_the_name_back_unless_it_is_somebody_elses_by_now(url: str) -> None:
    olga, first = log_in(url, "Olga", PASSWORD), log_in(url, "Twin")
    uid = ask(url, "/v1/me", Authorization=first).value["uid"]
    secret = ask(url, f"/v1/visitors/{uid}/link", {}, Authorization=olga).value["secret"]
    ask(url, "/logout", b"", Authorization=first)
    second = log_in(url, "Twin")
    assert ask(url, "/login/link", {"secret": secret}).refusal == (409, "nickname_taken")
    ask(url, "/logout", b"", Authorization=second)
    assert ask(url, "/login/link", {"secret": secret}).value["uid"] == uid
    assert ask(url, "/login", {"nickname": "Twin"}).refusal == (409, "nickname_taken")


def test_a_link_that_let_nobody_in_is_not_used_up(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    ask(running.url, "/setup", {"secret": running.setup_secret, "name": "Olga", "password": PASSWORD})
    olga, lost = log_in(running.url, "Olga", PASSWORD), log_in(running.url, "Lost One")
    uid = ask(running.url, "/v1/me", Authorization=lost).value["uid"]
    secret = ask(running.url, f"/v1/visitors/{uid}/link", {}, Authorization=olga).value["secret"]
    store.command("CONFIG", "SET", "maxmemory", 1)
    assert ask(running.url, "/login/link", {"secret": secret}).refusal == (507, "store_full")
    store.command("CONFIG", "SET", "maxmemory", 0)
    assert ask(running.url, "/login/link", {"secret": secret}).value["uid"] == uid
    assert ask(running.url, "/login/link", {"secret": secret}).refusal == (403, "link_over")


@pytest.mark.parametrize("body", [{"secret": ""}, {"secret": "x" * 5000}, {"secret": "\ud800"}])
def test_what_is_no_link(url: str, body: dict[str, str]) -> None:
    assert ask(url, "/login/link", body).status in (400, 403)


def test_links_and_names_are_for_agents_to_give(url: str) -> None:
    visitor = log_in(url, "Curious")
    uid = ask(url, "/v1/me", Authorization=visitor).value["uid"]
    for what in ("link", "free_name"):
        assert ask(url, f"/v1/visitors/{uid}/{what}", {}, Authorization=visitor).refusal == (403, "forbidden")
        assert ask(url, f"/v1/visitors/{uid}/{what}", {}).refusal == (401, "no_session")


def test_a_freed_name_is_anybodys_and_what_was_said_stays_with_the_shop(url: str) -> None:
    olga, gone = log_in(url, "Olga", PASSWORD), log_in(url, "Gone Girl")
    uid = ask(url, "/v1/me", Authorization=gone).value["uid"]
    assert ask(url, "/login", {"nickname": "Gone Girl"}).refusal == (409, "nickname_taken")
    ask(url, f"/v1/visitors/{uid}/free_name", {}, Authorization=olga)
    assert ask(url, "/v1/me", Authorization=gone).refusal == (401, "no_session")
    new = log_in(url, "Gone Girl")
    assert ask(url, "/v1/me", Authorization=new).value["uid"] != uid
    assert ask(url, f"/v1/visitors/{uid}", Authorization=olga).value["uid"] == uid
