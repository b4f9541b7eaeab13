"""A whole day without a mouse: nothing but keys, and at every stop one sees where one is."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shop, say
from tests.browser.console import PATIENCE_MS, Console
from tests.clients.api import PASSWORD

MOST_TABS = 60  # presses of Tab until a place counts as out of reach

# The focus shows as an outline, on the element or on what is drawn for it, or on the frame around a field.
_SHOWN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const drawn = [at, at.matches("input[type=checkbox]") ? at.nextElementSibling : at.closest(".composer-box")];
  const seen = drawn.some((place) => {
    const style = place && getComputedStyle(place);
    const outlined = style?.outlineStyle !== "none" && parseFloat(style?.outlineWidth) >= 2;
    const framed = place?.matches(":focus-within:not(:focus)") && style.boxShadow !== "none";
    const { width, height } = place?.getBoundingClientRect() ?? {};
    return place && (outlined || framed) && style.clipPath === "none" && width > 0 && height > 0;
  });
  return seen ? "" : at.outerHTML.slice(0, 200);
}"""


class Keys:
    """Somebody at a keyboard: after each press of Tab one must see where one is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def seen(self) -> None:
        assert self.page.evaluate(_SHOWN) == ""

    def at(self, place: Locator) -> None:
        """The focus has come to `place`, and shows."""
        expect(place).to_be_focused(timeout=PATIENCE_MS)
        self.seen()

    def to(self, place: Locator, key: str = "Tab") -> None:
        """Go on, stop by stop, until `place` is reached."""
        for _ in range(MOST_TABS):
            if place.evaluate("place => place === document.activeElement"):
                return
            self.press(key)
            if not self.page.evaluate("document.activeElement === document.body"):  # the browser's own controls
                self.seen()
        raise AssertionError(f"{place} is not reached by {key}")

    def round(self, window: Locator) -> None:
        """Tab never leaves the window for what lies behind it."""
        for _ in range(12):
            self.press("Tab")
            assert window.evaluate(
                "box => box.contains(document.activeElement) || document.activeElement === document.body"
            )


def _log_in(shop: Shop, name: str) -> Console:
    page = shop.open("/admin")
    keys = Keys(page)
    keys.at(page.locator("#login-name"))
    keys.type(name)
    keys.to(page.locator("#login-password"))
    keys.type(PASSWORD)
    keys.to(page.get_by_role("button", name="Show the password"))
    keys.press("Space")
    expect(page.locator("#login-password")).to_have_attribute("type", "text")
    keys.to(page.get_by_role("button", name="Log in"))
    keys.press("Enter")
    expect(page.locator(".visitors-head p")).not_to_be_empty()
    return Console(page)


def _walk_to(console: Console, visitor: str) -> None:
    """The list is one stop; from there the arrows go on."""
    keys = Keys(console.page)
    keys.to(console.page.locator(".visitor-row-button[tabindex='0']"))
    keys.press("Home")
    keys.to(console.row(visitor).locator("button"), "ArrowDown")


def _opens_and_gives_back(keys: Keys, opener: Locator) -> None:
    """A window takes the focus in, keeps it, and gives it back to what opened it."""
    window = keys.page.locator("dialog")
    for close in ("Escape", "button"):
        keys.to(opener)
        keys.press("Enter")
        expect(window).to_be_visible()
        assert window.evaluate("box => box.contains(document.activeElement)")
        keys.round(window)
        if close == "button":
            keys.to(window.locator(".dialog-actions button"))
            keys.press("Enter")
        else:
            keys.press("Escape")
        expect(window).to_have_count(0)
        keys.at(opener)


def test_an_agent_s_day(shop: Shop) -> None:
    otto = shop.visitor("Otto")
    say(otto, "Do you ship to Norway?")
    ben = Console(shop.agent("Ben"))
    anna = _log_in(shop, "Anna")
    keys, page = Keys(anna.page), anna.page
    expect(anna.names("waiting")).to_have_text(["Otto"], timeout=PATIENCE_MS)

    keys.to(page.locator(".skip-link"))
    keys.press("Enter")
    expect(page.locator("#case")).to_be_focused()
    keys.to(page.locator(".skip-link"), "Shift+Tab")
    for icon in ("bell", "keys"):
        _opens_and_gives_back(keys, page.locator(f".rail-button[data-icon={icon}]"))
    account = page.get_by_role("button", name="Anna, your account")
    keys.to(account)
    keys.press("Enter")
    keys.to(page.get_by_role("button", name="Log out"))
    keys.press("Escape")
    expect(page.locator(".account-menu")).to_have_count(0)
    keys.at(account)

    _walk_to(anna, "Otto")
    keys.press("Enter")
    keys.at(page.get_by_role("button", name="Take this conversation"))
    keys.press("Enter")
    keys.at(anna.composer)
    keys.type("Yes, it takes four days.")
    keys.press("Enter")
    expect(otto.locator(".bubble > p").last).to_have_text("Yes, it takes four days.", timeout=PATIENCE_MS)

    more = page.get_by_role("button", name="More actions")
    keys.to(more, "Shift+Tab")
    keys.press("Enter")
    keys.to(page.locator(".case-transfer"))
    keys.press("Escape")
    keys.at(more)
    keys.press("Enter")
    keys.to(page.locator(".case-transfer"))
    keys.press("Enter")
    window = page.locator("dialog")
    expect(window).to_be_visible()
    keys.round(window)
    keys.press("Escape")
    expect(window).to_have_count(0)
    keys.at(more)
    keys.press("Enter")
    keys.to(page.locator(".case-transfer"))
    keys.press("Enter")
    keys.to(window.locator(".colleague input"))
    keys.press("Space")
    keys.to(window.locator(".button-main"))
    keys.press("Enter")
    expect(anna.bar).to_have_text("Ben is talking to Otto.", timeout=PATIENCE_MS)
    assert page.locator(".case").evaluate("pane => pane.contains(document.activeElement)")
    expect(ben.row("Otto").locator(".visitor-row-holder[data-given]")).to_have_text("from Anna", timeout=PATIENCE_MS)


def test_from_one_who_waits_to_a_settled_matter(shop: Shop) -> None:
    first, second = shop.visitor("Rosa"), shop.visitor("Vito")
    for visitor in (first, second):
        say(visitor, "Hello?")
        expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(1)
    anna = _log_in(shop, "Anna")
    keys = Keys(anna.page)
    expect(anna.row("Vito")).to_be_visible()
    keys.press("c")
    keys.at(anna.composer)
    expect(anna.name).to_have_text("Rosa")
    keys.type("One moment.")
    keys.press("Enter", "Escape")
    keys.at(anna.row("Rosa").locator("button"))
    keys.to(anna.row("Vito").locator("button"), "ArrowDown")
    keys.press("r")
    keys.at(anna.composer)
    keys.press("Escape")
    keys.at(anna.row("Rosa").locator("button"))
    keys.press("e")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)
    expect(anna.names("here")).to_contain_text(["Rosa"], timeout=PATIENCE_MS)
    keys.at(anna.page.locator(".claim-next"))  # who is next is one key away, and taken by another
    keys.press("Enter")
    expect(anna.name).to_have_text("Vito", timeout=PATIENCE_MS)
    keys.at(anna.page.get_by_role("button", name="Take this conversation"))
    keys.press("Enter")
    keys.at(anna.composer)


def test_the_drawer_takes_the_focus_and_gives_it_back(shop: Shop) -> None:
    say(shop.visitor("Mia"), "Hello?")
    anna = _log_in(shop, "Anna")
    anna.page.set_viewport_size({"width": 1000, "height": 800})
    keys = Keys(anna.page)
    _walk_to(anna, "Mia")
    keys.press("Enter")
    details = anna.page.get_by_role("button", name="Details", exact=True)
    keys.to(details, "Shift+Tab")
    keys.press("Enter")
    keys.at(anna.page.get_by_role("button", name="Close the details"))
    keys.press("Escape")
    keys.at(details)


def test_a_visitor_s_visit(shop: Shop) -> None:
    page = shop.open("/")
    keys = Keys(page)
    field, menu = page.locator(".composer textarea"), page.locator(".head-act")
    keys.at(field)
    keys.to(page.locator("#entered-name"), "Shift+Tab")
    keys.type("Tove")
    keys.press("Enter")
    keys.at(field)
    keys.type("Hello?")
    keys.to(page.get_by_role("button", name="Send"))
    keys.press("Space")
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(1)
    keys.at(field)
    keys.to(menu, "Shift+Tab")
    stay = page.get_by_role("button", name="Stay")
    for way in ("Escape", "Enter"):
        keys.press("Enter")
        keys.to(page.get_by_role("button", name="Leave the chat"))
        keys.press("Enter")
        keys.at(stay)
        keys.round(page.locator(".leave"))
        keys.to(stay)
        keys.press(way)
        expect(page.locator(".leave")).to_have_count(0)
        keys.at(menu)
    keys.to(page.locator(".thread"))
    keys.to(field)
