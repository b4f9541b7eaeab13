"""Setting up mail in the console, with a real mail server behind it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OwnShop
from tests.mail.post_office import PASSWORD, SHOP, PostOffice

KEPT = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])"


def steps(page: Page) -> list[str]:
    """What came of each step of sending: its verdict."""
    return [step.get_attribute("data-verdict") or "" for step in page.locator("ol.mail-steps > li").all()]


def attempt(page: Page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Try it").last.click()
    expect(page.locator("ol.mail-steps")).to_be_visible()


def test_mail_is_set_up_by_trying(own_shop: OwnShop, post_office: PostOffice) -> None:
    shop = own_shop("Anna", outbound={"private": True})
    page = shop.agent()
    page.goto(shop.url + "/admin#/settings")
    page.get_by_role("button", name="Set up mail").first.click()
    expect(page.locator(".mail-lacks li")).to_have_count(3)
    page.get_by_label("Provider").select_option("google")
    expect(page.get_by_label("Server", exact=True)).to_have_value("smtp.gmail.com")
    page.get_by_label("Provider").select_option("other")
    expect(page.locator("#settings-mail-lines ~ .settings-hint")).to_be_visible()
    for label, value in (
        ("Server", "localhost"),
        ("Port", str(post_office.smtp_port)),
        ("User", SHOP),
        ("The address mail comes from", SHOP),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Try it").last.click()
    expect(page.locator(".trouble", has_text="where the trial goes")).to_be_visible()
    page.get_by_label("To whom").last.fill("owner@customer.test")
    attempt(page, "wrong")
    assert steps(page) == ["ok", "ok", "ok", "fail", "untried"]
    expect(page.locator(".mail-step[data-verdict=fail]")).to_contain_text("User or password are wrong")
    attempt(page, PASSWORD)
    expect(page.locator(".mail-step[data-verdict=ok]", has_text="The server took the mail")).to_be_visible()
    assert steps(page) == ["ok"] * 5
    (mail,) = post_office.world.wait("owner@customer.test")
    assert mail["Subject"] == "The chat of shop.test can send mail"  # which has no name yet
    lines = page.locator("#settings-mail-lines ~ .identity-code textarea")
    expect(lines).to_have_value(
        f'url: {shop.url}\nmail:\n  smtp: "{post_office.url()}"\n  from: "{SHOP}"',
    )
    page.get_by_role("button", name="Environment").click()
    expect(lines).to_have_value(
        f"CHATADMIN_URL='{shop.url}'\nCHATADMIN_MAIL__SMTP='{post_office.url()}'\nCHATADMIN_MAIL__FROM='{SHOP}'"
    )
    assert PASSWORD not in page.evaluate(KEPT)
