"""What a shop decides about itself: its name, its greetings, its colour, and how long it keeps what was said."""

from typing import Any

import msgspec

from app.chat import colour, names
from app.chat.errors import Refusal

LONGEST_NAME, LONGEST_GREETING = 60, 500
# Days that may be asked for: ten years. 0 is for ever.
LONGEST_RETENTION = 3650


class Shop(msgspec.Struct, frozen=True):
    """The shop as it stands. `greetings`: by language code, those that somebody wrote, in the order of `by_language`.
    `accent`: `#rrggbb`, or "" for the product's own. `retention_days`: 0 is for ever.

    `version` rises with every change; `by` is the uid of the administrator who made the last one, "" before that.
    """

    name: str = ""
    greetings: dict[str, str] = {}
    accent: str = ""
    retention_days: int = 0
    version: int = 0
    by: str = ""

    def greeting(self, language: str) -> str:
        """How it greets who reads `language`: in the shop's first where it wrote none in it; "" where it wrote none."""
        return self.greetings.get(language) or next(iter(self.greetings.values()), "")

    def public(self, language: str) -> dict[str, Any]:
        """What everybody may know, in the shape of a `shop` frame, for who reads `language`."""
        return {
            "name": self.name,
            "greeting": self.greeting(language),
            "greetings": self.greetings,
            "accent": self.accent,
            "palette": colour.palette(self.accent),
        }


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some of a shop's settings, as an administrator asks for them, and as the store keeps them; None: not decided."""

    name: str | None = None
    greetings: dict[str, str] | None = None
    accent: str | None = None
    retention_days: int | None = None

    def decided(self) -> dict[str, Any]:
        """The fields that say something."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}

    def checked(self) -> "Change":
        """The same as it is kept.

        Raises Refusal bad_shop_name, bad_greeting, bad_colour, bad_retention.
        """
        if self.retention_days is not None and not 0 <= self.retention_days <= LONGEST_RETENTION:
            raise Refusal("bad_retention", limit=LONGEST_RETENTION)
        return Change(
            None if self.name is None else _line(self.name),
            None if self.greetings is None else by_language({to: _text(text) for to, text in self.greetings.items()}),
            None if self.accent is None else colour.check(self.accent),
            self.retention_days,
        )


def by_language(greetings: dict[str, str]) -> dict[str, str]:
    """Those that say something, English first and then by code, so that every node has the same first one."""
    return {to: greetings[to] for to in sorted(greetings, key=lambda code: (code != "en", code)) if greetings[to]}


def _line(name: str) -> str:
    """A name: one line, nothing that cannot be seen alone; empty for none."""
    text = " ".join(name[: LONGEST_NAME * 8].split())
    if len(text) > LONGEST_NAME or len(name) > LONGEST_NAME * 8 or any(map(names.forbidden, text)) or not _seen(text):
        raise Refusal("bad_shop_name", limit=LONGEST_NAME)
    return text


def _text(greeting: str) -> str:
    """A greeting: several lines if they like; empty for the page's own."""
    text = greeting.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_GREETING or any(map(names.control, text.replace("\n", " "))) or not _seen(text):
        raise Refusal("bad_greeting", limit=LONGEST_GREETING)
    return text


def _seen(text: str) -> bool:
    return not text or any(map(names.visible, text))
