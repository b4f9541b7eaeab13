"""One's own place in the console: password, language, theme."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shop, row, writes
from tests.clients import api
from tests.clients.api import PASSWORD

OTHER = "a wholly other password"
INK = "getComputedStyle(document.body).color"
LIGHT, DARK = "rgb(22, 25, 31)", "rgb(232, 235, 240)"  # --ink of each theme


def you(page: Page) -> Locator:
    """The place, by the menu of one's account."""
    page.locator(".rail-account").click()
    page.locator(".account-menu .menu-item").nth(1).click()
    expect(page.locator("#settings-you")).to_be_visible()
    return page.locator(".settings-section").filter(has=page.locator("#settings-you"))


def test_an_agent_changes_the_password(shop: Shop) -> None:
    ben, other = shop.agent("Ben"), shop.agent("Ben")
    part = you(ben)
    part.get_by_role("button", name="Change the password").click()
    expect(part.get_by_role("alert").filter(has_text="present")).to_have_text("Please type your present password.")
    part.get_by_label("Present password").fill("not it")
    part.get_by_label("New password").fill(OTHER)
    part.get_by_role("button", name="Change the password").click()
    expect(part.get_by_role("alert").filter(has_text="present")).to_contain_text("not your present password")
    part.get_by_label("Present password").fill(PASSWORD)
    part.get_by_role("button", name="Change the password").click()
    expect(part.get_by_role("status")).to_contain_text("Changed.")
    expect(part.get_by_label("Present password")).to_have_value("")
    expect(other.locator("#login-trouble")).to_contain_text("logged out")
    expect(ben.locator(".workspace")).to_be_visible()
    token = api.log_in(shop.url, "Ben", OTHER)
    body = {"present": OTHER, "password": PASSWORD}
    api.call(shop.url, "/v1/me/password", token, body)


def test_a_language_is_the_console_s_in_this_browser_and_what_is_written_stays(shop: Shop) -> None:
    writes(shop, "Wanda")
    anna = shop.agent()
    row(anna, "Wanda").locator("button").first.click()
    anna.locator(".claim-bar .button-main").click()
    anna.fill(".composer textarea", "half a thought")
    you(anna).get_by_label("Language").select_option("zh")
    expect(anna.locator("html")).to_have_attribute("lang", "zh-CN")
    part = you(anna)
    part.locator("input[type=password]").first.fill("不对")
    part.locator("input[type=password]").last.fill(OTHER)
    part.get_by_role("button", name="修改密码").click()
    expect(part.get_by_role("alert").filter(has_text="当前密码")).to_have_text("当前密码不正确，请重新输入。")
    anna.locator(".rail-button[data-icon=visitors]").click()
    row(anna, "Wanda").locator("button").first.click()
    expect(anna.locator(".composer textarea")).to_have_value("half a thought")
    visitor = shop.watch(anna.context.new_page())
    visitor.goto(shop.url)
    expect(visitor.locator("html")).to_have_attribute("lang", "en")
    anna.locator(".rail-account").click()
    anna.locator(".account-menu .menu-item").last.click()
    anna.fill("#login-name", "Anna")
    anna.fill("#login-password", "wrong")
    anna.click(".login .button-main")
    expect(anna.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(anna.locator("#login-trouble")).to_contain_text("密码")


def test_a_theme_is_there_from_the_first_paint_whatever_the_system_has(shop: Shop) -> None:
    for system, chosen, ink in (("light", "Dark", DARK), ("dark", "Light", LIGHT)):
        anna = shop.agent(color_scheme=system)
        part = you(anna)
        with anna.expect_response("**/v1/me/look?*"):
            part.get_by_label(chosen).check()
        anna.wait_for_function(f"{INK} === '{ink}'")
        expect(anna.locator("html")).to_have_attribute("data-theme", chosen.lower())
        anna.route("**/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))  # no script has run
        anna.reload()
        assert anna.evaluate(INK) == ink
        anna.unroute("**/*.js")
        visitor = shop.watch(anna.context.new_page())
        visitor.goto(shop.url)
        assert visitor.evaluate(INK) == (LIGHT if system == "light" else DARK)
        anna.reload()
        you(anna).get_by_label("Same as the system").check()
        anna.wait_for_function(f"{INK} === '{LIGHT if system == 'light' else DARK}'")
