"""The shop's logo and the faces of agents on the running product: who may put one, and who sees it when."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, agent, ask, log_in
from tests.clients.events import Stream
from tests.clients.party import Party
from tests.pictures import JPEG, PLACE, chunk, photograph, png
from tests.running import Chatadmin, wait_until

LOGO, FACE = "/v1/shop/logo", "/v1/me/face"
PNG_TYPE, JPEG_TYPE = "image/png", "image/jpeg"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Two workers: what one is told, the other must say."""
    return {"limits": {"logins_per_minute": 0}, "workers": 2}


@pytest.fixture(scope="module")
def pavel(shop: Chatadmin) -> str:
    """The token of an agent who is no administrator."""
    agent(shop, "add", "Pavel", password=PASSWORD)
    return log_in(shop.url, "Pavel", PASSWORD)


@pytest.fixture
def stream(url: str, olga: str) -> Iterator[Stream]:
    opened = Stream(url, olga, "?delta=1")
    opened.until(lambda kind, _: kind == "snapshot")
    yield opened
    opened.close()


def put(url: str, path: str, token: str, picture: bytes, type: str = JPEG_TYPE) -> Answer:
    return ask(url, path, picture, method="PUT", Authorization=token, Content_Type=type)


def drop(url: str, path: str, token: str) -> Answer:
    return ask(url, path, method="DELETE", Authorization=token)


def seen(url: str, id: str) -> Answer:
    return ask(url, f"/v1/faces/{id}")


def told_to_page(url: str, token: str, change: Callable[[], Answer]) -> tuple[Any, dict[str, Any]]:
    """What a change is answered, and what a visitor's open page is told of it."""

    async def story() -> tuple[Any, dict[str, Any]]:
        party = Party(url, token, "tab")
        await party.connect()
        value = (await asyncio.to_thread(change)).value

        def told() -> list[dict[str, Any]]:  # and of what was changed before, where it comes late
            return [frame for frame in party.frames if frame["type"] == "shop" and says(frame, value)]

        await party.until(told, "the change")
        await party.close()
        return value, told()[0]

    def says(frame: dict[str, Any], value: dict[str, str]) -> bool:
        if "logo" in value:
            return bool(frame["logo"] == value["logo"])
        return set(frame["faces"].values()) == {value["face"]} - {""}

    return asyncio.run(story())


def test_a_logo_is_seen_by_everybody_and_says_nothing_but_what_is_seen(
    url: str, olga: str, visitor: str, stream: Stream
) -> None:
    value, frame = told_to_page(url, visitor, lambda: put(url, LOGO, olga, photograph(orientation=6)))
    logo = value["logo"]
    assert frame["logo"] == stream.until(lambda kind, _: kind == "shop")["logo"] == logo
    picture = seen(url, logo)
    assert PLACE not in picture.body
    assert picture.body[:2] == b"\xff\xd8"
    assert b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06" in picture.body  # upright all the same
    assert picture.headers["content-type"] == JPEG_TYPE
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in picture.headers["cache-control"]
    assert "sandbox" in picture.headers["content-security-policy"]
    wait_until(lambda: all(ask(url, "/v1/desk").value["logo"] == logo for _ in range(8)), "both workers to know")
    assert ask(url, "/v1/shop", Authorization=olga).value["logo"] == logo
    assert logo in ask(url, "/").body.decode()
    value, frame = told_to_page(url, visitor, lambda: drop(url, LOGO, olga))
    assert value["logo"] == frame["logo"] == ""
    assert seen(url, logo).refusal == (404, "not_found")


