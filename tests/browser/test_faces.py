"""A logo and faces in real Chromium: cut by whoever has one, and seen on every page that is open."""

import base64
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import Shop, say, take, writes
from tests.browser.desk import Desk
from tests.browser.sites import Sites
from tests.clients.api import PASSWORD, ask, log_in
from tests.pictures import JPEG, photograph

RED, GREEN, BLUE = "200,40,40", "40,160,40", "40,40,200"
# Red, green and blue from left to right.
STRIPES = """([width, height, type]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const to = canvas.getContext("2d");
  ["RED", "GREEN", "BLUE"].forEach((colour, n) => {
    to.fillStyle = `rgb(${colour})`;
    to.fillRect((n * width) / 3, 0, width / 3 + 1, height);
  });
  return canvas.toDataURL(type);
}"""
# The same for two pictures that are harder: a white sign, and one of which no part is as its neighbour.
WHITE_SIGN = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
  const to = canvas.getContext("2d");
  to.fillStyle = "#fff";
  to.fillRect(75, 75, 150, 150);
  return canvas.toDataURL("image/png");
}"""
NOISE = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 });
  const data = new ImageData(600, 300);
  for (let at = 0; at < data.data.length; at += 65536) crypto.getRandomValues(data.data.subarray(at, at + 65536));
  for (let at = 3; at < data.data.length; at += 4) data.data[at] = 255;
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas.toDataURL("image/png");
}"""
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30" width="30" height="30">
  <script>document.documentElement.dataset.ran = "";</script>
  <image href="https://elsewhere.example/seen.png" width="30" height="30"/>
  <rect x="9" y="9" width="12" height="12" fill="red"/>
</svg>"""
# The colours of a picture that is shown, from its left to its right, at a height (of 1).
COLOURS = """(image, height) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
  const to = canvas.getContext("2d");
  to.drawImage(image, 0, 0);
  const { data } = to.getImageData(0, Math.round(height * 255), 256, 1);
  return [4, 128, 251].map((x) => [...data.subarray(4 * x, 4 * x + 4)]);
}"""


def drawn(page: Page, script: str, argument: object = None) -> FilePayload:
    """A file with what the script draws."""
    for name, colour in (("RED", RED), ("GREEN", GREEN), ("BLUE", BLUE)):
        script = script.replace(name, colour)
    head, _, data = page.evaluate(script, argument).partition(",")
    return {"name": "picture", "mimeType": head[5:].partition(";")[0], "buffer": base64.b64decode(data)}


def stripes(page: Page, width: int, height: int, type: str = "image/jpeg") -> FilePayload:
    return drawn(page, STRIPES, [width, height, type])


def setting(page: Page, name: str) -> Locator:
    """Where a logo or a face is changed."""
    if not page.url.endswith("#/settings"):
        page.goto(page.url.partition("#")[0] + "#/settings")
    return page.get_by_role("group", name=name)


def choose(page: Page, name: str, file: FilePayload) -> Locator:
    """Have it cut; the picture in the window."""
    with page.expect_file_chooser() as chooser:
        setting(page, name).get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(file)
    picture = page.locator(".crop canvas")
    expect(picture).to_be_focused()
    return picture


def save(page: Page) -> None:
    page.locator(".dialog-crop .button-main").click()
    expect(page.locator(".dialog-crop")).to_have_count(0)


def colours(image: Locator, height: float = 0.5) -> list[list[int]]:
    """Of a picture once it has come; red, green, blue and how little one sees through."""
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [256, 256]
    found: list[list[int]] = image.evaluate(COLOURS, height)
    return found


NAMES = {"r": "red", "g": "green", "b": "blue", "rgb": "white", "": "dark"}


def names(found: list[list[int]]) -> list[str]:
    """What the colours are called."""

    def name(red: int, green: int, blue: int, alpha: int) -> str:
        light = "".join(letter for letter, part in zip("rgb", (red, green, blue), strict=True) if part > 128)
        return NAMES[light] if alpha else "nothing"

    return [name(*colour) for colour in found]


def kept(shop: Shop, image: Locator) -> Any:
    """What the server answers for a picture that is shown."""
    return ask(shop.url, image.evaluate("image => new URL(image.src).pathname"))


def test_an_agent_s_face_is_cut_by_keys_and_seen_wherever_an_initial_was(shop: Shop) -> None:
    ben, anna, visitor = shop.agent("Ben"), shop.agent(), writes(shop, "Wanda")
    take(ben, "Wanda")
    say(ben, "Good morning")
    answer = visitor.locator(".bubble-row[data-seq] .bubble-face > *")
    expect(answer).to_have_text("B")
    expect(setting(ben, "Your picture")).to_be_visible()
    expect(setting(ben, "Logo")).to_have_count(0)  # which is not theirs to choose

    choose(ben, "Your picture", stripes(ben, 1200, 600))
    for _ in range(40):  # further than there is anything
        ben.keyboard.press("ArrowLeft")
    save(ben)
    expect(setting(ben, "Your picture").get_by_role("status")).to_have_text("Saved. Everybody sees it now.")
    expect(setting(ben, "Your picture").get_by_role("button").first).to_be_focused()
    for image in (
        *(answer, visitor.locator("img.head-face")),
        *(ben.locator(".rail-account img"), setting(ben, "Your picture").locator("img")),
        anna.locator("img.visitor-row-agent"),
    ):
        expect(image).to_have_count(1)
        assert names(colours(image)) == ["green", "blue", "blue"]
    expect(setting(anna, "Your picture")).to_be_visible()
    expect(anna.locator(".settings-row", has_text="Ben").locator("img")).to_be_visible()

    choose(ben, "Your picture", stripes(ben, 1200, 600))
    slider = ben.get_by_label("Size")
    slider.focus()
    ben.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "800 %")
    save(ben)
    expect(visitor.locator(f"img.head-face[src$='{_face(shop)}']")).to_be_visible()
    assert names(colours(answer)) == ["green"] * 3

    setting(ben, "Your picture").get_by_role("button", name="Remove").click()
    expect(answer).to_have_text("B")
    expect(visitor.locator("img.head-face")).to_have_count(0)
    expect(ben.locator(".rail-account img")).to_have_count(0)


def _face(shop: Shop) -> str:
    """Ben's, as the server has it."""
    return str(ask(shop.url, "/v1/me", Authorization=log_in(shop.url, "Ben", PASSWORD)).value["face"])


