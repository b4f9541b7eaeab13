"""What a shop decides about the chat on its own site: who may show it, its look, and what a chat begins with."""

from typing import Any, Literal

import msgspec

from app.chat import wording
from app.chat.form import Form
from app.chat.triggers import Trigger


class Words(msgspec.Struct, frozen=True):
    """What stands on the launcher, and what it says beside itself; "" for the product's own, and for nothing."""

    launcher: str = ""
    teaser: str = ""


class Look(msgspec.Struct, frozen=True):
    """How the launcher looks. `colour`: "" is the shop's accent. Offsets: CSS pixels from its corner.

    `words`: by language.
    """

    colour: str = ""
    side: Literal["right", "left"] = "right"
    offset_x: int = 20
    offset_y: int = 20
    words: dict[str, Words] = {}


class Widget(msgspec.Struct, frozen=True):
    """All of it, as it stands. `sites`: those of the console. `quick`: quick answers, by language.

    `beacons`: whether pages tell that they are looked at; `trail`: also which were looked at before, of who did not
    consent to it. `rating`: whether a visitor is asked how it was. `version` and `by`: as the shop's own settings
    have them.
    """

    sites: tuple[str, ...] = ()
    look: Look = Look()
    quick: dict[str, list[str]] = {}
    form: Form = Form()
    beacons: bool = True
    triggers: tuple[Trigger, ...] = ()
    rating: bool = True
    trail: bool = False
    version: int = 0
    by: str = ""

    def first(self, language: str) -> dict[str, Any]:
        """What a chat begins with, for who reads `language`; in the shop's first where something is not in it."""
        return {"quick": wording.told(self.quick, language, []), "form": self.form.told(language)}

    def words(self, language: str) -> dict[str, str]:
        """What the launcher says to who reads `language`, where the shop wrote something. A teaser in its first
        language is better than none; the product's own word on the launcher is better than a foreign one."""
        written = self.look.words
        teaser = wording.told({to: words.teaser for to, words in written.items() if words.teaser}, language, "")
        launcher = written[language].launcher if language in written else ""
        return {name: text for name, text in (("launcher", launcher), ("teaser", teaser)) if text}
