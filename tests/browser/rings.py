"""Whether the ring around what has the focus is seen whole, measured in the pixels of the page."""

import base64

from playwright.sync_api import ElementHandle, Page

AROUND = 8  # pixels beyond an element's edge and within it in which its ring may be
CONTRAST = 3  # of the ring against what is there without it: WCAG 2.2, 1.4.11

# What can have the focus in a part of the page, each kind (by its class) at most three times: the first, one in the
# middle and the last. What is chosen in a list whose field keeps the focus counts as well.
_ROWS = """(part) => {
  const rows = ":is(a[href], button, summary, select, input, [tabindex], [role=option][aria-selected=true])";
  const kinds = new Map();
  for (const row of document.querySelectorAll(`${part} ${rows}`)) {
    if (!row.checkVisibility({ visibilityProperty: true }) || row.closest("[inert], .said")) continue;
    const kind = row.localName + "." + row.className;
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  return [...kinds.values()].flatMap((all) => [...new Set([all[0], all[all.length >> 1], all.at(-1)])]);
}"""
_FOCUS = """(row) => {
  row.focus();
  const label = row.closest("label");
  const own = getComputedStyle(row).outlineStyle !== "none"; // else the label's, or that of the switch in it
  const ringed = own ? row : label ?? row;
  ringed.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = ringed.getBoundingClientRect();
  const radius = Math.min(parseFloat(getComputedStyle(ringed).borderRadius) || 0, width / 2 - 2, height / 2 - 2);
  const name = `${row.localName}.${row.className} ${row.textContent.trim().slice(0, 30)}`;
  return { x, y, width, height, radius, name };
}"""
_HIDE = """([row, hidden]) => {
  const ringed = [row, row.closest("label")].filter(Boolean);
  for (const { style } of ringed) style.setProperty("outline-style", hidden ? "none" : "", "important");
}"""
# The smallest share of a side, without its corners, along which the ring stands out.
_COMPARE = """async ([pictures, box, around, contrast]) => {
  const [one, two] = await Promise.all(pictures.map(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  }));
  const light = ({ data, width }, x, y) => {
    const at = 4 * (y * width + x);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = [0, 1, 2].map((n) => linear(data[at + n] / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const out = (x, y) => {
    if (x < 0 || y < 0 || x >= one.width || y >= one.height) return false;
    const [a, b] = [light(one, x, y), light(two, x, y)];
    return Math.max(a, b) / Math.min(a, b) >= contrast;
  };
  const share = (from, to, stands) => {
    let seen = 0;
    for (let at = from; at < to; at++) if (stands(at)) seen++;
    return seen / (to - from);
  };
  const { left, top, width, height, radius } = box;
  const [x0, x1, y0, y1] = [left + radius, left + width - radius, top + radius, top + height - radius].map(Math.round);
  const near = Array.from({ length: 2 * around + 1 }, (_, n) => n - around);
  return Math.min(
    ...[top, top + height].map((y) => share(x0, x1, (x) => near.some((n) => out(x, Math.round(y) + n)))),
    ...[left, left + width].map((x) => share(y0, y1, (y) => near.some((n) => out(Math.round(x) + n, y)))),
  );
}"""


def rows(page: Page, part: str) -> list[ElementHandle]:
    """What can have the focus in a part of the page."""
    found = page.evaluate_handle(_ROWS, part)
    return [row for row in (item.as_element() for item in found.get_properties().values()) if row is not None]


def broken(page: Page, row: ElementHandle, judge: Page) -> str:
    """What is wrong with the ring around a row that has the focus, "" where it is whole. `judge`: any page."""
    box = row.evaluate(_FOCUS)
    size = page.viewport_size or {"width": 0, "height": 0}
    left, top = max(0, int(box["x"]) - AROUND), max(0, int(box["y"]) - AROUND)
    right = min(size["width"], int(box["x"] + box["width"]) + AROUND + 1)
    bottom = min(size["height"], int(box["y"] + box["height"]) + AROUND + 1)
    pictures = []
    for hidden in (False, True):
        page.evaluate(_HIDE, [row, hidden])
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        shot = page.screenshot(clip=clip, animations="disabled", caret="hide")  # type: ignore[arg-type]
        pictures.append(base64.b64encode(shot).decode())
    page.evaluate(_HIDE, [row, False])
    inside = {**box, "left": box["x"] - left, "top": box["y"] - top}
    share = judge.evaluate(_COMPARE, [pictures, inside, AROUND, CONTRAST])
    return "" if share > 0.95 else f"{box['name']}: {share:.0%} of a side"
