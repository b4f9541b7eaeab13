"""Putting files in: a customer with a phone and a weak network, an agent who pastes, a disk that is full."""

import base64
import struct
import time

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import OwnShop, Shop, say, take, writes
from tests.browser.console import PATIENCE_MS
from tests.browser.screens import PHONE
from tests.browser.sites import Sites
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.pictures import PLACE, png

FILES, FIELD = "input[type=file][multiple]", ".composer textarea"
STORED = ".tick[data-tick=stored]"
PDF: FilePayload = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a bill"}
KETTLE: FilePayload = {"name": "kettle.png", "mimeType": "image/png", "buffer": png(40, 20)}
# A clipboard, or what is dragged, with these files and texts in it.
_CARRIED = """([kind, files, texts]) => {
  const data = new DataTransfer();
  for (const [name, type, text] of files) data.items.add(new File([text], name, { type }));
  for (const [type, text] of texts) data.setData(type, text);
  const how = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
  const event = kind === "paste" ? new ClipboardEvent(kind, how) : new DragEvent(kind, how);
  return document.querySelector(".composer textarea").dispatchEvent(event);
}"""
# Enter while an input method composes, and Safari's, which comes just behind the end of it.
_COMPOSED = """(field) => {
  const enter = (more) =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
  enter({ isComposing: true, keyCode: 229 });
  field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  enter();
}"""
# What a camera of 12 megapixels takes, held upright: red where the top right corner is once it is turned.
_TAKEN = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 4032, height: 3024 });
  const context = canvas.getContext("2d");
  for (let n = 0; n < 60_000; n++) {
    context.fillStyle = `hsl(${(n * 137) % 360} 60% ${20 + (n * 31) % 60}%)`;
    context.fillRect((n * 7919) % 4032, (n * 104729) % 3024, 24, 24);
  }
  context.fillStyle = "#f00";
  context.fillRect(0, 0, 400, 400);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  const reader = new FileReader();
  await new Promise((resolve) => ((reader.onload = resolve), reader.readAsDataURL(blob)));
  return reader.result.split(",")[1];
}"""
# Says of what goes up how large it is, in `window.sent`.
_WEIGH = """() => {
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) { window.sent = body.size; return send.call(this, body); };
}"""
_LINES = """(element) => {
  const range = new Range();
  range.selectNodeContents(element);
  return range.getClientRects().length;
}"""
_CORNERS = """async (address) => {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const red = (x) => { const [r, g, b] = context.getImageData(x, 20, 1, 1).data; return r > 200 && g < 60 && b < 60; };
  return [bitmap.width, bitmap.height, red(20), red(bitmap.width - 20)];
}"""


def carry(page: Page, kind: str, *files: tuple[str, str, str], texts: tuple[tuple[str, str], ...] = ()) -> None:
    page.evaluate(_CARRIED, [kind, files, texts])


def tray(page: Page) -> Locator:
    return page.locator(".tray li")


def said(shop: Shop, name: str) -> list[tuple[str, str]]:
    """What was stored with this visitor: the text, and the name of the file."""
    entries = api.history(shop.url, api.log_in(shop.url, "Anna", PASSWORD), uid(shop, name))
    return [
        (entry["content"], entry.get("file", {}).get("name", ""))
        for entry in entries
        if entry.get("content") is not None
    ]


def uid(shop: Shop, name: str) -> str:
    people = api.call(shop.url, "/v1/visitors", api.log_in(shop.url, "Anna", PASSWORD))
    return next(str(one["uid"]) for one in people if one["name"] == name)


def test_the_first_message_may_be_files_each_with_its_caption(shop: Shop) -> None:
    page = shop.open("/", **PHONE)
    page.fill("#entered-name", "Nora")
    page.set_input_files(FILES, [KETTLE, PDF])
    expect(tray(page)).to_have_count(2)
    caption = page.locator(".tray-caption").first
    caption.fill("the lid is broken")
    page.fill(FIELD, "Two things:")
    caption.press("Enter")
    expect(page.locator(STORED)).to_have_count(3, timeout=PATIENCE_MS)
    assert said(shop, "Nora") == [("Two things:", ""), ("the lid is broken", "kettle.png"), ("", "bill.pdf")]
    page.set_input_files(FILES, [KETTLE, PDF])
    caption.evaluate(_COMPOSED)
    page.get_by_role("button", name="Remove bill.pdf").click()
    expect(tray(page)).to_have_count(1)
    expect(caption).to_have_count(0)
    say(page, "one more")
    expect(page.locator(STORED)).to_have_count(4, timeout=PATIENCE_MS)
    assert said(shop, "Nora")[-1] == ("one more", "kettle.png")


def test_a_photograph_arrives_small_upright_and_without_its_place(shop: Shop) -> None:
    page = shop.open("/", **PHONE)
    page.fill("#entered-name", "Karl")
    taken = base64.b64decode(page.evaluate(_TAKEN))
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0) + PLACE
    exif = b"Exif\0\0" + tiff
    photograph = taken[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + taken[2:]
    page.set_input_files("input[capture]", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photograph})
    expect(tray(page)).to_have_count(1)
    page.evaluate("window.began = performance.now()")
    page.evaluate(_WEIGH)
    page.click(".composer-send")
    expect(page.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    seconds = page.evaluate("performance.now() - window.began") / 1000
    token = api.log_in(shop.url, "Anna", PASSWORD)
    file = api.history(shop.url, token, uid(shop, "Karl"))[-1]["file"]
    print(f"{len(photograph):,} bytes of 12 megapixels: {file['size']:,} sent, {seconds:.1f} s until it was stored")
    assert (file["width"], file["height"]) == (1536, 2048)
    assert page.evaluate("window.sent") == file["size"] < len(photograph) / 2
    kept = page.context.request.get(f"{shop.url}/v1/files/{file['id']}").body()
    assert b"Exif" not in kept
    assert PLACE not in kept
    assert page.evaluate(_CORNERS, f"/v1/files/{file['id']}") == [1536, 2048, False, True]


def test_a_weak_network_is_waited_for_and_what_is_refused_can_be_sent_again(shop: Shop) -> None:
    page = writes(shop, "Wanda")
    held: list[Route] = []
    page.route("**/v1/files?*", lambda route: held.append(route))
    page.set_input_files(FILES, PDF)
    expect(tray(page)).to_have_count(1)
    say(page, "the bill")
    foot = page.locator(".upload .bubble-foot")
    expect(foot).to_contain_text("0 %")
    say(page, "text goes on")
    expect(page.locator(STORED)).to_have_count(2, timeout=PATIENCE_MS)
    held.pop().abort("connectionreset")
    expect(foot).to_contain_text("Trying again")
    expect(foot).to_contain_text("0 %")
    held.pop().fulfill(status=413, content_type="text/html", body="<h1>413 Request Entity Too Large</h1>")
    expect(page.get_by_role("alert")).to_contain_text("proxy in front of the chat")
    page.unroute_all()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(STORED)).to_have_count(3, timeout=PATIENCE_MS)
    assert said(shop, "Wanda") == [("Hello?", ""), ("text goes on", ""), ("the bill", "bill.pdf")]

    page.route("**/v1/files?*", lambda route: held.append(route))
    page.set_input_files(FILES, PDF)
    expect(tray(page)).to_have_count(1)
    page.click(".composer-send")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".upload")).to_have_count(0)
    page.set_input_files(FILES, {"name": "none.pdf", "mimeType": "application/pdf", "buffer": b""})
    expect(page.locator(".composer-note")).to_contain_text("none.pdf")
    expect(tray(page)).to_have_count(0)


def test_what_is_no_picture_is_said_to_be_none_and_not_offered_again(shop: Shop) -> None:
    page = shop.visitor("Broken")
    page.set_input_files(FILES, {"name": "kettle.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".upload [role=alert]")).to_have_text("This file is damaged, or of a kind that is not taken.")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".upload")).to_have_count(0)


def test_a_file_that_the_server_has_lost_goes_up_again(shop: Shop) -> None:
    page = writes(shop, "Bea")
    lost = {"id": f"{uid(shop, 'Bea')}.{'x' * 22}", "name": "bill.pdf", "type": "application/pdf", "size": 15}
    page.route("**/v1/files?*", lambda route: route.fulfill(status=201, json={"value": lost}), times=1)
    page.set_input_files(FILES, PDF)
    expect(tray(page)).to_have_count(1)
    say(page, "the bill")
    expect(page.locator(STORED)).to_have_count(2, timeout=PATIENCE_MS)
    assert said(shop, "Bea") == [("Hello?", ""), ("the bill", "bill.pdf")]


def test_it_goes_on_once_the_network_is_back_and_each_word_of_it_is_whole(shop: Shop) -> None:
    """The network is away, and the socket has not noticed."""
    page = shop.visitor("Ines", **PHONE)
    say(page, "Hello?")
    expect(page.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    page.set_input_files(FILES, KETTLE)
    expect(tray(page)).to_have_count(1)
    page.clock.install()
    page.clock.pause_at(time.time() + 1)  # no pause ends by itself
    page.context.set_offline(True)
    page.click(".composer-send")
    expect(page.locator(".upload .bubble-foot")).to_contain_text("Trying again")
    assert page.locator(".upload .bubble-foot button").evaluate(_LINES) == 1
    page.context.set_offline(False)
    expect(page.locator(STORED)).to_have_count(2, timeout=PATIENCE_MS)


def test_an_agent_pastes_a_screenshot_and_drops_a_file_that_is_for_colleagues(shop: Shop) -> None:
    visitor = writes(shop, "Paul")
    anna = shop.agent()
    take(anna, "Paul")
    carry(anna, "paste", ("image.png", "image/png", "cells"), texts=(("text/plain", "A1"), ("text/html", "<b>A1</b>")))
    expect(tray(anna)).to_have_count(0)  # a table was copied, and its picture beside it
    carry(anna, "paste", ("notes.txt", "text/plain", "a few words"))
    expect(tray(anna)).to_have_count(1)
    anna.click("[data-mode=note]")
    expect(tray(anna)).to_have_count(0)  # what is for the customer is not for the note, nor the other way round
    carry(anna, "drop", ("secret.txt", "text/plain", "do not show"))
    expect(tray(anna)).to_have_count(1)
    say(anna, "for us")
    expect(anna.locator(".bubble-row[data-note] .file")).to_have_count(1, timeout=PATIENCE_MS)
    anna.click("[data-mode=reply]")
    anna.click(".composer-send")
    expect(visitor.locator(".bubble .file")).to_have_count(1, timeout=PATIENCE_MS)
    assert said(shop, "Paul") == [("Hello?", ""), ("for us", "secret.txt"), ("", "notes.txt")]
    assert "secret" not in visitor.locator(".thread").inner_text()


def test_on_a_shops_own_page_it_begins_with_a_file_as_well(sites: Sites) -> None:
    page = sites.visit()
    sites.launcher(page).click()
    chat = sites.frame(page)
    chat.locator(FILES).set_input_files(KETTLE)
    expect(chat.locator(".tray li")).to_have_count(1)
    chat.locator(".composer-send").click()
    expect(chat.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    expect(chat.locator(".bubble .file img")).to_have_count(1, timeout=PATIENCE_MS)


def test_administrators_are_told_that_the_disk_is_full_and_customers_why_a_file_does_not_go(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", "Ben", limits={"file_bytes": 1000, "files_total_bytes": 1500, "logins_per_minute": 0})
    anna, ben, page = shop.agent("Anna"), shop.agent("Ben"), writes(shop, "Fay")
    page.set_input_files(FILES, {**PDF, "buffer": b"%PDF-1.4" + bytes(1000)})
    expect(page.locator(".composer-note")).to_contain_text("too large")
    for n in range(2):
        page.set_input_files(FILES, {**PDF, "buffer": b"%PDF-1.4" + bytes(800)})
        expect(tray(page)).to_have_count(1)
        say(page, f"bill {n}")
    expect(page.locator(".upload").get_by_role("alert")).not_to_be_empty(timeout=PATIENCE_MS)
    expect(anna.locator(".workspace-banner")).to_contain_text("no room for more files", timeout=PATIENCE_MS)
    expect(ben.locator(".workspace-banner")).to_be_empty()
    anna.reload()
    expect(anna.locator(".workspace-banner")).to_contain_text("no room for more files", timeout=PATIENCE_MS)
