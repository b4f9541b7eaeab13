"""How it was: what a visitor may say of a closed conversation, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.clients.api import Answer, ask, history
from tests.clients.sockets import RawSocket
from tests.running import wait_until
from tests.web.conftest import Act, Connect
from tests.web.test_sites import change


def rate(url: str, token: str, **said: Any) -> Answer:
    return ask(url, "/v1/rating", said, Authorization=token)


def rating(url: str, token: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(url, "/v1/rating", Authorization=token).value
    return found


def say(page: RawSocket, n: int) -> None:
    page.tell(type="send", id=f"tab.{n}", content="hello")
    page.hear(type="ack")


def rated(url: str, token: str, uid: str) -> list[dict[str, Any]]:
    return [entry for entry in history(url, token, uid) if entry.get("kind") == "rated"]


def test_a_visitor_says_once_how_it_was_and_agents_read_it(
    url: str, act: Act, uid: str, page: RawSocket, connect: Connect, visitor: str, olga: str
) -> None:
    assert rating(url, visitor) == {"open": False, "good": None}
    assert rate(url, visitor, good=True).refusal == (409, "nothing_to_rate")
    say(page, 1)
    act(olga, "resolve")
    assert rating(url, visitor) == {"open": True, "good": None}
    assert rate(url, visitor, good=True, comment="x" * 501).refusal == (400, "bad_request")
    assert rate(url, visitor, comment="nice").refusal == (400, "bad_request")
    assert rate(url, visitor, good=False, comment=" slow\r\nbut kind ").status == 200
    assert rate(url, visitor, good=False, comment="more").refusal == (409, "rated")
    assert rating(url, visitor) == {"open": False, "good": False}
    (seen,) = rated(url, olga, uid)
    assert (seen["good"], seen["comment"], seen["user"]["uid"]) == (False, "slow\nbut kind", uid)
    assert (rated(url, visitor, uid), rate(url, olga, good=True).refusal) == ([], (403, "forbidden"))
    assert ask(url, "/v1/rating", {"good": True}).refusal == (401, "no_session")
    for token, told in ((olga, True), (visitor, False)):
        saved = ask(url, f"/v1/transcript?client={uid}", Authorization=token).body.decode()
        assert ("rated the conversation: not good" in saved, "slow\nbut kind" in saved) == (told, told)
    past = wait_until(lambda: ask(url, f"/v1/conversations/{uid}/episodes", Authorization=olga).value, "an episode")
    assert [episode["rating"] for episode in past] == [{"good": False, "comment": "slow\nbut kind"}]
    say(page, 2)  # and the next conversation begins
    assert rating(url, visitor) == {"open": False, "good": None}


def test_of_many_tabs_that_rate_at_once_one_is_heard(
    url: str, act: Act, uid: str, page: RawSocket, visitor: str, olga: str
) -> None:
    say(page, 1)
    act(olga, "claim")
    act(olga, "resolve")
    with ThreadPoolExecutor(8) as tabs:
        answers = list(tabs.map(lambda n: rate(url, visitor, good=n % 2 == 0), range(8)))
    assert sorted(answer.status for answer in answers) == [200, *[409] * 7]
    (seen,) = rated(url, olga, uid)
    assert seen["good"] == rating(url, visitor)["good"]


def test_reports_count_it_once_for_the_agent_it_is_about(
    url: str, act: Act, page: RawSocket, visitor: str, olga: str, pavel: str
) -> None:
    day = datetime.now(UTC).date()
    query = f"/v1/reports?from={day}&to={day + timedelta(days=1)}"  # which it may be before all is counted

    def figures() -> dict[str, int]:
        agents = ask(url, query, Authorization=olga).value["agents"]
        return {row["nickname"]: row["good"] for row in agents if row["good"]}

    before = figures().get("Pavel", 0)
    say(page, 1)
    act(pavel, "claim")
    act(olga, "resolve")
    assert rate(url, visitor, good=True).status == 200
    assert rate(url, visitor, good=True, comment="and quick").status == 200
    wait_until(lambda: figures().get("Pavel") == before + 1, "the rating counted")
    sheet = ask(url, f"{query}&format=csv&table=agents", Authorization=olga).body.decode("utf-8-sig")
    assert sheet.splitlines()[0].endswith("Rated good,Rated not good")


def test_a_shop_that_asks_nobody_is_told_nothing(url: str, act: Act, page: RawSocket, visitor: str, olga: str) -> None:
    say(page, 1)
    act(olga, "resolve")
    for on in (False, True):
        assert change(url, olga, rating=on).status == 200
        wait_until(lambda on=on: rating(url, visitor)["open"] is on, "the switch")
        assert rate(url, visitor, good=True).status == (200 if on else 409)
