"""The team on the running product: who joins, who may do what, and that somebody can always manage the shop."""

from itertools import count
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, ask, log_in
from tests.clients.events import Stream
from tests.running import Chatadmin

pytestmark = pytest.mark.usefixtures("beside")

_numbers = count(1)
OTHER = "another " + PASSWORD


@pytest.fixture
def person(url: str, olga: str) -> dict[str, Any]:
    """Somebody new in the team, an agent."""
    return add(url, olga, f"Pavel {next(_numbers)}").value  # type: ignore[no-any-return]


def add(url: str, token: str, nickname: str, password: str = PASSWORD, role: str = "agent") -> Answer:
    return ask(url, "/v1/agents", {"nickname": nickname, "password": password, "role": role}, Authorization=token)


def change(url: str, token: str, uid: str, **asked: Any) -> Answer:
    return ask(url, f"/v1/agents/{uid}", asked, method="PATCH", Authorization=token)


def uid_of(url: str, token: str) -> str:
    return str(ask(url, "/v1/me", Authorization=token).value["uid"])


def enters(url: str, nickname: str, password: str = PASSWORD) -> bool:
    return ask(url, "/login", {"nickname": nickname, "password": password}).status == 200


def test_who_is_added_can_log_in_and_is_listed(url: str, olga: str, person: dict[str, Any]) -> None:
    token = log_in(url, person["nickname"], PASSWORD)
    listed = {one["uid"]: one for one in ask(url, "/v1/agents", Authorization=token).value}
    told = {name: value for name, value in person.items() if not name.startswith("email")}  # administrators alone
    assert listed[person["uid"]] == {**told, "role": "agent", "disabled": False, "invited": False}
    assert {"uid", "nickname", "role", "online", "disabled"} <= set(person)
    assert add(url, olga, person["nickname"].upper()).refusal == (409, "nickname_taken")
    assert add(url, olga, "X").refusal == (400, "bad_nickname")
    for short in ("", "short"):
        assert add(url, olga, "Short", short).refusal == (400, "weak_password")
    assert add(url, olga, "Other", role="owner").refusal == (400, "bad_request")
    invited = ask(url, "/v1/agents", {"nickname": "Invited", "email": "invited@example.com"}, Authorization=olga)
    assert invited.refusal == (409, "mail_not_set_up")
    both = {"nickname": "Both", "password": PASSWORD, "email": "both@example.com"}
    for _ in range(2):  # and nobody has that name
        assert ask(url, "/v1/agents", both, Authorization=olga).refusal == (409, "mail_not_set_up")
    assert ask(url, "/login/help", {"email": "invited@example.com"}).refusal == (409, "mail_not_set_up")


def test_only_administrators_change_the_team(url: str, olga: str, visitor: str, person: dict[str, Any]) -> None:
    pavel = log_in(url, person["nickname"], PASSWORD)
    for token in (pavel, visitor):
        assert add(url, token, "Mallory").refusal == (403, "forbidden")
        assert change(url, token, person["uid"], role="admin").refusal == (403, "forbidden")
    assert ask(url, "/v1/agents", Authorization=visitor).refusal == (403, "forbidden")
    assert ask(url, "/v1/agents").refusal == (401, "no_session")


def test_the_last_administrator_stays_and_nobody_locks_themself_out(
    url: str, olga: str, person: dict[str, Any]
) -> None:
    own = uid_of(url, olga)
    assert change(url, olga, own, role="agent").refusal == (409, "last_admin")
    assert change(url, olga, own, disabled=True).refusal == (409, "not_yourself")
    assert change(url, olga, person["uid"], role="admin").status == 200
    assert change(url, olga, own, disabled=True).refusal == (409, "not_yourself")
    assert change(url, olga, person["uid"], role="agent").value["role"] == "agent"
    assert change(url, olga, "anobody", role="agent").refusal == (404, "unknown_agent")


def test_who_is_locked_out_is_out_at_once_and_can_come_back(url: str, olga: str, person: dict[str, Any]) -> None:
    pavel = log_in(url, person["nickname"], PASSWORD)
    stream = Stream(url, pavel, "?delta=1")
    watching = Stream(url, olga, "?delta=1")
    assert change(url, olga, person["uid"], disabled=True).value["disabled"]
    assert stream.over(within=5)
    assert ask(url, "/v1/me", Authorization=pavel).refusal == (401, "no_session")
    assert not enters(url, person["nickname"])
    watching.until(lambda kind, data: kind == "agent" and data["uid"] == person["uid"] and data["disabled"])
    assert not change(url, olga, person["uid"], disabled=False).value["disabled"]
    assert enters(url, person["nickname"])
    watching.close()
    stream.close()


def test_another_role_or_password_means_logging_in_again(url: str, olga: str, person: dict[str, Any]) -> None:
    pavel = log_in(url, person["nickname"], PASSWORD)
    assert change(url, olga, person["uid"], role="admin").status == 200
    assert ask(url, "/v1/me", Authorization=pavel).refusal == (401, "no_session")
    pavel = log_in(url, person["nickname"], PASSWORD)
    assert ask(url, "/v1/me", Authorization=pavel).value["agent_role"] == "admin"
    assert change(url, olga, person["uid"], password="short").refusal == (400, "weak_password")
    assert change(url, olga, person["uid"], password=OTHER).status == 200
    assert ask(url, "/v1/me", Authorization=pavel).refusal == (401, "no_session")
    assert not enters(url, person["nickname"])
    pavel = log_in(url, person["nickname"], OTHER)
    assert change(url, pavel, person["uid"], password=PASSWORD).status == 200  # their own: they stay
    assert ask(url, "/v1/me", Authorization=pavel).status == 200
    assert change(url, olga, person["uid"], role="agent").status == 200


def renew(url: str, token: str, present: str, password: str) -> Answer:
    """Change one's own password."""
    return ask(url, "/v1/me/password", {"present": present, "password": password}, Authorization=token)


def test_agents_change_their_own_password_by_the_present_one(url: str, olga: str, person: dict[str, Any]) -> None:
    here, elsewhere = (log_in(url, person["nickname"], PASSWORD) for _ in range(2))
    stream = Stream(url, elsewhere, "?delta=1")
    for wrong in ("", "x", PASSWORD + " ", OTHER):
        assert renew(url, here, wrong, OTHER).refusal == (403, "wrong_password")
    assert renew(url, here, PASSWORD, "short").refusal == (400, "weak_password")
    assert renew(url, here, PASSWORD, "").refusal == (400, "weak_password")
    assert ask(url, "/v1/me", Authorization=elsewhere).status == 200
    assert renew(url, here, PASSWORD, OTHER).status == 200
    assert stream.over(within=5)
    assert ask(url, "/v1/me", Authorization=elsewhere).refusal == (401, "no_session")
    assert ask(url, "/v1/me", Authorization=here).status == 200
    assert not enters(url, person["nickname"])
    assert enters(url, person["nickname"], OTHER)
    assert change(url, olga, person["uid"], password=PASSWORD).status == 200
    stream.close()


def test_a_browser_of_another_site_changes_nothing(shop: Chatadmin, url: str, person: dict[str, Any]) -> None:
    answer = ask(url, "/login", {"nickname": "Olga", "password": PASSWORD})
    cookie = f"chatadmin_agent={answer.cookies['chatadmin_agent']}"
    for origin in ({"Origin": "https://evil.example"}, {}):
        refused = ask(url, f"/v1/agents/{person['uid']}", {"role": "admin"}, method="PATCH", Cookie=cookie, **origin)
        assert refused.refusal == (403, "bad_origin")