def test_a_logo_is_whole_and_keeps_what_one_sees_through(shop: Shop) -> None:
    anna, visitor = shop.agent(), shop.visitor("Otto")
    mark = visitor.locator(".head .mark")
    expect(mark).to_have_text("T")
    choose(anna, "Logo", stripes(anna, 900, 300, "image/png"))  # a wide one: all of it, and nothing above and below
    save(anna)
    expect(visitor.locator("img.mark")).to_be_visible()
    assert names(colours(mark)) == ["red", "green", "blue"]
    assert names(colours(mark, 0.02)) == ["nothing"] * 3
    assert kept(shop, mark).headers["content-type"] == "image/png"
    expect(visitor.locator(".greeting img.avatar")).to_be_visible()

    before = mark.get_attribute("src")
    choose(anna, "Logo", drawn(anna, WHITE_SIGN))
    save(anna)
    expect(visitor.locator(f"img.mark:not([src='{before}'])")).to_be_visible()
    assert names(colours(mark)) == ["dark", "white", "dark"]  # white would swallow it

    before = mark.get_attribute("src")
    choose(anna, "Logo", drawn(anna, STRIPES.replace("rgb(${colour})", "#fff"), [900, 300, "image/jpeg"]))
    save(anna)
    expect(visitor.locator(f"img.mark:not([src='{before}'])")).to_be_visible()
    assert names(colours(mark, 0.02)) == ["nothing"] * 3  # one that has its ground gets no other one

    before = mark.get_attribute("src")
    choose(anna, "Logo", {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    save(anna)
    expect(visitor.locator(f"img.mark:not([src='{before}'])")).to_be_visible()
    assert names(colours(mark)) == ["nothing", "red", "nothing"]

    before = mark.get_attribute("src")
    choose(anna, "Logo", drawn(anna, NOISE))
    save(anna)
    expect(visitor.locator(f"img.mark:not([src='{before}'])")).to_be_visible()
    assert kept(shop, mark).headers["content-type"] == "image/jpeg"  # as a PNG it is too large
    assert names(colours(mark, 0.02)) == ["white"] * 3
    setting(anna, "Logo").get_by_role("button", name="Remove").click()
    expect(mark).to_have_text("T")


def test_a_picture_is_pulled_and_zoomed_by_mouse_wheel_and_fingers(shop: Shop) -> None:
    anna = shop.agent()
    picture = choose(anna, "Your picture", stripes(anna, 1200, 600))
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    anna.mouse.move(x, y)
    anna.mouse.down()
    anna.mouse.move(x + box["width"] / 4, y, steps=4)  # a quarter of the square: 150 of the picture's pixels
    anna.mouse.up()
    anna.mouse.move(x - box["width"] / 2 + 2, y)  # what is under the pointer stays there
    anna.mouse.wheel(0, -4000)
    expect(anna.get_by_label("Size")).to_have_attribute("aria-valuetext", "800 %")
    save(anna)
    assert names(colours(anna.locator(".rail-account img"))) == ["red"] * 3

    phone = shop.agent(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    choose(phone, "Your picture", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph(orientation=6)})
    save(phone)
    expect(phone.locator(".rail-account img")).to_be_visible()
    # blue in a corner: at the left as it lies in the file, at the right as it was seen
    assert [colour[2] > colour[0] for colour in colours(phone.locator(".rail-account img"), 0.2)][::2] == [False, True]
    picture = choose(phone, "Your picture", stripes(phone, 1200, 600))
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = phone.context.new_cdp_session(phone)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 80)):
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(phone.get_by_label("Size")).to_have_attribute("aria-valuetext", "400 %")
    before = phone.locator(".rail-account img").get_attribute("src")
    save(phone)
    expect(phone.locator(f".rail-account img:not([src='{before}'])")).to_be_visible()
    assert names(colours(phone.locator(".rail-account img"))) == ["green"] * 3