def test_an_agent_s_face_is_shown_beside_the_name_and_replaced(
    url: str, olga: str, pavel: str, visitor: str, stream: Stream
) -> None:
    uid = ask(url, "/v1/me", Authorization=pavel).value["uid"]
    text = chunk(b"tEXt", b"Comment\0" + PLACE)
    value, frame = told_to_page(url, visitor, lambda: put(url, FACE, pavel, png(256, 256, text), PNG_TYPE))
    first = value["face"]
    assert frame["faces"] == {uid: first}
    stream.until(lambda kind, data: kind == "agent" and (data["uid"], data["face"]) == (uid, first))
    assert seen(url, first).headers["content-type"] == PNG_TYPE
    assert seen(url, first).body == png(256, 256)
    value, frame = told_to_page(url, visitor, lambda: put(url, FACE, pavel, JPEG))
    second = value["face"]
    assert frame["faces"] == {uid: second}
    assert seen(url, first).status == 404
    assert seen(url, second).body == JPEG
    wait_until(
        lambda: all(ask(url, "/v1/desk").value["faces"] == {uid: second} for _ in range(8)), "both workers to know"
    )
    for told in (ask(url, "/v1/me", Authorization=pavel).value, *ask(url, "/v1/agents", Authorization=olga).value):
        assert told["face"] == (second if told["uid"] == uid else "")
    # What they said stays theirs: their face stays, too.
    ask(url, f"/v1/agents/{uid}", {"disabled": True}, method="PATCH", Authorization=olga)
    assert ask(url, "/v1/desk").value["faces"] == {uid: second}
    ask(url, f"/v1/agents/{uid}", {"disabled": False}, method="PATCH", Authorization=olga)
    again = log_in(url, "Pavel", PASSWORD)
    value, frame = told_to_page(url, visitor, lambda: drop(url, FACE, again))
    assert (value["face"], frame["faces"]) == ("", {})


def test_who_may_not_puts_none(url: str, olga: str, visitor: str) -> None:
    agent_ = {"nickname": "Petra", "password": PASSWORD, "role": "agent"}
    ask(url, "/v1/agents", agent_, Authorization=olga)
    petra = log_in(url, "Petra", PASSWORD)
    for token in (petra, visitor):
        assert put(url, LOGO, token, JPEG).refusal == (403, "forbidden")
        assert drop(url, LOGO, token).refusal == (403, "forbidden")
    assert put(url, FACE, visitor, JPEG).refusal == (403, "forbidden")
    assert put(url, FACE, "", JPEG).refusal == (401, "no_session")
    cookie = {"Cookie": f"chatadmin_agent={olga}", "Content_Type": JPEG_TYPE}
    for origin in ({"Origin": "https://evil.example"}, {}):
        assert ask(url, LOGO, JPEG, method="PUT", **cookie, **origin).refusal == (403, "bad_origin")


@pytest.mark.parametrize(
    ("picture", "type", "refusal"),
    [
        (JPEG, "image/svg+xml", (415, "bad_type")),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", PNG_TYPE, (415, "bad_type")),
        (JPEG, PNG_TYPE, (415, "bad_type")),
        (JPEG, "", (415, "bad_type")),
        (JPEG[:-40], JPEG_TYPE, (415, "bad_type")),
        (b"", JPEG_TYPE, (415, "bad_type")),
        (png(513, 8), PNG_TYPE, (400, "bad_face")),
        (png(8, 65_535), PNG_TYPE, (400, "bad_face")),
        (JPEG + bytes(64 * 1024), JPEG_TYPE, (413, "too_large")),
    ],
    ids=["svg", "markup", "as png", "no type", "cut off", "nothing", "too wide", "too high", "too large"],
)
def test_what_is_no_small_picture_is_refused_and_changes_nothing(
    url: str, olga: str, picture: bytes, type: str, refusal: tuple[int, str]
) -> None:
    before = ask(url, "/v1/desk").value["logo"]
    assert put(url, LOGO, olga, picture, type).refusal == refusal
    assert ask(url, "/v1/desk").value["logo"] == before


@pytest.mark.parametrize("id", ["", "x", "x" * 22, "..%2fshop", "%00" * 22, "{people}:agents", "é" * 22])
def test_what_is_no_id_finds_nothing(url: str, id: str) -> None:
    assert seen(url, id.encode().decode("latin-1") if id.isascii() else "%C3%A9" * 22).status == 404


def test_what_stands_behind_a_picture_s_end_is_not_kept(url: str, olga: str) -> None:
    script = b"<script>alert(1)</script>"
    for picture, type in ((JPEG, JPEG_TYPE), (png(8, 8), PNG_TYPE)):
        logo = put(url, LOGO, olga, picture + script, type).value["logo"]
        assert seen(url, logo).body == picture
    assert drop(url, LOGO, olga).value == {"logo": ""}
