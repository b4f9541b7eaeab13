"""Who looks at the shop's pages stands on the list, and may be greeted before they have written a word."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OwnShop, Shop
from tests.browser.console import Console
from tests.clients import api
from tests.clients.sockets import open_chat

SITE = "https://shop.example.com"
_lives = count(1)


@pytest.fixture
def shop(own_shop: OwnShop) -> Shop:
    return own_shop("Anna", "Ben", sites=[SITE])


class Looker:
    """A page of the shop's that somebody looks at, as its tag tells of it."""

    def __init__(self, shop: Shop, title: str, **more: Any) -> None:
        self._url, self.id = shop.url, f"life-{next(_lives):08}"
        self._told = {"id": self.id, "page": f"{SITE}/{self.id}", "title": title, "tz": "Asia/Tokyo", **more}

    def look(self, **more: Any) -> Any:
        """It says so; what it is answered."""
        told = {**self._told, **more}
        return api.ask(self._url, "/v1/widget/seen", told, Origin=SITE, Content_Type="text/plain").value

    def write(self, text: str, **more: Any) -> None:
        """They open the chat there and write."""
        asked = {"page": self._told["page"], "seen": self.id, "id": f"{self.id}-first", **more}
        self._socket = open_chat(self._url, api.ask(self._url, "/login/widget", asked).value["token"])
        self._socket.tell(type="send", id=f"{self.id}.1", content=text)


def look(shop: Shop, title: str, **more: Any) -> Looker:
    looker = Looker(shop, title, **more)
    looker.look()
    return looker


def test_somebody_is_greeted_answers_and_is_offered_to_who_greeted(shop: Shop) -> None:
    anna, ben = Console(shop.agent("Anna")), Console(shop.agent("Ben"))
    evil = "<img src=x onerror=alert(1)> Lamps"
    lamps = look(shop, evil)
    expect(anna.names("browsing")).to_have_text([evil])
    expect(anna.line(evil)).to_contain_text("Japan · ")
    anna.row(evil).locator("button").click()
    expect(anna.name).to_have_text(evil)
    for known in ("Asia/Tokyo", f"shop.example.com/{lamps.id}"):
        expect(anna.page.locator(".browsing")).to_contain_text(known)

    anna.page.keyboard.press("r")
    field = anna.page.get_by_role("textbox", name="Say a word to them")
    expect(field).to_be_focused()
    field.fill("May I help you?")
    expect(anna.page.locator(".greeting-card")).to_contain_text("Anna")
    field.press("Enter")
    status = anna.page.locator(".greeting").get_by_role("status")
    expect(status).to_have_text("You greeted them, just now. It is on its way to their page.")
    expect(ben.row(evil)).to_contain_text("greeted")
    invite = lamps.look()["invite"]
    assert (invite["text"], invite["by"]["nickname"]) == ("May I help you?", "Anna")
    expect(status).to_contain_text("It is on their page.")
    ben.row(evil).locator("button").click()
    expect(ben.page.locator(".greeting")).to_contain_text("Anna greeted them, just now.")

    lamps.write("Yes, please", invite=invite["id"])
    expect(anna.names("browsing")).to_have_count(0)
    expect(ben.page.get_by_text("They have written.")).to_be_visible()
    expect(ben.page.locator(".case-presence")).to_have_text("Went on to the chat")
    expect(anna.notice).to_contain_text("has answered your greeting")
    anna.notice.get_by_role("button", name="Open").click()
    expect(anna.bubbles.last).to_have_text("Yes, please")
    anna.press("Take this conversation")
    expect(anna.notice).to_have_count(0)
    ben.press("Open the conversation")
    expect(ben.bar).to_contain_text("Anna is talking")


def test_many_are_folded_walked_and_left_in_peace_beneath_a_pointer(shop: Shop) -> None:
    first = look(shop, "Page 0")
    behind = look(shop, "Behind", visible=False)
    for n in range(1, 30):
        look(shop, f"Page {n}")
    anna = Console(shop.agent("Anna"))
    expect(anna.names("browsing")).to_have_text([f"Page {n}" for n in range(10)])
    anna.row("Page 9").locator("button").click()
    anna.page.locator(".case").focus()
    anna.page.keyboard.press("j")  # past the last that is shown there is nobody
    expect(anna.name).to_have_text("Page 9")
    anna.press("21 more")
    expect(anna.names("browsing")).to_have_text([*(f"Page {n}" for n in range(30)), "Behind"])

    anna.page.keyboard.press("Control+k")
    anna.page.get_by_role("combobox").fill("behi")
    anna.page.keyboard.press("Enter")
    expect(anna.name).to_have_text("Behind")
    anna.page.get_by_role("textbox", name="Say a word to them").fill("Are you")
    anna.row("Page 1").locator("button").click()
    anna.row("Behind").locator("button").click()
    expect(anna.page.get_by_role("textbox", name="Say a word to them")).to_have_value("Are you")
    behind.look(quiet=True)
    expect(anna.page.get_by_text("They closed the chat, or a word of the shop")).to_be_visible()
    behind.look(gone=True)
    expect(anna.page.get_by_text("They have gone without writing.")).to_be_visible()

    anna.point_at("Page 1")  # beneath a pointer nothing moves, and nobody is told that somebody only looks
    first.look(gone=True)
    expect(anna.row("Page 0")).to_have_attribute("data-gone", "")
    expect(anna.page.get_by_text("29 people browsing")).to_be_visible()
    look(shop, "Late")
    expect(anna.page.get_by_text("30 people browsing")).to_be_visible()
    expect(anna.page.locator(".visitors-behind, [data-group=fresh]")).to_have_count(0)
    anna.point_away()
    expect(anna.row("Page 0")).to_have_count(0)
    expect(anna.row("Late")).to_have_count(1)
    anna.page.reload()
    expect(anna.names("browsing").first).to_have_text("Page 1")
    expect(anna.page).to_have_url(f"{shop.url}/admin")  # whom it named nobody knows any more
    expect(anna.notice).to_have_count(0)
    expect(anna.another_page().names("browsing").first).to_have_text("Page 1")  # which hears of them from the first
