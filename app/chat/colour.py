"""The shop's colour: its shades for both themes, in which all that is drawn in it can be seen and read, by WCAG 2.2.

A shop chooses one colour, whichever it likes. White text stands on it, or black where white cannot be read; one of the
two always can. What else the pages need of it, text, edges and grounds, is derived here.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from app.chat.errors import Refusal

# Contrast for text, and for the edges of controls.
TEXT_CONTRAST, CONTROL_CONTRAST = 4.5, 3.0
# What the colour stands on in each theme: --surface, --sunken, --hover, --bubble, --note of static/css/tokens.css.
LIGHT_GROUNDS = ("#ffffff", "#f6f7f9", "#eceef2", "#f0f2f5", "#fff6cf")
DARK_GROUNDS = ("#14171c", "#0f1216", "#20252d", "#20252e", "#35300f")
# How much of the colour is in the ground of a chosen row.
_TINT = {"light": 0.1, "dark": 0.2}
# How much of black or white is added to it beneath a pointer.
_STRONGER = 0.15
# What rounding to 256 steps may take away again.
_SLACK = 0.1

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Rgb(NamedTuple):
    """A colour of sRGB, each part 0 to 255."""

    red: int
    green: int
    blue: int

    @property
    def hex(self) -> str:
        """As style sheets write it."""
        return "#" + "".join(f"{part:02x}" for part in self)


WHITE, BLACK = Rgb(255, 255, 255), Rgb(0, 0, 0)


def parse(text: str) -> Rgb:
    """The colour written `#rrggbb`. Raises Refusal bad_colour."""
    text = text.strip().lower()
    if _COLOUR.fullmatch(text) is None:
        raise Refusal("bad_colour")
    return Rgb(*(int(text[at : at + 2], 16) for at in (1, 3, 5)))


def luminance(colour: Rgb) -> float:
    """WCAG's relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(ground: Rgb, colour: Rgb, share: float) -> Rgb:
    """`colour` over `ground`, at an opacity of `share`, as a screen shows it."""
    return Rgb(*(round(under + (over - under) * share) for under, over in zip(ground, colour, strict=True)))


def check(accent: str) -> str:
    """The colour as it is kept, in small letters; "" is the product's own. Raises Refusal bad_colour."""
    return parse(accent).hex if accent else ""


@lru_cache(16)  # a shop's own, asked for with every page, and what an administrator tries
def palette(accent: str) -> dict[str, dict[str, str]] | None:
    """The colour's shades by theme, named like the style sheets' own (`accent-ink` is `--accent-ink`); None for ""."""
    if not accent:
        return None
    colour = parse(accent)
    return {"light": _light(colour), "dark": _dark(colour)}


def _light(accent: Rgb) -> dict[str, str]:
    chosen = mix(WHITE, accent, _TINT["light"])
    ink = accent
    for ground in (*map(parse, LIGHT_GROUNDS), chosen):
        ink = _darker(ink, ground, TEXT_CONTRAST)
    words = _on(accent)
    strong = mix(accent, BLACK if words == WHITE else WHITE, _STRONGER)
    return _named(accent, words, strong, _darker(accent, WHITE, CONTROL_CONTRAST), ink, chosen)


def _dark(accent: Rgb) -> dict[str, str]:
    """Where white is read on it, its edge must be seen on the dark ground too: a narrow band, which every hue reaches.

    Where black is, that is so by itself; and a ground is tinted as if white were, since it has text of other colours.
    """
    ground = parse(DARK_GROUNDS[0])
    lowest = (luminance(ground) + 0.05) * (CONTROL_CONTRAST + _SLACK) - 0.05
    highest = 1.05 / (TEXT_CONTRAST + _SLACK) - 0.05
    own = luminance(accent)
    base = accent if lowest <= own <= highest else _shade(accent, min(max(own, lowest), highest))
    strong = _shade(base, highest if luminance(base) < (lowest + highest) / 2 else lowest)
    chosen = mix(ground, base, _TINT["dark"])
    words = _on(accent)
    if words == BLACK:
        base, strong = accent, mix(accent, WHITE, _STRONGER)
    ink = base
    for under in (*map(parse, DARK_GROUNDS), chosen):
        ink = _lighter(ink, under)
    return _named(base, words, strong, base, ink, chosen)


def _on(accent: Rgb) -> Rgb:
    """What is written on it."""
    return WHITE if contrast(accent, WHITE) >= TEXT_CONTRAST else BLACK


def _named(accent: Rgb, words: Rgb, strong: Rgb, edge: Rgb, ink: Rgb, chosen: Rgb) -> dict[str, str]:
    return {
        "accent": accent.hex,
        "on-accent": words.hex,
        "accent-strong": strong.hex,
        "accent-edge": edge.hex,
        "accent-ink": ink.hex,
        "chosen": chosen.hex,
    }


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _darker(colour: Rgb, ground: Rgb, wanted: float) -> Rgb:
    """As much darker as the contrast `wanted` on a light ground needs."""
    if contrast(colour, ground) >= wanted:
        return colour
    return _shade(colour, (luminance(ground) + 0.05) / (wanted + _SLACK) - 0.05)


def _lighter(colour: Rgb, ground: Rgb) -> Rgb:
    """As much lighter as text on a dark ground needs."""
    if contrast(colour, ground) >= TEXT_CONTRAST:
        return colour
    return _shade(colour, (luminance(ground) + 0.05) * (TEXT_CONTRAST + _SLACK) - 0.05)


def _shade(colour: Rgb, wanted: float) -> Rgb:
    """The mixture with white or black that has the luminance `wanted`."""
    end = WHITE if luminance(colour) < wanted else BLACK
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        short = luminance(mix(colour, end, middle)) < wanted
        low, high = (middle, high) if short == (end is WHITE) else (low, middle)
    return mix(colour, end, high)
