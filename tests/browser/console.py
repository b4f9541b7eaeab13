"""The console as the agents in the tests use it."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 60_000  # ms until what ought to be at once counts as missing; a busy machine needs many
# Counts the notes that a page makes from now on, in `window.notes`.
NOTES = """() => {
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { window.notes++; return start.apply(this, at); };
}"""


@dataclass
class Console:
    """An agent's page."""

    page: Page

    def another_page(self) -> "Console":
        """A second page of the same browser."""
        page = self.page.context.new_page()
        page.goto(self.page.url.partition("#")[0])
        page.wait_for_selector(".visitors")
        return Console(page)

    def row(self, visitor: str) -> Locator:
        exact = re.compile(rf"^{re.escape(visitor)}$")
        return self.page.locator(".visitor-row", has=self.page.locator(".visitor-row-name bdi", has_text=exact))

    def line(self, visitor: str) -> Locator:
        """What the list shows of the last message."""
        return self.row(visitor).locator(".visitor-row-line")

    def point_at(self, visitor: str) -> None:
        """Hold the pointer over a row, by a hand that never rests: one that rests for ten seconds holds nothing."""
        self.row(visitor).hover()
        self.page.evaluate("""() => {
          const list = document.querySelector(".visitors-scroll");
          const moves = () => list.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse" }));
          window.hand = setInterval(moves, 500);
        }""")

    def point_away(self) -> None:
        """And then elsewhere."""
        self.page.evaluate("clearInterval(window.hand)")
        self.page.mouse.move(900, 400)

    def unread(self, visitor: str) -> Locator:
        return self.row(visitor).locator(".pill")

    def names(self, group: str) -> Locator:
        return self.page.locator(f"[data-group={group}] .visitor-row-name")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def note(self) -> None:
        """Write a private note, instead of a reply: by the button above the field, not by the one beside the notes."""
        self.page.get_by_role("button", name="Private note", exact=True).click()

    def open(self, visitor: str) -> None:
        self.row(visitor).locator("button").click()
        expect(self.name).to_have_text(visitor, timeout=PATIENCE_MS)

    def take(self, visitor: str) -> None:
        self.open(visitor)
        self.press("Take this conversation")
        expect(self.composer).to_be_focused(timeout=PATIENCE_MS)

    @property
    def name(self) -> Locator:
        """Whose conversation is up."""
        return self.page.locator(".case-who h2")

    @property
    def composer(self) -> Locator:
        return self.page.locator(".composer textarea")

    @property
    def bar(self) -> Locator:
        return self.page.locator(".claim-bar p")

    @property
    def notice(self) -> Locator:
        return self.page.locator(".notice").last

    @property
    def bubbles(self) -> Locator:
        return self.page.locator(".bubble > p")
