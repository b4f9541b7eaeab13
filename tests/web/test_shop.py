"""The shop's own settings on the running product: who may change them, and how fast everybody sees it."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, agent, ask, log_in
from tests.clients.events import Stream
from tests.clients.party import Party
from tests.running import Chatadmin, wait_until

Start = Callable[..., Chatadmin]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Two workers: what one is told, the other must say."""
    return {"limits": {"logins_per_minute": 0}, "shop_name": "From the file", "workers": 2}


@pytest.fixture(scope="module")
def pavel(shop: Chatadmin) -> str:
    """The token of an agent who is no administrator."""
    agent(shop, "add", "Pavel", password=PASSWORD)
    return log_in(shop.url, "Pavel", PASSWORD)


@pytest.fixture
def version(url: str, olga: str) -> int:
    """That of the settings as they stand."""
    return int(ask(url, "/v1/shop", Authorization=olga).value["version"])


@pytest.fixture
def stream(url: str, olga: str) -> Iterator[Stream]:
    opened = Stream(url, olga, "?delta=1")
    yield opened
    opened.close()


def change(url: str, token: str, version: int, **settings: Any) -> Answer:
    return ask(url, "/v1/shop", {"version": version, **settings}, method="PATCH", Authorization=token)


def on_page(url: str, path: str = "/") -> Any:
    """What the page is served with."""
    found = re.search(r'data-shop="([^"]*)"', ask(url, path).body.decode())
    assert found
    return json.loads(unescape(found[1]))


def test_the_configuration_s_name_holds_until_an_administrator_chose_one(start_chatadmin: Start) -> None:
    config = {"shop_name": "From the file"}
    first = start_chatadmin(config=config)
    ask(first.url, "/setup", {"secret": first.setup_secret, "name": "Olga", "password": PASSWORD})
    olga = log_in(first.url, "Olga", PASSWORD)
    assert on_page(first.url) == {
        "name": "From the file",
        "greeting": "",
        "greetings": {},
        "accent": "",
        "palette": None,
        "logo": "",
        "faces": {},
    }
    assert change(first.url, olga, 0, name="", greeting="Hello!").status == 200
    data = first.data_dir
    first.stop()
    again = start_chatadmin(config=config, data_dir=data)
    assert (on_page(again.url)["name"], on_page(again.url)["greeting"]) == ("", "Hello!")


def test_only_administrators_change_them(url: str, olga: str, pavel: str, visitor: str, version: int) -> None:
    assert ask(url, "/v1/shop").refusal == (401, "no_session")
    assert ask(url, "/v1/shop", Authorization=visitor).refusal == (403, "forbidden")
    assert ask(url, "/v1/shop", Authorization=pavel).value["version"] == version
    for token in (pavel, visitor):
        assert change(url, token, version, name="Mine").refusal == (403, "forbidden")
    assert ask(url, "/v1/shop", Authorization=olga).value["version"] == version


def test_a_change_reaches_pages_that_are_open_and_those_that_come(
    url: str, olga: str, visitor: str, version: int, stream: Stream
) -> None:
    kind, first = stream.event()[1:]
    assert (kind, first["shop"]["version"]) == ("snapshot", version)
    words = {"name": "Tea & <b>Kettle</b>", "greeting": "Hello!\nHow can we help?", "accent": "#0A7D4F"}

    async def story() -> None:
        party = Party(url, visitor, "tab")
        await party.connect()
        done = await asyncio.to_thread(change, url, olga, version, **words)
        assert done.value["version"] == version + 1
        frame = await party.next("shop")
        assert (frame["name"], frame["greeting"], frame["accent"]) == (words["name"], words["greeting"], "#0a7d4f")
        assert frame["palette"]["light"]["accent"] == "#0a7d4f"
        assert set(frame["palette"]) == {"light", "dark"}
        await party.close()

    asyncio.run(story())
    told = stream.until(lambda kind, _: kind == "shop")
    assert (told["name"], told["version"], told["by"]["nickname"]) == (words["name"], version + 1, "Olga")
    desk = ask(url, "/v1/desk").value
    assert (desk["shop_name"], desk["greeting"], desk["accent"]) == (words["name"], words["greeting"], "#0a7d4f")
    wait_until(lambda: all(on_page(url)["name"] == words["name"] for _ in range(8)), "both workers to know")
    assert "<b>" not in ask(url, "/admin").body.decode()


def test_the_later_of_two_is_told_who_was_faster(url: str, olga: str, version: int) -> None:
    hired = {"nickname": "Second", "password": PASSWORD, "role": "admin"}
    assert ask(url, "/v1/agents", hired, Authorization=olga).status == 200
    second = log_in(url, "Second", PASSWORD)
    assert change(url, second, version, greeting="Hello from Second").status == 200
    late = change(url, olga, version, greeting="Hello from Olga")
    assert late.refusal == (409, "changed_meanwhile")
    assert "Second" in late.json["msg"]
    assert ask(url, "/v1/shop", Authorization=olga).value["greeting"] == "Hello from Second"
    # who did not hear that it was done may say it again
    assert change(url, second, version, greeting="Hello from Second").value["version"] == version + 1


