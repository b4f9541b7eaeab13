"""Pictures and files in a thread: shown, played, looked at and saved, and nothing moves while they come."""

import base64
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Shop, row, say, take, writes
from tests.browser.films import film, wav
from tests.browser.screens import PHONE
from tests.browser.sites import Sites
from tests.clients import api
from tests.clients.sockets import RawSocket, open_chat
from tests.pictures import chunk, png

SHOWN = re.compile(r"/static/.*shown.*\.js")
FILES = re.compile(r"/v1/files/[^?]+\?")


class Sender:
    """Somebody who sends files, beside their page: uploads go by HTTP, messages by a socket."""

    def __init__(self, url: str, token: str, uid: str, *, agent: bool = False) -> None:
        self.url, self.token, self.uid = url, token, uid
        self.socket: RawSocket = open_chat(url, token)
        self.count = 0
        if agent:
            self.socket.tell(type="join", conversation=uid)
            self.socket.hear(type="joined")

    def send(self, name: str, content: bytes, caption: str = "", *, note: bool = False) -> str:
        """A message with a file; returns the file's id."""
        query = {"name": name, "client": self.uid} | ({"note": 1} if note else {})
        answer = api.ask(self.url, f"/v1/files?{urlencode(query)}", content, method="POST", Authorization=self.token)
        assert answer.status == 201, answer.body
        id = str(answer.json["value"]["id"])
        self.count += 1
        more = {"note": True} if note else {}
        self.socket.tell(
            type="send", id=f"sender.{self.count}", content=caption, file=id, conversation=self.uid, **more
        )
        self.socket.hear(type="ack")
        return id


@pytest.fixture
def open_sender() -> Iterator[Any]:
    with ExitStack() as opened:

        def begin(url: str, token: str, uid: str, **options: Any) -> Sender:
            sender = Sender(url, token, uid, **options)
            opened.callback(sender.socket.close)
            return sender

        yield begin


def visitor_of(page: Page, url: str) -> tuple[str, str]:
    """The token and the uid of who is in a page."""
    token = next(item["value"] for item in page.context.cookies() if item["name"] == "chatadmin_visitor")
    return token, api.call(url, "/v1/me", token)["uid"]


