"""From an empty page of a shop, and a chat that runs, to the first answer on that page: by the hands of one person."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from tests.bench.shop_page import opened
from tests.browser.console import Console
from tests.browser.sites import Sites
from tests.clients import api

_EMPTY = "<!doctype html><html lang=en><head><title>Tea</title></head><body><h1>Tea</h1></body></html>"


@contextmanager
def new_shop() -> Iterator[Callable[[], dict[str, Any]]]:
    """A chat that runs, with an administrator, and a shop that it does not know; what it gives goes the way once."""
    with opened(sites=[]) as sites:
        token = api.set_up(sites.running.url, sites.running.setup_secret)

        def ask() -> dict[str, Any]:
            version = api.call(sites.running.url, "/v1/widget", token)["version"]
            api.call(sites.running.url, "/v1/widget", token, {"sites": [], "version": version}, "PUT")
            figure = _first_answer(sites)
            sites.close()
            return figure

        yield ask


def _first_answer(sites: Sites) -> dict[str, Any]:
    """Seconds from the first press to the answer on the page, and how many steps they were; nobody stops to think."""
    console = sites.agent()
    began, steps = time.perf_counter(), 0

    def step(do: Callable[[], Any]) -> Any:
        nonlocal steps
        steps += 1
        return do()

    step(lambda: console.goto(f"{sites.chat}/admin#/site"))
    line = step(lambda: console.get_by_label("The line for your pages").input_value())
    address = console.get_by_label("Address of a site")
    step(lambda: (address.fill(sites.shop), address.press("Enter")))
    expect(address).to_have_value("")
    step(lambda: sites.pages.put("/", _EMPTY.replace("</head>", f"{line}</head>")))
    page = step(lambda: sites.visit("/"))
    step(lambda: sites.launcher(page).click())
    composer = sites.frame(page).locator(".composer textarea")
    step(lambda: (composer.fill("Is the kettle back?"), composer.press("Enter")))
    console.goto(f"{sites.chat}/admin")
    row = console.locator(".visitor-row", has_text="Is the kettle back?")
    step(lambda: (row.locator("button").first.click(), Console(console).press("Take this conversation")))
    answer = console.locator(".composer textarea")
    step(lambda: (answer.fill("Since this morning."), answer.press("Enter")))
    expect(sites.frame(page).locator(".bubble", has_text="Since this morning.")).to_be_visible()
    return {"seconds": time.perf_counter() - began, "steps": steps}
