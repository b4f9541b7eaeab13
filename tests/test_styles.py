"""Style sheets fit every direction of writing: they say start and end, never left and right."""

import re
from pathlib import Path

import pytest

from tests.running import ROOT

CSS = ROOT / "static" / "css"
SHEETS = sorted(CSS.rglob("*.css"))
COMMENT = re.compile(r"/\*.*?\*/", re.S)
DECLARATION = re.compile(r"([-\w]+)\s*:\s*([^;{}]+)[;}]")
SIDE = re.compile(r"(^|-)(left|right)(-|$)")
# Sides in one property: four values differ between left and right, unless the second and the fourth are the same.
FOUR = {"margin", "padding", "inset", "border-width", "border-color", "border-style"}
WORDS = {"text-align", "float", "clear", "justify-content", "justify-items", "justify-self", "caption-side"}
# A movement has no logical form; (sheet, declaration) that has a twin under [dir="rtl"].
MIRRORED = {
    ("context.css", "transform: translateX(100%)"),
    ("context.css", "transform: translateX(-100%)"),
}


def physical(text: str) -> list[str]:
    """The declarations that name a left or a right."""
    found = []
    for name, value in DECLARATION.findall(COMMENT.sub("", text)):
        values = re.sub(r"\([^()]*(\([^()]*\)[^()]*)*\)", "()", value).split()
        sided = SIDE.search(name) is not None or (name == "border-radius" and len(values) > 1)
        sided |= name in FOUR and len(values) == 4 and values[1] != values[3]
        sided |= name in WORDS and value.strip() in ("left", "right")
        sided |= name in ("transform", "translate") and bool(re.search(r"translate(X|3d)?\((?!0|-?50%)", value))
        if sided:
            found.append(f"{name}: {value.strip()}")
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: str(path.relative_to(CSS)))
def test_no_sheet_names_a_left_or_a_right(sheet: Path) -> None:
    found = {(sheet.name, declaration) for declaration in physical(sheet.read_text("utf-8"))}
    assert found <= MIRRORED


def test_what_is_allowed_is_still_there() -> None:
    found = {(sheet.name, declaration) for sheet in SHEETS for declaration in physical(sheet.read_text("utf-8"))}
    assert found == MIRRORED


@pytest.mark.parametrize(
    ("declaration", "sided"),
    [
        ("margin-left: 4px", True),
        ("left: 0", True),
        ("border-top-right-radius: 6px", True),
        ("border-radius: 6px 0 0 6px", True),
        ("padding: 1px 2px 3px 4px", True),
        ("text-align: right", True),
        ("transform: translateX(8px)", True),
        ("margin-inline-start: 4px", False),
        ("padding: 1px 2px 3px", False),
        ("padding: 10px max(12px, calc(50% - 400px)) 10px max(12px, calc(50% - 400px))", False),
        ("text-align: start", False),
        ("transform: translateY(8px)", False),
        ("border-end-start-radius: 6px", False),
    ],
)
def test_the_check_tells_sides_from_starts_and_ends(declaration: str, sided: bool) -> None:
    assert bool(physical(f"a {{ color: red; /* left: 1px; */ {declaration}; }}")) == sided