@pytest.mark.parametrize(
    ("settings_asked", "code"),
    [
        ({"accent": "javascript:1"}, "bad_colour"),
        ({"name": "x" * 61}, "bad_shop_name"),
        ({"greeting": "x" * 501}, "bad_greeting"),
        ({"greetings": {"zh": "x" * 501}}, "bad_greeting"),
        ({"greetings": {"tlh": "nuqneH"}}, "bad_request"),
        ({"greetings": ["Hello"]}, "bad_request"),
        ({"retention_days": 99999}, "bad_retention"),
        ({"retention_days": "x"}, "bad_request"),
        ({"hours": {"zone": "Europe/Atlantis"}}, "bad_zone"),
        ({"hours": {"zone": "UTC", "week": {"mon": [["9", "17:00"]]}}}, "bad_request"),
        ({"hours": {"zone": "UTC", "week": {"today": []}}}, "bad_request"),
        ({"hours": {"zone": "UTC", "dates": [{"ranges": []}]}}, "bad_hours"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    url: str, olga: str, version: int, settings_asked: dict[str, Any], code: str
) -> None:
    assert change(url, olga, version, **{"greeting": "not this", **settings_asked}).refusal == (400, code)
    assert ask(url, "/v1/shop", Authorization=olga).value["version"] == version


def test_everybody_is_greeted_in_their_own_language(url: str, olga: str, visitor: str, version: int) -> None:
    def desk(accepted: str) -> tuple[str, dict[str, str]]:
        told = ask(url, "/v1/desk", Accept_Language=accepted).value
        return told["greeting"], told["greetings"]

    async def story() -> None:
        party = Party(url, visitor, "tab")
        await party.connect()
        both = {"en": "Hello!", "zh": "您好！"}
        done = await asyncio.to_thread(change, url, olga, version, greetings={"zh": "您好！", "en": "Hello!"})
        assert done.value["greetings"] == both

        def told() -> list[dict[str, Any]]:  # and of what was changed before, where it comes late
            return [frame for frame in party.frames if frame["type"] == "shop" and frame["greetings"] == both]

        await party.until(told, "the change")
        assert told()[0]["greeting"] == "Hello!"
        await party.close()

    asyncio.run(story())
    asked = {"version": version + 1, "greeting": "欢迎！"}  # who names no language means their own
    assert ask(url, "/v1/shop", asked, method="PATCH", Authorization=olga, Accept_Language="zh").status == 200
    wait_until(lambda: desk("zh-TW") == ("欢迎！", {"en": "Hello!", "zh": "欢迎！"}), "the worker that answers to know")
    assert desk("fr")[0] == "Hello!"
    for accepted, greeting in {"zh": "欢迎！", "fr": "Hello!"}.items():  # what is read is what would be written
        assert ask(url, "/v1/shop", Authorization=olga, Accept_Language=accepted).value["greeting"] == greeting
    assert change(url, olga, version + 2, greetings={"zh": "您好！", "en": " "}).value["greetings"] == {"zh": "您好！"}
    wait_until(lambda: desk("en") == ("您好！", {"zh": "您好！"}), "the worker that answers to know")


def test_hours_hold_at_once_and_until_they_are_taken_back(
    url: str, olga: str, visitor: str, version: int, stream: Stream
) -> None:
    assert stream.event()[2]["shop"]["hours"] is None
    dates = [{"on": "2001-02-03", "ranges": [["09:00", "24:00"]]}]
    never = {"zone": "europe/berlin", "week": {"mon": []}, "dates": dates}

    async def story() -> None:
        party = Party(url, visitor, "tab")
        await party.connect()
        for past, hours in enumerate((never, None)):
            done = await asyncio.to_thread(change, url, olga, version + past, hours=hours)
            assert done.value["hours"] == (hours and {**hours, "zone": "Europe/Berlin"})
            await party.until(lambda told=past + 1: len(_desks(party)) == told, "the desk")
        closed, opened = _desks(party)
        assert (closed["open"], closed["until"], closed["next"]) == (False, None, None)
        assert opened["open"] is True

        def says_the_same() -> bool:
            desk = ask(url, "/v1/desk").value
            return bool(desk | opened == desk | {"type": "desk"})

        await asyncio.to_thread(wait_until, says_the_same, "the worker that answers to know")
        await party.close()

    asyncio.run(story())
    assert stream.until(lambda kind, data: kind == "shop" and not data["open"])["hours"]["week"] == {"mon": []}
    assert stream.until(lambda kind, data: kind == "shop" and data["open"])["hours"] is None
    # whoever says nothing of hours leaves them as they are
    assert change(url, olga, version + 2, hours=never).status == 200
    assert change(url, olga, version + 3, name="Tea").value["hours"]["dates"] == never["dates"]
    assert change(url, olga, version + 4, hours=None).value["open"] is True


def _desks(party: Party) -> list[dict[str, Any]]:
    return [frame for frame in party.frames if frame["type"] == "desk"]


def test_a_colour_s_shades_may_be_asked_for(url: str, pavel: str) -> None:
    pale = ask(url, "/v1/shop/palette?accent=%23FFCC00", Authorization=pavel).value
    assert pale["accent"] == pale["palette"]["light"]["accent"] == "#ffcc00"
    assert pale["palette"]["light"]["on-accent"] == pale["palette"]["dark"]["on-accent"] == "#000000"
    assert ask(url, "/v1/shop/palette?accent=red", Authorization=pavel).refusal == (400, "bad_colour")
    assert ask(url, "/v1/shop/palette").refusal == (401, "no_session")


def test_what_is_kept_stays_when_a_limit_is_set(url: str, olga: str, version: int, shop: Chatadmin) -> None:
    assert change(url, olga, version, retention_days=30).value["retention_days"] == 30
    wait_until(lambda: change(url, olga, version + 1, retention_days=0).status == 200, "the limit to be lifted")
