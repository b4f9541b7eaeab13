"""Tables for spreadsheets: comma-separated values (RFC 4180), as Excel, Numbers and LibreOffice read them."""

import csv
import io
from collections.abc import Iterable, Sequence

from app import words
from app.chat.figures import Figures

# Excel takes a file without it for one of some other encoding.
_BYTE_ORDER_MARK = "\ufeff"
# What a cell begins with that a spreadsheet would calculate rather than show.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_KEYS = {"days": ["date"], "hours": ["date", "hour"], "agents": ["agent"]}
_SHOP = ("conversations", "from_visitors")  # which nobody of the team has for themselves
_FIGURES = ("from_team", "first", "first_average", "resolved", "resolved_average", "good", "bad")


def write(kind: str, rows: Iterable[tuple[Sequence[str], Figures]], language: str) -> str:
    """Figures by `kind` (days, hours or agents), with a header in `language`; lengths of time are averages in s."""
    said = words.section("table", language)
    columns = [*(() if kind == "agents" else _SHOP), *_FIGURES]
    target = io.StringIO()
    target.write(_BYTE_ORDER_MARK)
    sheet = csv.writer(target)
    sheet.writerow([said[name] for name in (*_KEYS[kind], *columns)])
    for keys, figures in rows:
        sheet.writerow([*map(inert, keys), *(_value(figures, name) for name in columns)])
    return target.getvalue()


def inert(text: str) -> str:
    """A text that somebody chose, so that a spreadsheet shows it and does not calculate it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _value(figures: Figures, column: str) -> int | str:
    if column.endswith("_average"):
        average = getattr(figures, column.removesuffix("_average")).average_s
        return "" if average is None else average
    found = getattr(figures, column)
    return found if isinstance(found, int) else found.count
