"""The team's mail in the browser: an invitation, a forgotten password, an address of one's own."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.barriers import barriers, moving, small
from tests.browser.conftest import OwnShop, Shop
from tests.browser.screens import PHONE
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.mail.post_office import SHOP, PostOffice

ADDRESS = "https://chat.shop.test"
NEW = "a wholly other password"
CALM = {"reduced_motion": "reduce"}


def link(office: PostOffice, email: str, nth: int = 1) -> str:
    """The path of the link in the nth mail to an address."""
    body = office.world.wait(email, nth)[nth - 1].get_body(("plain",))
    assert body is not None
    (found,) = re.findall(rf"{ADDRESS}(/admin#\w+=[\w-]+)", body.get_content())
    return str(found)


def settings(page: Page, section: str) -> Locator:
    page.goto(page.url.partition("#")[0] + "#/settings")
    part = page.locator(f"section[aria-labelledby=settings-{section}]")
    expect(part).to_be_visible()
    return part


def nobody_is_shut_out(page: Page) -> None:
    assert barriers(page) + moving(page) + small(page) == []


def invited(shop: Shop, office: PostOffice, name: str, email: str) -> str:
    """An administrator invites somebody; the path of their link."""
    anna = shop.agent("Anna", **CALM)
    team = settings(anna, "team")
    team.get_by_role("button", name="Add somebody").click()
    team.get_by_label("Name").fill(name)
    team.get_by_role("button", name="Send the invitation").click()
    expect(team.get_by_role("alert").filter(has_text="address")).to_contain_text("enter an e-mail address")
    team.get_by_label("E-mail address").fill(email)
    nobody_is_shut_out(anna)
    team.get_by_role("button", name="Send the invitation").click()
    expect(team.get_by_role("status").first).to_have_text(f"{name} is invited: a mail to {email} is on its way.")
    expect(team.locator(".settings-row", has_text=name)).to_contain_text(f"Invited, has not come yet: {email}")
    return link(office, email)


def test_the_team_comes_in_by_mail(own_shop: OwnShop, post_office: PostOffice) -> None:
    shop = own_shop("Anna", url=ADDRESS, mail={"smtp": post_office.url(), "from": SHOP})
    email = "lena@team.test"
    first = invited(shop, post_office, "Lena", email)

    lena = shop.open(first, **PHONE, **CALM)
    expect(lena.get_by_role("heading")).to_have_text("Welcome, Lena")
    expect(lena.get_by_label("New password")).to_be_focused()
    nobody_is_shut_out(lena)
    lena.get_by_label("New password").fill("short")
    lena.keyboard.press("Enter")
    expect(lena.get_by_role("alert")).to_have_text("Please choose a password of at least 10 characters.")
    lena.get_by_label("New password").fill(PASSWORD)
    lena.keyboard.press("Enter")
    expect(lena.locator(".workspace")).to_be_visible()
    assert "#" not in lena.url  # nor in what the browser remembers

    other = shop.open(first, **CALM)
    expect(other.get_by_role("heading")).to_have_text("This link no longer works")
    nobody_is_shut_out(other)
    other.get_by_role("button", name="Back to the log-in").click()
    other.get_by_role("button", name="Forgot your password?").click()
    expect(other.get_by_label("E-mail address")).to_be_focused()
    nobody_is_shut_out(other)
    other.get_by_label("E-mail address").fill(email)
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading")).to_have_text("Look into your mail")
    expect(other.get_by_role("heading")).to_be_focused()
    other.goto(shop.url + link(post_office, email, 2))  # pasted into the address of a page that is open
    expect(other.get_by_role("heading")).to_have_text("Welcome back, Lena")
    nobody_is_shut_out(other)
    other.get_by_label("New password").fill(NEW)
    other.get_by_role("button", name="Set the password and log in").click()
    expect(other.locator(".workspace")).to_be_visible()
    expect(lena.locator("#login-trouble")).to_contain_text("logged out")
    assert api.log_in(shop.url, "Lena", NEW)

    you = settings(other, "you")
    expect(you).to_contain_text(f"Confirmed: {email}")
    you.get_by_label("Your e-mail address").fill("lena@elsewhere.test")
    you.get_by_role("button", name="Save the address").click()
    expect(you.get_by_role("alert").filter(has_text="password")).to_have_text("Please type your present password.")
    you.get_by_label("Present password, so").fill(NEW)
    nobody_is_shut_out(other)
    you.get_by_role("button", name="Save the address").click()
    expect(you).to_contain_text("We have written to lena@elsewhere.test")
    confirming = other.context.new_page()
    shop.watch(confirming).goto(shop.url + link(post_office, "lena@elsewhere.test"))
    expect(confirming.get_by_role("heading")).to_have_text("Is this your address?")
    nobody_is_shut_out(confirming)
    confirming.get_by_role("button", name="Yes, it is mine").click()
    expect(confirming.get_by_role("heading")).to_have_text("Confirmed")
    confirming.get_by_role("button", name="To the console").click()
    expect(confirming.locator(".workspace")).to_be_visible()
    asked: list[str] = []
    confirming.on("request", lambda request: asked.append(request.url))
    confirming.goto(f"{shop.url}/admin#help={'x' * 32}")  # it is nobody's conversation
    expect(confirming.locator(".login h1")).to_have_text("This link no longer works")
    assert not [url for url in asked if "xxx" in url.partition("#")[0]]
    you = settings(other, "you")
    other.reload()
    expect(you).to_contain_text("Confirmed: lena@elsewhere.test")
