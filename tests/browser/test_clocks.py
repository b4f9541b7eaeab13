"""Browsers whose clock is wrong, was set, slept or travelled: pages go by the server's time, and by the day it is."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import Shop, come_in, say, writes
from tests.browser.console import PATIENCE_MS, Console
from tests.clients import api
from tests.clients.api import PASSWORD

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WRONG = {"an hour": HOUR_MS, "a day": DAY_MS, "a year": 365 * DAY_MS}
# `ahead`: by how many ms the machine's clock is; `stood`: for how long its monotonic one stood still.
CLOCKS = """(() => {
  const Right = Date, mark = performance.now.bind(performance);
  Object.assign(window, { ahead: %d, stood: 0 });
  window.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + ahead); }
    static now() { return Right.now() + ahead; }
  };
  performance.now = () => mark() - stood;
})()"""
LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange'))"


class Server:
    """What the server tells a browser of the time, so many ms ahead."""

    def __init__(self) -> None:
        self.ahead = 0

    def stands_before(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: socket.send(self._told(str(text))))

    def _told(self, text: str) -> str:
        frame: dict[str, Any] = json.loads(text)
        if "time" in frame:
            frame["time"] = (datetime.fromisoformat(frame["time"]) + timedelta(milliseconds=self.ahead)).isoformat()
        return json.dumps(frame)


def enter(shop: Shop, path: str, ahead: int = 0, server: Server | None = None, **options: Any) -> Page:
    """A page in a browser with clocks of its own; Anna's console, or a visitor's chat."""
    context = shop.browse(**options)
    context.add_init_script(CLOCKS % ahead)
    if server:
        context.route_web_socket(re.compile("/v1/chat"), server.stands_before)
    page = shop.watch(context.new_page())
    if path == "/admin":
        token = api.log_in(shop.url, "Anna", PASSWORD)
        context.add_cookies([{"name": "chatadmin_agent", "value": token, "url": shop.url}])
    page.goto(shop.url + path)
    if path == "/admin":
        page.wait_for_selector(".workspace")
    return page


def rows(shop: Shop, nickname: str) -> dict[str, Any]:
    """What the server says of a visitor."""
    token = api.log_in(shop.url, "Anna", PASSWORD)
    found: dict[str, Any] = next(one for one in api.call(shop.url, "/v1/users", token) if one["nickname"] == nickname)
    return found


def waited(console: Console, nickname: str) -> Any:
    return console.row(nickname).locator(".visitor-row-time")


SHORT = re.compile(r"^(\d+ s|[1-9] min)$")


@pytest.mark.parametrize("sign", [1, -1], ids=["fast", "slow"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_clock_changes_nothing_that_is_shown_or_sent(shop: Shop, wrong: str, sign: int) -> None:
    name = f"{'slow' if sign < 0 else 'fast'} {wrong}"
    writes(shop, name)
    anna = Console(enter(shop, "/admin", sign * WRONG[wrong]))
    expect(waited(anna, name)).to_have_text(SHORT, timeout=PATIENCE_MS)
    assert anna.row(name).get_attribute("data-urgency") != "red"
    anna.take(name)
    expect(anna.page.locator(".thread-day")).to_have_text("Today")
    today = datetime.fromisoformat(rows(shop, name)["enter_at"]).astimezone().date()
    anna.page.keyboard.press("Escape")
    expect(anna.composer).not_to_be_focused()
    anna.page.keyboard.press("s")
    anna.page.locator(".dialog .choice").first.click()  # in an hour
    expect(anna.bar).to_contain_text("Snoozed until", timeout=PATIENCE_MS)
    row = rows(shop, name)
    ends = datetime.fromisoformat(row["snoozed_until"]) - datetime.now(datetime.fromisoformat(row["enter_at"]).tzinfo)
    assert timedelta(minutes=55) < ends <= timedelta(hours=1)
    anna.page.goto(f"{shop.url}/admin#/reports")
    anna.page.get_by_role("button", name="From – to").click()
    expect(anna.page.get_by_label("To", exact=True)).to_have_value(today.isoformat())


def test_a_visitor_with_a_wrong_clock_reads_today(shop: Shop) -> None:
    page = enter(shop, "/", -DAY_MS)
    come_in(page, shop.url, "Behind")
    say(page, "Hello?")
    expect(page.locator(".thread-day")).to_have_text("Today", timeout=PATIENCE_MS)


def test_a_clock_that_is_set_while_the_page_is_open_changes_nothing(shop: Shop) -> None:
    writes(shop, "Steady")
    anna = Console(enter(shop, "/admin"))
    expect(waited(anna, "Steady")).to_have_text(SHORT, timeout=PATIENCE_MS)
    for ahead in (-DAY_MS, HOUR_MS):
        anna.page.evaluate(f"ahead = {ahead}")
        anna.page.evaluate(LOOKED_AT)
        expect(waited(anna, "Steady")).to_have_text(SHORT, timeout=PATIENCE_MS)


@pytest.mark.parametrize("stands_still", [True, False])
def test_after_sleep_the_time_is_right_at_once(shop: Shop, stands_still: bool) -> None:
    """In some browsers the monotonic clock stands still meanwhile."""
    name = f"Asleep {stands_still}"
    writes(shop, name)
    server = Server()
    anna = Console(enter(shop, "/admin", server=server))
    expect(waited(anna, name)).to_have_text(SHORT, timeout=PATIENCE_MS)
    server.ahead = 2 * HOUR_MS
    anna.page.evaluate(f"ahead = {2 * HOUR_MS}; stood = {0 if stands_still else -2 * HOUR_MS}")
    expect(waited(anna, name)).to_have_text("2 h", timeout=PATIENCE_MS)
    expect(anna.row(name)).to_have_attribute("data-urgency", "red")


def test_today_becomes_yesterday_at_midnight_on_both_sides(shop: Shop) -> None:
    server = Server()
    visitor = enter(shop, "/", server=server)
    come_in(visitor, shop.url, "Owl")
    say(visitor, "Still awake?")
    anna = Console(enter(shop, "/admin", server=server))
    anna.open("Owl")
    for page in (visitor, anna.page):
        expect(page.locator(".thread-day")).to_have_text("Today", timeout=PATIENCE_MS)
    for days, said in ((1, "Yesterday"), (2, re.compile("day, "))):
        server.ahead = days * DAY_MS
        for page in (visitor, anna.page):
            page.evaluate(LOOKED_AT)
            expect(page.locator(".thread-day")).to_have_text(said, timeout=PATIENCE_MS)


def test_days_and_hours_follow_a_traveller(shop: Shop) -> None:
    server = Server()
    page = enter(shop, "/", server=server)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Kiritimati"})  # 14 hours ahead of UTC
    come_in(page, shop.url, "Nomad")
    say(page, "Where am I?")
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(1, timeout=PATIENCE_MS)
    said = datetime.fromisoformat(page.locator(".bubble time").get_attribute("datetime") or "")
    devtools.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Niue"})  # 11 hours behind
    page.evaluate(LOOKED_AT)
    there = said - timedelta(hours=11)
    clock = f"{there.hour % 12 or 12}:{there.minute:02d} {'AM' if there.hour < 12 else 'PM'}"
    expect(page.locator(".bubble time")).to_have_text(re.compile(clock.replace(" ", r"\s")), timeout=PATIENCE_MS)


def test_a_short_day_is_a_day(shop: Shop) -> None:
    """Berlin loses an hour on 28 March 2027: said on both sides of the midnight before it, read soon after it."""
    said = ["2027-03-27T23:59:00+01:00", "2027-03-28T00:30:00+01:00"]
    visitor = writes(shop, "Spring", "first")
    say(visitor, "second")
    expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(2, timeout=PATIENCE_MS)
    server = Server()
    read = datetime.fromisoformat("2027-03-29T00:10:00+02:00").timestamp() * 1000
    server.ahead = round(read - datetime.now().timestamp() * 1000)
    anna = Console(enter(shop, "/admin", server=server, timezone_id="Europe/Berlin"))

    def at_these_times(route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        messages = [entry for entry in page["value"] if entry["type"] == "message"]
        for entry, time in zip(messages, said, strict=True):
            entry["msg_time"] = time
        route.fulfill(response=answer, json={**page, "value": messages})

    anna.page.route(re.compile(r"/v1/msgs"), at_these_times)
    anna.open("Spring")
    expect(anna.page.locator(".thread-day")).to_have_text(["Saturday, March 27", "Yesterday"], timeout=PATIENCE_MS)
