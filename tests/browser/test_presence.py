"""Who is here, as the pages show it: within seconds of somebody's closing a page, and each coming and going once."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop, row, say, take, writes
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.running import in_time

CLOSED = 5  # s after which who closed the page is offline, by the contract


def _line(visitor: Page, words: str) -> None:
    expect(visitor.locator(".head-line")).to_have_text(words)


def _told(visitor: Page, *lines: str) -> None:
    expect(visitor.locator(".thread-event")).to_have_text(list(lines))


def test_an_agent_who_closes_the_page_is_not_shown_as_here(shop: Shop) -> None:
    ben = shop.agent("Ben")
    vera = writes(shop, "Vera")
    take(ben, "Vera")
    _line(vera, "Ben is here")
    ben.reload()
    ben.wait_for_selector(".composer textarea")
    _told(vera, "Ben joined")
    _line(vera, "Ben is here")

    context, closed = ben.context, time.monotonic()
    ben.close()
    _line(vera, "Ben is not here right now: write, we will see it first thing")
    assert in_time(closed, CLOSED, slack=12)
    vera.reload()
    _line(vera, "Ben is not here right now: write, we will see it first thing")
    ben = shop.watch(context.new_page())
    ben.goto(shop.url + "/admin")
    _line(vera, "Ben is here")

    ben_token = api.log_in(shop.url, "Ben", PASSWORD)
    uid = row(ben, "Vera").get_attribute("data-uid") or ""
    for act in ("release", "claim"):
        api.call(shop.url, f"/v1/conversations/{uid}/{act}", ben_token, {})
    _told(vera, "Ben joined", "Ben left", "Ben joined")


def test_the_last_agent_who_leaves_leaves_nobody(shop: Shop) -> None:
    anna = shop.agent()
    vera = shop.visitor("Vera B")
    expect(vera.locator(".head-line[data-here=true]")).to_be_visible()
    closed = time.monotonic()
    anna.close()
    _line(vera, "Nobody is here right now: write, we will see it first thing")
    assert in_time(closed, CLOSED, slack=12)
    shop.agent("Ben")
    expect(vera.locator(".head-line[data-here=true]")).to_be_visible()


def test_a_hand_over_says_who_left_and_who_came(shop: Shop) -> None:
    anna = shop.agent()
    shop.agent("Ben")
    vera = writes(shop, "Vera C")
    take(anna, "Vera C")
    _told(vera, "Anna joined")
    token = api.log_in(shop.url, "Anna", PASSWORD)
    api.call(
        shop.url,
        f"/v1/conversations/{api.call(shop.url, '/v1/visitors/Vera%20C', token)['uid']}/transfer",
        token,
        {"to": "Ben"},
    )
    _told(vera, "Anna joined", "Anna handed over to Ben")
    _line(vera, "Ben is here")


@pytest.mark.parametrize("away", ["asleep", "elsewhere"])
def test_a_page_that_sleeps_or_is_left_says_so_and_comes_back_whole(shop: Shop, away: str) -> None:
    anna = shop.agent()
    name = f"Vera {away}"
    vera = writes(shop, name)
    take(anna, name)
    here = row(anna, name).locator("[data-online]")
    expect(here).to_have_count(1)
    began = time.monotonic()
    if away == "asleep":  # as a phone tells it; Chromium freezes no page that is seen
        vera.evaluate("document.dispatchEvent(new Event('freeze'))")
    else:
        vera.goto("about:blank")
    expect(here).to_have_count(0)
    assert in_time(began, CLOSED, slack=12)
    say(anna, "said meanwhile")
    if away == "asleep":
        vera.evaluate("document.dispatchEvent(new Event('resume'))")
    else:
        vera.go_back()
    expect(here).to_have_count(1)
    expect(vera.locator(".bubble").get_by_text("said meanwhile")).to_be_visible()
    expect(vera.locator(".bubble")).to_have_count(2)
