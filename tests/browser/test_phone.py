"""A conversation goes on in another browser: by a code that a camera reads, or by its link; from page and frame."""

import base64
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shop, say, writes
from tests.browser.console import PATIENCE_MS
from tests.browser.sites import Sites
from tests.running import ROOT

_READ = """async ([reader, picture]) => {
  const jsQR = new Function(`${reader}; return this.jsQR ?? jsQR`).call(globalThis);
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  return jsQR(data, width, height)?.data;
}"""


def read(shown: Locator, by: Page) -> str:
    """What a camera makes of it; `by`: a page without policies, to read in."""
    picture = base64.b64encode(shown.screenshot()).decode()
    return str(by.evaluate(_READ, [(ROOT / "node_modules/jsqr/dist/jsQR.js").read_text("utf-8"), picture]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_visitor_goes_on_on_the_phone(shop: Shop, scheme: Literal["light", "dark"]) -> None:
    page = writes(shop, f"Wanda {scheme}", "My order is 1182")
    page.emulate_media(color_scheme=scheme)
    page.click(".head-act")
    page.get_by_role("button", name="Continue on your phone").click()
    link = page.get_by_label("Link to this conversation").input_value()
    code = page.get_by_role("img", name="QR code of the link")
    assert read(code, shop.browse().new_page()) == link
    expect(page.get_by_role("button", name="Copy the link")).to_be_focused()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    phone = shop.open(link.removeprefix(shop.url), viewport={"width": 390, "height": 844}, is_mobile=True)
    expect(phone.locator(".bubble > p")).to_have_text(["My order is 1182"], timeout=PATIENCE_MS)
    say(phone, "and I am on the train now")
    expect(page.locator(".bubble").get_by_text("on the train")).to_be_visible()
    again = shop.open(link.removeprefix(shop.url))
    expect(again.locator(".before-note")).to_contain_text("no longer leads here")


def test_the_frame_hands_its_conversation_on_and_keeps_it(sites: Sites) -> None:
    page = sites.visit("/")
    page.click("chatadmin-widget .launcher")
    frame = sites.frame(page)
    field = frame.locator(".composer textarea")
    field.fill("from the shop")
    field.press("Enter")
    frame.get_by_role("button", name="Menu").click()
    frame.get_by_role("button", name="Continue on your phone").click()
    link = frame.get_by_label("Link to this conversation").input_value()
    assert link.startswith(f"{sites.chat}/#link=")
    hosted = sites.browse().new_page()
    hosted.goto(link)
    expect(hosted.locator(".bubble > p")).to_have_text(["from the shop"])
    say(hosted, "from the phone")
    page.keyboard.press("Escape")
    expect(frame.locator(".bubble > p")).to_have_text(["from the shop", "from the phone"])
    assert sites.complaints == []


def test_where_no_link_can_be_made_the_page_says_so(shop: Shop) -> None:
    page = writes(shop, "Xenia")
    page.route("**/v1/me/link*", lambda route: route.abort("connectionrefused"))
    page.click(".head-act")
    page.get_by_role("button", name="Continue on your phone").click()
    expect(page.get_by_role("dialog")).to_contain_text("The link could not be made")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".head-act")).to_be_focused()
