"""What shuts people out of a page: what axe-core finds, what moves unasked, what no finger hits."""

import json
from typing import Any

from playwright.sync_api import Frame, Page

from tests.running import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# A sheet of @import lines, as there is where pages are not built, axe would copy into a style element to look inside:
# the page's policy refuses that, and says so.
_RUN = """(tags) => {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const parted = rules.some((rule) => rule instanceof CSSImportRule);
  const asked = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: !parted };
  return axe.run(document, asked);
}"""

# The elements of a page, with those in open shadow roots.
_EVERY = """(selector, root = document) => [...root.querySelectorAll("*")].flatMap((one) => [
  ...(one.matches(selector) ? [one] : []), ...(one.shadowRoot ? every(selector, one.shadowRoot) : []),
])"""

# Every element and what stands before and behind it, with a length of time that is not nought.
_MOVING = """(every) => {
  const found = new Set();
  for (const element of every("*")) {
    for (const part of [null, "::before", "::after", "::backdrop"]) {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(element, part);
      const lasts = (times) => times.split(",").some((time) => parseFloat(time) !== 0);
      if (lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration))) {
        found.add(`${element.localName}.${element.className.baseVal ?? element.className}${part ?? ""}`);
      }
    }
  }
  return [...found];
}"""


# What a finger must hit, with what takes the press for it: a label, or a part laid over and around it. Links within a
# sentence may be as small as their words.
_SMALL = """(every, least) => {
  const found = [];
  for (const element of every("button, a[href], input, textarea, select, [role=button]")) {
    const target = element.matches("label *, .said, .skip-link") ? element.closest("label") : element;
    const inWords = element.matches("p a, li a, dd a");
    if (!target || inWords || !target.checkVisibility({ visibilityProperty: true })) continue;
    const box = target.getBoundingClientRect();
    const around = getComputedStyle(target, "::after");
    const laid = around.content !== "none" && around.position === "absolute" && around.pointerEvents !== "none";
    const width = Math.max(box.width, (laid && parseFloat(around.width)) || 0);
    const height = Math.max(box.height, (laid && parseFloat(around.height)) || 0);
    const name = `${target.className} ${target.textContent}`;
    if (width && Math.min(width, height) < least) found.push(`${name}: ${width} x ${height}`);
  }
  return found;
}"""


def barriers(page: Page | Frame) -> list[str]:
    """A line for each element that breaks a rule: the rule, where it is, and what would help."""
    # Evaluated, not inserted as a script: the page's policy allows none but its own.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(_RUN, TAGS)
    return [
        f"{rule['id']}: {json.dumps(node['target'], ensure_ascii=False)}: {rule['help']}. {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _with_every(script: str) -> str:
    return f"(given) => {{ const every = {_EVERY}; return ({script})(every, given); }}"


def moving(page: Page | Frame) -> list[str]:
    """The elements with a transition or an animation that takes time."""
    found: list[str] = page.evaluate(_with_every(_MOVING))
    return found


def small(page: Page | Frame, least: int = 44) -> list[str]:
    """What is to be pressed and is smaller than `least` CSS pixels in either direction."""
    found: list[str] = page.evaluate(_with_every(_SMALL), least)
    return found
