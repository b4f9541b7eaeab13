"""A shop's colour: what is one, and that all that is drawn in its shades can be seen and read."""

import itertools
import re

import pytest

from app.chat import colour
from app.chat.errors import Refusal
from tests.running import ROOT

# Every hue, pale to dark: 17 steps of each part.
ALL = [colour.Rgb(*parts) for parts in itertools.product(range(0, 256, 17), repeat=3)]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#00f00f", "#00f00f", 1),
    ],
)
def test_contrast_is_what_wcag_says(one: str, other: str, ratio: float) -> None:
    assert colour.contrast(colour.parse(one), colour.parse(other)) == pytest.approx(ratio, abs=0.01)
    assert colour.contrast(colour.parse(other), colour.parse(one)) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "123456", "#1234567", "#", "url(x)", "#12 456", "٣"])
def test_a_colour_is_a_sharp_and_six_digits(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        colour.check(text)
    assert refused.value.code == "bad_colour"


def test_a_colour_is_kept_in_small_letters_and_none_is_the_product_s_own() -> None:
    assert colour.check(" #2F5BD3 ") == "#2f5bd3"
    assert colour.check("") == ""
    assert colour.palette("") is None


def test_no_colour_is_refused_and_a_light_one_takes_dark_words() -> None:
    for one in ALL:
        assert colour.check(one.hex) == one.hex
    yellow, navy = colour.palette("#ffcc00"), colour.palette("#22303c")
    assert yellow is not None
    assert navy is not None
    assert [yellow[theme]["accent"] for theme in yellow] == ["#ffcc00", "#ffcc00"]  # as the shop has it
    assert [yellow[theme]["on-accent"] for theme in yellow] == ["#000000", "#000000"]
    assert [navy[theme]["on-accent"] for theme in navy] == ["#ffffff", "#ffffff"]


def test_every_shade_of_every_colour_can_be_read_in_both_themes() -> None:
    grounds = {"light": colour.LIGHT_GROUNDS, "dark": colour.DARK_GROUNDS}
    texts = {"light": ("#16191f", "#5b6472"), "dark": ("#e8ebf0", "#9aa4b2")}  # --ink, --muted
    for one in ALL:
        shades = colour.palette(one.hex)
        assert shades is not None
        for theme, of in shades.items():
            found = {name: colour.parse(shade) for name, shade in of.items()}
            surface = colour.parse(grounds[theme][0])
            for name in ("accent", "accent-strong"):
                assert colour.contrast(found[name], found["on-accent"]) >= colour.TEXT_CONTRAST, (one, theme, name)
            assert colour.contrast(found["accent-edge"], surface) >= colour.CONTROL_CONTRAST, (one, theme)
            for ground in (*map(colour.parse, grounds[theme]), found["chosen"]):
                assert colour.contrast(found["accent-ink"], ground) >= colour.TEXT_CONTRAST, (one, theme)
            for text in texts[theme]:
                assert colour.contrast(colour.parse(text), found["chosen"]) >= colour.TEXT_CONTRAST, (one, theme, text)


def test_the_colour_itself_is_a_ground_and_nothing_else() -> None:
    """A light one could not be seen as a line, a letter or a bar: those are drawn in shades that can."""
    drawn = re.compile(r"([\w-]+):[^;{}]*var\(--accent\)")
    sheets = (ROOT / "static" / "css").rglob("*.css")
    assert {name for sheet in sheets for name in drawn.findall(sheet.read_text())} == {"--accent-edge", "background"}


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    sheet = (ROOT / "static" / "css" / "tokens.css").read_text()
    found = {
        name: both for name, *both in re.findall(r"--([\w-]+): var\(--light, (#\w+)\) var\(--dark, (#\w+)\);", sheet)
    }
    for theme, grounds in enumerate((colour.LIGHT_GROUNDS, colour.DARK_GROUNDS)):
        written = [found[name][theme] for name in ("surface", "sunken", "hover", "bubble", "note")]
        assert [f"#{'f' * 6}" if value == "#fff" else value for value in written] == list(grounds)
