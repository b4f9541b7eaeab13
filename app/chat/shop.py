"""What a shop decides about itself: its name, its greetings, its colour, and how long it keeps what was said."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.chat import colour
from app.chat.decision import Decision
from app.chat.errors import Refusal
from app.chat.hours import Hours
from app.chat.wording import by_language, line, lines, told

LONGEST_NAME, LONGEST_GREETING = 60, 500
# Days that may be asked for: ten years. 0 is for ever.
LONGEST_RETENTION = 3650


class Shop(msgspec.Struct, frozen=True):
    """The shop as it stands. `greetings`: by language code, those that somebody wrote (`wording.by_language`).
    `accent`: `#rrggbb`, or "" for the product's own. `retention_days`: 0 is for ever.
    `hours`: None is always open.

    `version` rises with every change; `by` is the uid of the administrator who made the last one, "" before that.
    `logo`, the id of a picture or "", is apart from these: who changes it contradicts nobody.
    """

    name: str = ""
    greetings: dict[str, str] = {}
    accent: str = ""
    retention_days: int = 0
    hours: Hours | None = None
    version: int = 0
    by: str = ""
    logo: str = ""

    def greeting(self, language: str) -> str:
        """How it greets who reads `language`: in the shop's first where it wrote none in it; "" where it wrote none."""
        return told(self.greetings, language, "")

    def public(self, language: str) -> dict[str, Any]:
        """What everybody may know, in the shape of a `shop` frame, for who reads `language`."""
        return {
            "name": self.name,
            "greeting": self.greeting(language),
            "greetings": self.greetings,
            "accent": self.accent,
            "palette": colour.palette(self.accent),
            "logo": self.logo,
        }


class Change(Decision, frozen=True):
    """Some of a shop's settings, as an administrator asks for them, and as the store keeps them.

    `hours`: None is always open.
    """

    name: str | None = None
    greetings: dict[str, str] | None = None
    accent: str | None = None
    retention_days: int | None = None
    hours: Hours | UnsetType | None = UNSET

    def checked(self) -> "Change":
        """The same as it is kept.

        Raises Refusal bad_shop_name, bad_greeting, bad_colour, bad_retention, bad_hours.
        """
        if self.retention_days is not None and not 0 <= self.retention_days <= LONGEST_RETENTION:
            raise Refusal("bad_retention", limit=LONGEST_RETENTION)
        name, greetings = self.name, self.greetings
        if name is not None:
            name = line(name, LONGEST_NAME, "bad_shop_name")
        if greetings is not None:
            checked = {to: lines(text, LONGEST_GREETING, "bad_greeting") for to, text in greetings.items()}
            greetings = by_language(checked)
        accent = None if self.accent is None else colour.check(self.accent)
        hours = self.hours and self.hours.checked()
        return Change(name, greetings, accent, self.retention_days, hours)