def test_what_goes_wrong_is_said_and_changes_nothing(shop: Shop) -> None:
    anna = shop.agent()
    logo = setting(anna, "Logo")
    logo.locator("input").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(logo.get_by_role("alert")).to_contain_text("no picture in that file")
    choose(anna, "Logo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    anna.keyboard.press("Escape")
    expect(anna.locator(".dialog-crop")).to_have_count(0)
    expect(logo.locator("img")).to_have_count(0)

    def away(route: Route) -> None:
        route.fulfill(status=503, json={"code": "store_unavailable", "msg": "Please try again.", "inner": None})

    anna.route("**/v1/shop/logo*", away)
    choose(anna, "Logo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    anna.locator(".dialog-crop .button-main").click()
    expect(anna.locator(".dialog-crop").get_by_role("alert")).to_have_text("Please try again.")
    anna.unroute("**/v1/shop/logo*")
    save(anna)
    expect(logo.locator("img")).to_be_visible()
    anna.route("**/v1/faces/*", lambda route: route.fulfill(status=404))
    anna.reload()
    expect(logo.locator(".avatar")).to_have_text("T")  # where it cannot be had, there is an initial


def test_the_widget_shows_them_on_the_shop_s_own_site(sites: Sites, desk: Desk) -> None:
    page = sites.visit("/")
    sites.launcher(page).click()
    chat = sites.frame(page)
    chat.locator(".composer textarea").fill("Is the kettle back?")
    chat.locator(".composer textarea").press("Enter")
    desk.take("Is the kettle back?")
    desk.say("Since this morning.")
    expect(chat.locator(".bubble-row[data-seq] .bubble-face")).to_have_text("A")
    url = sites.running.url
    anna = {"Authorization": log_in(url, "Anna", PASSWORD), "Content_Type": "image/jpeg"}
    for path in ("/v1/shop/logo", "/v1/me/face"):
        assert ask(url, path, JPEG, method="PUT", **anna).status == 200
    for place in ("img.mark", ".greeting img", ".bubble-row[data-seq] .bubble-face img", "img.head-face"):
        chat.locator(place).evaluate("image => image.decode()")
    assert not sites.complaints
