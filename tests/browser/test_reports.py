"""Reports at the console: what was said is counted, shown, and taken along as a table."""

import asyncio
import base64
import csv
import io
import random
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.chat.conversation import Entry
from app.store import datadir, topology
from app.store.conversations import Conversations
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.reports import Reports
from tests.browser.conftest import Shop, bubbles, open_shop, say, take
from tests.browser.console import Console
from tests.browser.test_screens import CHINESE, LOCALES, PICTURES, pictures
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import wait_until
from tests.store.counting import count_up

DAY = 86_400_000  # ms
# Until figures that lag behind the messages must be there: the page asks again after 30 s.
FIGURES_PATIENCE_MS = 90_000


def figure(page: Page, tile: str) -> Any:
    return page.locator(f"[data-tile={tile}] dd").first


def open_reports(page: Page) -> None:
    page.locator(".rail-button[data-icon=reports]").click()
    expect(page.locator(".charts")).to_be_visible()


def cells(page: Page, panel: str) -> list[list[str]]:
    """The table behind a chart."""
    rows = page.locator(f"[data-panel={panel}] tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def table(page: Page, panel: str) -> list[list[str]]:
    """The same as downloaded."""
    summary = page.locator(f"[data-panel={panel}] summary")
    if not page.locator(f"[data-panel={panel}] a").is_visible():
        summary.click()
    with page.expect_download() as download:
        page.locator(f"[data-panel={panel}] a").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_what_is_said_is_in_the_report(shop: Shop) -> None:
    anna, ben = shop.agent(), shop.agent("Ben")
    open_reports(anna)
    expect(figure(anna, "conversations")).to_have_text("0")
    expect(anna.locator("[data-panel=messages] .panel-gist")).to_have_text("Nothing in these days yet.")

    maria, omar = shop.visitor("Maria"), shop.visitor("Omar")
    say(maria, "Do you ship to Norway?")
    say(omar, "Is it dishwasher safe?")
    expect(figure(anna, "waiting")).to_have_text("2")
    expect(figure(anna, "longest")).to_contain_text("s")
    for visitor, name, answer in ((maria, "Maria", "Yes, in four days."), (omar, "Omar", "It is.")):
        take(ben, name)
        say(ben, answer)
        expect(visitor.locator(".bubble").get_by_text(answer)).to_be_visible()
    expect(figure(anna, "waiting")).to_have_text("0")
    expect(figure(anna, "held")).to_have_text("2")
    expect(figure(anna, "online")).to_have_text("2")
    ben.locator(".case-head").get_by_role("button", name="Resolve").click()
    expect(figure(anna, "held")).to_have_text("1")

    token = api.login(shop.url, "Anna", PASSWORD)[0]
    today = time.strftime("%Y-%m-%d")
    path = f"/v1/reports?from={today}&to={today}"
    wait_until(lambda: api.call(shop.url, path, token)["total"]["resolved"]["count"], "the counts")
    now = api.call(shop.url, path, token)["now"]
    assert now == {"waiting": 0, "waiting_since": None, "held": 1, "agents_online": 2}
    anna.get_by_role("button", name="Today").click()
    expect(figure(anna, "conversations")).to_have_text("2", timeout=FIGURES_PATIENCE_MS)
    expect(figure(anna, "messages")).to_have_text("4")
    expect(anna.locator("[data-tile=messages] .tile-note")).to_have_text("2 from visitors, 2 from the team")
    expect(figure(anna, "first")).to_have_text("under 1 min")
    expect(anna.locator("[data-tile=resolved] .tile-note")).to_contain_text("1 resolved")
    expect(anna.locator("[data-panel=agents] .rows-name")).to_have_text(["Ben"])
    expect(anna.locator("[data-panel=first] .rows-value").first).to_have_text("2 100%")

    anna.get_by_role("button", name="7 days").click()
    anna.locator("[data-panel=resolved] summary").click()
    wide = anna.locator("[data-panel=resolved] table")
    assert wide.evaluate("table => table.offsetWidth > table.closest('.panel').clientWidth")
    assert wide.evaluate("table => table.closest('.panel').scrollWidth <= table.closest('.panel').clientWidth")
    anna.locator("[data-panel=messages] summary").click()
    assert len(cells(anna, "messages")) == 7
    assert cells(anna, "messages")[-1][1:] == ["2", "2"]
    header, *rows = table(anna, "messages")
    assert header[0] == "Date"
    assert [row[:4] for row in rows] == [[today, "2", "2", "2"]]
    assert table(anna, "agents")[1][:3] == ["Ben", "2", "2"]
    assert table(anna, "hours")[0][:2] == ["Date", "Hour"]

    own = shop.agent("Ben")  # no administrator: their own row
    open_reports(own)
    expect(own.locator("[data-panel=agents] .rows-name")).to_have_text(["Ben"])
    assert bubbles(maria) == ["Do you ship to Norway?", "Yes, in four days."]


# The darkest and the lightest pixel of a part of a picture, by their luminance, 0 to 255.
GREYS = """async ([data, box]) => {
  const picture = await createImageBitmap(await (await fetch(data)).blob(), box.x, box.y, box.width, box.height);
  const pen = new OffscreenCanvas(box.width, box.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const { data: parts } = pen.getImageData(0, 0, box.width, box.height);
  const greys = [];
  for (let at = 0; at < parts.length; at += 4) {
    greys.push(0.2126 * parts[at] + 0.7152 * parts[at + 1] + 0.0722 * parts[at + 2]);
  }
  return [Math.min(...greys), Math.max(...greys)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_two_parts_of_a_column_are_told_apart_without_colours(shop: Shop, scheme: str) -> None:
    visitor, anna = shop.visitor(f"Grey {scheme}"), shop.agent(color_scheme=scheme, reduced_motion="reduce")
    say(visitor, "Are these two alike?")
    take(anna, f"Grey {scheme}")
    say(anna, "Not to anybody.")
    open_reports(anna)
    expect(figure(anna, "messages")).not_to_have_text("0", timeout=FIGURES_PATIENCE_MS)
    anna.get_by_role("button", name="Today").click()
    plain, hatched = (anna.locator(f"[data-panel=messages] .legend [data-series='{n}']") for n in (0, 1))
    spread = []
    for part in (plain, hatched):
        data = f"data:image/png;base64,{base64.b64encode(part.screenshot()).decode()}"
        lightness = shop.browser.new_page()
        dark, light = lightness.evaluate(GREYS, [data, {"x": 3, "y": 3, "width": 6, "height": 6}])
        lightness.close()
        spread.append(light - dark)
    assert spread[0] < 10  # one shade
    assert spread[1] > 100  # light and dark stripes
    columns = anna.locator("[data-panel=messages] .columns-plot rect[data-series='1']")
    fills = set(columns.evaluate_all("all => all.map((one) => getComputedStyle(one).fill)"))
    assert len(fills) == 1
    assert fills.pop().startswith("url(")


def test_earlier_conversations_lead_to_where_they_began(shop: Shop) -> None:
    anna, yuki = shop.agent(), shop.visitor("Yuki")
    console = Console(anna)
    for number in ("first", "second"):
        for n in range(12):
            say(yuki, f"The {number} matter, line {n}")
        console.open("Yuki")
        console.press("Take this conversation")
        expect(console.bubbles.last).to_have_text(f"The {number} matter, line 11")
        say(anna, f"That settles the {number}.")
        console.page.locator(".case-head").get_by_role("button", name="Resolve").click()
        earlier = anna.locator(".past li button")
        expect(earlier).to_have_count(1 if number == "first" else 2)
    expect(earlier.last).to_contain_text("Anna · 13 messages")
    expect(console.bubbles.first).not_to_be_in_viewport()
    earlier.last.click()
    expect(console.bubbles.get_by_text("The first matter, line 0")).to_be_in_viewport()
    earlier.first.click()
    expect(console.bubbles.get_by_text("The second matter, line 0")).to_be_in_viewport()


def test_days_of_one_s_own_choice(shop: Shop) -> None:
    page = shop.agent()
    open_reports(page)
    page.get_by_role("button", name="From – to").click()
    page.get_by_label("From").fill("2026-03-01")
    page.get_by_label("To", exact=True).fill("2026-02-01")
    expect(page.locator(".range-wrong")).to_contain_text("at most 92 days")
    page.get_by_label("To", exact=True).fill("2026-03-10")
    expect(page.locator(".range-wrong")).to_have_text("")
    page.locator("[data-panel=conversations] summary").click()
    expect(page.locator("[data-panel=conversations] tbody tr")).to_have_count(10)


def test_figures_that_cannot_be_had_are_asked_for_again(shop: Shop) -> None:
    page = shop.agent()
    page.route("**/v1/reports?**", lambda route: route.abort())
    page.locator(".rail-button[data-icon=reports]").click()
    expect(page.locator(".reports-failed")).to_be_visible()
    page.unroute("**/v1/reports?**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".charts")).to_be_visible()
    shop.complaints = [one for one in shop.complaints if "ERR_FAILED" not in one]


# -- pictures ---------------------------------------------------------------------------------------------------------


async def _fill(url: str, agents: list[str]) -> None:
    """A month of a busy shop, from a seed."""
    keys = Keys(1)
    links = Pipelines(topology.of(url), keys)
    links.start()
    await links.ready()
    reports = Reports(links, keys, Conversations(links, keys))
    chance, now = random.Random(11), int(time.time() * 1000)
    for n in range(260):
        at = now - int(chance.triangular(0, 30, 4) * DAY) // DAY * DAY - int(chance.triangular(1, 12, 4) * 3_600_000)
        uid, agent = "v" + format(n, "025d").translate(str.maketrans("0189", "zyxw")), chance.choice(agents)
        steps = [(0, uid, "message"), (0.3, uid, "message"), (chance.lognormvariate(1, 1), agent, "message")]
        steps += [(20 + m, chance.choice((uid, agent)), "message") for m in range(chance.randrange(8))]
        steps.append((20 + chance.lognormvariate(4, 1), agent, "resolved"))
        story = [
            Entry(uid, seq, 1, kind, who, who[0], f"e{seq}", at + int(minute * 60_000), b"{}", None)
            for seq, (minute, who, kind) in enumerate(steps, 1)
        ]
        await count_up(reports, uid, 1, story)
    await links.close()


@pytest.fixture(scope="module")
def busy(browser: Browser, prepared: Prepared) -> Iterator[Shop]:
    """A shop with a month behind it, and a colleague with a long name."""
    team = ("Anna", "Benjamin Winterbourn", "小红")
    with open_shop(prepared(*team)) as running:
        agents = [api.login(running.url, name, PASSWORD)[1] for name in team]
        filling = threading.Thread(target=asyncio.run, args=[_fill(datadir.address(running.data_dir), agents)])
        filling.start()  # in this one Playwright's loop runs
        filling.join()
        shop = Shop(running, browser)
        say(shop.visitor("Maria"), "Do you ship to Norway?")
        yield shop
        shop.close()


@pytest.mark.parametrize("locale", LOCALES)
def test_reports_at_every_size(busy: Shop, locale: str) -> None:
    look = locale[:2]
    page = busy.agent(locale=locale)
    page.goto(f"{busy.url}/admin#/reports")
    page.locator(".segments button").nth(2).click()
    expect(page.locator("[data-panel=agents] .rows-name")).to_have_count(3)
    expect(figure(page, "waiting")).to_have_text("1")
    expect(page.locator("[aria-busy=false].reports")).to_be_visible()
    expect(page.locator("[data-panel=conversations] .columns-slot")).to_have_count(30)
    if locale == "zh-CN":
        assert not re.search(r"[A-Z][a-z]+", page.locator(".reports-head").inner_text())
        assert CHINESE.search(page.locator("[data-panel=first]").inner_text())
    pictures(page, f"reports-{look}")
    page.set_viewport_size({"width": 700, "height": 2300})
    page.screenshot(path=PICTURES / f"reports-whole-{look}.png", animations="disabled")
    page.locator("[data-panel=agents] summary").click()
    page.locator("[data-panel=conversations] summary").click()
    page.locator("[data-panel=messages] summary").scroll_into_view_if_needed()
    pictures(page, f"reports-table-{look}")
    busy.close()
