"""A shop's site that nobody listed: browsers show it no chat and read it nothing, and an administrator lets it in."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, expect

from tests.browser.sites import two_sites
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import wait_until

# What a script injected into the shop's page can have of the chat with whatever cookies its browser holds.
STEALS = """async (chat) => {
  const tried = ["/v1/me?as=agent", "/v1/users", "/v1/desk", "/widget", "/v1/widget"];
  const read = await Promise.all(tried.map((path) =>
    fetch(chat + path, { credentials: "include" }).then((answer) => answer.text(), () => "")));
  const sent = await fetch(`${chat}/v1/widget/seen`, { method: "POST", credentials: "include", body: "{}" })
    .then(({ status }) => status, () => 0);
  return [read.join(""), sent];
}"""
TELLS = """async (chat) => {
  const body = JSON.stringify({ id: "a".repeat(16), page: location.href });
  const answer = await fetch(`${chat}/v1/widget/seen`, { method: "POST", body });
  return [answer.status, (await answer.json()).value];
}"""


def test_a_site_is_shown_nothing_until_an_administrator_lets_it_in(
    playwright: Playwright, prepared: Prepared, tmp_path: Path
) -> None:
    other = ["https://*.other.test"]
    with two_sites(playwright, prepared("Anna", admins=("Cleo",)), tmp_path, sites=other) as sites:
        cleo = api.log_in(sites.running.url, "Cleo", PASSWORD)

        def widget() -> Any:
            return api.call(sites.running.url, "/v1/widget", cleo)

        def refused() -> list[str]:
            return [one["site"] for one in widget()["refused"]]

        def framed() -> Page:
            sites.pages.put("/frame", f'<title>t</title><iframe src="{sites.chat}/widget?lang=en"></iframe>')
            return sites.visit("/frame")

        page = framed()
        wait_until(lambda: page.title() and any("frame-ancestors" in line for line in sites.complaints), "a refusal")
        expect(page.frame_locator("iframe").locator("#app")).to_have_count(0)
        wait_until(lambda: refused() == [sites.shop], "the administrator to be told")
        agent = sites.agent("Anna").context
        assert sites.visit("/frame", agent).evaluate(STEALS, sites.chat) == ["", 0]

        allowed = {"version": widget()["version"], "sites": [sites.shop]}
        api.call(sites.running.url, "/v1/widget", cleo, allowed, method="PUT")
        assert refused() == []
        sites.complaints.clear()
        page = framed()
        expect(page.frame_locator("iframe").locator(".composer textarea")).to_be_visible()
        assert page.evaluate(TELLS, sites.chat) == [200, {"next_s": 15}]
        assert not any("frame-ancestors" in line for line in sites.complaints)
        assert list(widget()["seen"]) == [sites.shop]
        assert sites.visit("/frame", agent).evaluate(STEALS, sites.chat) == ["", 0]  # and nothing else, still
