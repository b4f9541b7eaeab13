"""Who your customer is: an administrator makes a key, sees it once, does as the page says with it, and ends it."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.sites import Sites
from tests.browser.test_settings import section
from tests.browser.test_sites_flows import write
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.web.test_token_code import ENDINGS, FILES, identified, signed


def opened(sites: Sites, name: str = "Anna") -> Page:
    page = sites.agent(name)
    page.goto(f"{sites.chat}/admin#/identity")
    expect(page.get_by_role("heading", name="Who your customer is", exact=True)).to_be_visible()
    return page


def row(part: Locator, kid: str) -> Locator:
    return part.locator(".settings-row", has=part.page.get_by_text(kid, exact=True))


def test_a_key_is_made_shown_once_signed_with_and_ended(sites: Sites, tmp_path: Path) -> None:
    page, url = opened(sites), sites.running.url
    keys, code = section(page, "1. Make a key"), section(page, "2. Sign on your server")
    expect(keys.get_by_text("There is no key yet")).to_be_visible()
    expect(code.get_by_role("textbox")).to_have_value((FILES / "chat_token.php").read_text())
    make = keys.get_by_role("button", name="Make a key")
    make.click()
    expect(keys.get_by_role("button", name="Copy the key")).to_be_focused()
    secret = keys.get_by_label("The key").input_value()
    kid = keys.locator(".settings-row b").inner_text()
    expect(row(keys, kid)).to_contain_text("not used yet")

    for language, ending in ENDINGS.items():
        code.get_by_role("button", name=language, exact=True).click()
        text = (FILES / f"chat_token.{ending}").read_text().replace("your-key-id", kid)
        expect(code.get_by_role("textbox", name=f"chat_token.{ending}")).to_have_value(text)
    file = tmp_path / "chat_token.php"
    file.write_text((FILES / file.name).read_text().replace("your-key-id", kid))
    sites.pages.put("/chat-token", signed(file, secret))
    sites.pages.put("/", sites.page(section(page, "3. Say it on your pages").get_by_role("textbox").input_value()))
    shop = sites.visit("/")
    sites.launcher(shop).click()
    write(sites.frame(shop), "Where is my order?")
    expect(row(keys, kid)).to_contain_text("used just now")
    customer = identified(url, signed(file, secret)).value
    assert (customer["name"], customer["verified"]) == ("Zoë Müller", True)

    make.click()
    expect(keys.get_by_text("Two keys are the most")).to_be_visible()
    second = keys.locator(".settings-row b").filter(has_not_text=kid).inner_text()
    expect(code.get_by_role("textbox")).to_have_value(
        (FILES / "chat_token.go").read_text().replace("your-key-id", second)
    )
    page.reload()
    expect(row(keys, second)).to_be_visible()
    expect(keys.get_by_label("The key")).to_have_count(0)  # it is nowhere to be had again

    row(keys, kid).get_by_role("button", name="End").click()
    page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(row(keys, kid)).to_have_count(0)
    expect(keys.get_by_role("status")).to_have_text(f"The key {kid} has ended.")
    assert api.ask(url, "/v1/me", Authorization=customer["token"]).status == 401
    assert identified(url, signed(file, secret)).refusal == (401, "bad_identity")


def test_it_is_the_administrators_page(sites: Sites) -> None:
    page, url = opened(sites, "Ben"), sites.running.url
    expect(page.get_by_text("Administrators decide")).to_be_visible()
    expect(page.get_by_role("button", name="Make a key")).to_have_count(0)
    assert api.call(url, "/v1/widget", api.log_in(url, "Ben", PASSWORD))["keys"] == []
