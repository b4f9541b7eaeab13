"""A word at the right moment: what a shop says by itself to who looks at a page and has not written yet."""

from collections.abc import Set
from typing import Annotated
from urllib.parse import unquote

import msgspec

from app.chat import pages, wording

# Triggers of a shop: beyond, nobody knows any more which of them speaks when.
MOST = 5

_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=600)]


class Trigger(msgspec.Struct, frozen=True):
    """What is said, by language, to who has had a page before them for `seconds`.

    `part`: of whose address, "" for any. `once`: in a visit, else on each page. `attended`: only while an agent is
    there.
    """

    id: _Id
    text: dict[str, str]
    seconds: _Seconds = 20
    part: str = ""
    once: bool = True
    attended: bool = True
    on: bool = True

    def said(self, language: str) -> str:
        """What it says to who reads `language`; in the shop's first where it is not in theirs."""
        return wording.told(self.text, language, "")

    def _meets(self, page: str) -> bool:
        return _plain(self.part) in _plain(page)


def due(
    triggers: tuple[Trigger, ...],
    *,
    page: str,
    seconds_here: float,
    attended: bool,
    had: Set[str],
    had_here: Set[str],
) -> tuple[Trigger, float] | None:
    """The trigger whose moment on this page comes first, and in how many seconds (0: now); of several the shop's first.

    `page`: its address, as pages.shown has it, `seconds_here`: for how long it has been looked at. `had`, `had_here`:
    ids of those that this visit, and this page, has been shown.
    """
    found = [
        (trigger, max(0.0, trigger.seconds - seconds_here))
        for trigger in triggers
        if trigger.on
        and (attended or not trigger.attended)
        and trigger.id not in (had if trigger.once else had_here)
        and trigger._meets(page)
    ]
    return min(found, key=lambda one: one[1], default=None)


def part(text: str) -> str:
    """What was typed, without what no page tells of its address (pages.shown): else it would never be met with."""
    path, _, query = text.strip().partition("#")[0].partition("?")
    return f"{path}{pages.campaign_query(query)}"


def _plain(address: str) -> str:
    """As people read it: an address may spell the same word by letters or by percent signs."""
    return unquote(address).casefold()