class Held:
    """Answers that do not come until they are let go of."""

    def __init__(self, page: Page, addresses: re.Pattern[str]) -> None:
        self.page, self.addresses = page, addresses
        self.routes: list[Route] = []
        page.route(addresses, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def release(self) -> None:
        self.page.unroute(self.addresses, self._hold)
        for route in self.routes:
            route.fallback()


def places(page: Page) -> list[Any]:
    """Where each message stands, and how long the thread is."""
    return list(
        page.evaluate(
            """() => [document.querySelector(".thread").scrollHeight, ...[...document.querySelectorAll(".bubble")].map(
                 (bubble) => JSON.stringify(bubble.getBoundingClientRect()))]"""
        )
    )


def come(picture: Locator) -> None:
    """A picture is drawn."""
    expect(picture).to_be_visible()
    picture.evaluate("(image) => image.decode()")


def box(element: Locator) -> dict[str, float]:
    """Where it is, and how large."""
    found: dict[str, float] = element.evaluate("(element) => element.getBoundingClientRect().toJSON()")
    return found


def test_nothing_moves_while_files_come(shop: Shop, open_sender: Any) -> None:
    """A picture, a film, a sound and a document: before their script, before themselves and when they are there."""
    page = shop.visitor("Maria")
    sender = open_sender(shop.url, *visitor_of(page, shop.url))
    script = Held(page, SHOWN)
    sender.send("kettle.png", png(1200, 800), "It is broken.")
    sender.send("tall.png", png(40, 900))
    sender.send("unboxing.webm", film(page), "Look")
    sender.send("noise.wav", wav())
    sender.send("invoice " + "of a very long name " * 5 + ".pdf", b"%PDF-1.7\n" + bytes(1_500_000))
    say(page, "That is all.")
    expect(page.locator(".bubble")).to_have_count(6)
    expect(page.locator(".file-wait")).to_have_count(5)
    before = places(page)

    files = Held(page, FILES)
    script.release()
    expect(page.locator(".file-card")).to_have_count(3)
    assert places(page) == before
    files.release()
    for picture in page.locator(".file-picture img").all():
        picture.scroll_into_view_if_needed()
        come(picture)
    page.locator(".thread").evaluate("(thread) => thread.scrollTo(0, thread.scrollHeight)")
    assert places(page) == before
    page.set_viewport_size({"width": 320, "height": 600})
    expect(page.locator(".file").first).to_have_css("width", re.compile(r"^2\d\d"))
    assert page.locator(".thread").evaluate("(thread) => thread.scrollWidth - thread.clientWidth") == 0

    expect(page.locator(".file-card").last).to_contain_text("1.4 MB")
    expect(page.locator(".file-sign").last).to_have_text("PDF")
    with page.expect_download() as begun:
        page.locator(".file-card").last.click()
    assert begun.value.suggested_filename.startswith("invoice of a very long")
    assert Path(begun.value.path()).stat().st_size == 1_500_009
    for kind in ("video", "audio"):
        page.locator(f"{kind}.file-player").evaluate("(player) => player.play()")  # no policy refuses, and it is known


def test_a_picture_is_looked_at(shop: Shop, open_sender: Any) -> None:
    """By keys, by buttons, by the mouse; the others of the conversation are the next ones; the focus comes back."""
    page, anna = shop.visitor("Otto"), shop.agent()
    token, uid = visitor_of(page, shop.url)
    sender = open_sender(shop.url, token, uid)
    for n in (1, 2, 3):
        sender.send(f"cup {n}.png", png(600 + n, 400))
    take(anna, "Otto")
    opened = anna.locator(".file-picture").nth(1)
    come(opened.locator("img"))
    opened.dblclick()  # as some people do
    viewer, picture = anna.locator("dialog.viewer"), anna.locator(".viewer-stage img")
    expect(viewer).to_contain_text("cup 2.png2 of 3")
    come(picture)
    after = viewer.get_by_role("button", name="The next picture")
    after.click()
    expect(viewer).to_contain_text("cup 3.png3 of 3")
    expect(after).to_have_attribute("aria-disabled", "true")
    expect(after).to_be_focused()  # else the keys were those of the console, which lies beneath
    anna.keyboard.press("ArrowRight")
    anna.keyboard.press("ArrowLeft")
    expect(viewer).to_contain_text("cup 2.png2 of 3")
    come(picture)

    wide = box(picture)
    anna.keyboard.press("+")
    larger = box(picture)
    assert larger["width"] == pytest.approx(wide["width"] * 1.5)
    anna.keyboard.press("0")
    viewer.get_by_role("button", name="Larger").click()
    viewer.get_by_role("button", name="Larger").click()
    viewer.get_by_role("button", name="Larger").click()
    before = box(picture)
    anna.keyboard.press("ArrowRight")
    moved = box(picture)
    assert moved["x"] == before["x"] - 60
    expect(viewer).to_contain_text("cup 2.png")
    anna.mouse.dblclick(640, 400)
    expect(viewer.get_by_role("button", name="Smaller")).to_have_attribute("aria-disabled", "true")
    anna.mouse.wheel(0, -300)
    expect(viewer.get_by_role("button", name="Smaller")).not_to_have_attribute("aria-disabled", "true")
    anna.keyboard.press("0")
    _swipe(anna, -200)
    expect(viewer).to_contain_text("cup 3.png")

    with anna.expect_download() as begun:
        viewer.get_by_role("button", name="Save").click()
    assert begun.value.suggested_filename == "cup 3.png"
    anna.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(opened).to_be_focused()


# The grey of the middle of a picture as it is seen, from 0 to 255.
_GREY = """async (shot) => {
  const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data[1];
}"""


def test_a_transparent_picture_has_a_ground_on_which_black_is_seen_at_night(shop: Shop, open_sender: Any) -> None:
    page = shop.visitor("Nadja", color_scheme="dark")
    transparent = png(300, 200, chunk(b"tRNS", b"\0\0"))  # its only colour
    open_sender(shop.url, *visitor_of(page, shop.url)).send("sign.png", transparent)
    for place in (".file-picture img", ".viewer-stage img"):
        picture = page.locator(place)
        come(picture)
        expect(picture).to_have_attribute("data-come", "")
        assert page.evaluate(_GREY, base64.b64encode(picture.screenshot()).decode()) in range(120, 220), place
        picture.click()


def _swipe(page: Page, by: int) -> None:
    page.mouse.move(640, 400)
    page.mouse.down()
    page.mouse.move(640 + by // 2, 405)
    page.mouse.move(640 + by, 405)
    page.mouse.up()


def test_fingers_pinch_swipe_and_tap(shop: Shop, open_sender: Any) -> None:
    page = shop.visitor("Pia", **PHONE)
    sender = open_sender(shop.url, *visitor_of(page, shop.url))
    for n in (1, 2):
        sender.send(f"cup {n}.png", png(600 + n, 800))
    page.locator(".file-picture").first.tap()
    viewer, picture = page.locator("dialog.viewer"), page.locator(".viewer-stage img")
    come(picture)
    touch(page, [(195, 400)], [(120, 402)], [(60, 404)])
    expect(viewer).to_contain_text("cup 2.png2 of 2")
    come(picture)
    whole = box(picture)
    touch(page, [(180, 420), (210, 420)], [(165, 420), (225, 420)], [(150, 420), (240, 420)])
    assert box(picture)["width"] == pytest.approx(whole["width"] * 3)
    before = box(picture)
    touch(page, [(195, 400)], [(215, 430)], [(225, 440)])  # moves it, and turns to no other
    assert (box(picture)["x"], box(picture)["y"]) == pytest.approx((before["x"] + 30, before["y"] + 40))
    page.touchscreen.tap(195, 420)
    page.touchscreen.tap(195, 420)
    assert box(picture) == whole
    touch(page, [(195, 300)], [(197, 400)], [(199, 500)])
    expect(viewer).to_have_count(0)


def touch(page: Page, *moments: list[tuple[int, int]]) -> None:
    """Fingers go down, move and leave."""
    session = page.context.new_cdp_session(page)
    for n, fingers in enumerate(moments):
        points = [{"x": x, "y": y, "id": id} for id, (x, y) in enumerate(fingers)]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if n else "touchStart", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def test_a_line_says_what_a_message_carries_and_a_note_stays_with_the_team(shop: Shop, open_sender: Any) -> None:
    anna = shop.agent()
    page = writes(shop, "Nora")
    token, uid = visitor_of(page, shop.url)
    customer = open_sender(shop.url, token, uid)
    line = row(anna, "Nora").locator(".visitor-row-line")
    customer.send("kettle.png", png(30, 20))
    expect(line).to_have_text("Photo")
    customer.send("kettle.png", png(30, 20), "It leaks")
    expect(line).to_have_text("Photo · It leaks")
    take(anna, "Nora")
    team = open_sender(shop.url, api.log_in(shop.url, "Anna", api.PASSWORD), uid, agent=True)
    team.send("invoice.pdf", b"%PDF-1.7")
    expect(line).to_have_text("You: File: invoice.pdf")
    team.send("costs.csv", b"1,2", "Not for her", note=True)
    expect(anna.locator("[data-note] .file-card")).to_contain_text("costs.csv")
    say(anna, "See above.")
    expect(page.locator(".bubble").last).to_contain_text("See above.")
    expect(page.locator(".file")).to_have_count(3)


def test_what_does_not_come_says_so_and_is_asked_for_again(shop: Shop, open_sender: Any) -> None:
    """First the script, of a build that is gone; then the bytes."""
    page = shop.visitor("Ida")
    page.route(SHOWN, lambda route: route.fulfill(status=404, body=""))
    token, uid = visitor_of(page, shop.url)
    id = open_sender(shop.url, token, uid).send("kettle.png", png(300, 200))
    kept = shop.running.data_dir / "files" / uid / id.rpartition(".")[2]
    away = kept.rename(kept.with_name("away"))
    name = page.locator(".file-wait")
    expect(name).to_have_text("kettle.png")
    expect(name).to_be_enabled()
    page.unroute_all()
    name.click()  # the page is loaded anew
    failed = page.locator(".file-failed")
    expect(failed).to_have_text("This file cannot be shown. Try again")
    away.rename(kept)
    failed.click()
    come(page.locator(".file-picture img"))


def test_a_frame_has_them_by_a_ticket(sites: Sites, open_sender: Any) -> None:
    page = sites.visit()
    sites.launcher(page).click()
    frame = sites.frame(page)
    frame.locator(".composer textarea").fill("Hello?")
    frame.locator(".composer textarea").press("Enter")
    expect(frame.locator(".tick[data-tick=stored]")).to_be_visible()
    url, anna = sites.running.url, api.log_in(sites.running.url, "Anna", api.PASSWORD)
    (customer,) = api.call(url, "/v1/users", anna)
    api.call(url, f"/v1/conversations/{customer['uid']}/claim", anna, {})
    team = open_sender(url, anna, customer["uid"], agent=True)
    with page.expect_request(FILES) as asked:
        team.send("cup.png", png(600, 400))
    assert "cookie" not in asked.value.all_headers()
    come(frame.locator(".file-picture img"))
    team.send("invoice.pdf", b"%PDF-1.7", "Here you are")
    with page.expect_download() as begun:
        frame.locator(".file-card").click()
    assert Path(begun.value.path()).read_bytes() == b"%PDF-1.7"
    frame.locator(".file-picture").click()
    come(frame.locator(".viewer-stage img"))
    page.keyboard.press("Escape")
    expect(frame.locator(".viewer")).to_have_count(0)
    expect(frame.locator(".composer textarea")).to_be_visible()  # and the panel is still open
    sites.launcher(page).click()
    team.send("cup.png", png(600, 400), "The new one")
    expect(page.locator("chatadmin-widget .teaser")).to_contain_text("Photo · The new one")
    assert sites.complaints == []
