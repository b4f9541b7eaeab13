"""What a shop decides about the chat on its own site: who may show it, its look, and what it asks first."""

from collections.abc import Collection
from typing import Any, Literal

import msgspec

from app.chat import colour, sites, wording
from app.chat.decision import Decision
from app.chat.entered import Entered
from app.chat.errors import Refusal

# Characters of each text.
LONGEST_LAUNCHER, LONGEST_TEASER, LONGEST_QUICK = 40, 160, 80
LONGEST_LABEL, LONGEST_OPTION, LONGEST_CONSENT = 80, 60, 500
# Quick answers that fit above a composer, options of a choice, and pixels from the corner of the page.
MOST_QUICK, MOST_OPTIONS, FARTHEST = 3, 12, 400

Need = Literal["no", "optional", "required"]
Texts = dict[str, str]
Lists = dict[str, list[str]]


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


class Choice(msgspec.Struct, frozen=True):
    """One of several, which a visitor chooses with the first message; both by language."""

    label: Texts
    options: Lists
    required: bool = False


class Form(msgspec.Struct, frozen=True):
    """What a visitor is asked with the first message. `consent`: what they agree to, by language; {} asks for none."""

    name: Need = "optional"
    email: Need = "no"
    choice: Choice | None = None
    consent: Texts = {}

    def check(self, entered: Entered, *, newcomer: bool) -> None:
        """See that nothing else was chosen than there is and, of a `newcomer`, that nothing is lacking.

        Raises Refusal bad_form, naming the field.
        """
        options = {option for texts in self.choice.options.values() for option in texts} if self.choice else set()
        if entered.choice and entered.choice not in options:
            raise Refusal("bad_form", field="choice")
        needed = {
            "name": self.name == "required",
            "email": self.email == "required",
            "choice": self.choice is not None and self.choice.required,
            "consent": bool(self.consent),
        }
        for field, required in needed.items():
            if newcomer and required and not getattr(entered, field):
                raise Refusal("bad_form", field=field)


class Widget(msgspec.Struct, frozen=True):
    """All of it, as it stands. `sites`: those of the console. `quick`: quick answers, by language.

    `beacons`: whether pages tell that they are looked at. `version` and `by`: as the shop's own settings have them.
    """

    sites: tuple[str, ...] = ()
    look: Look = Look()
    quick: Lists = {}
    form: Form = Form()
    beacons: bool = True
    version: int = 0
    by: str = ""

    def first(self, language: str) -> dict[str, Any]:
        """What a chat begins with, for who reads `language`; in the shop's first where something is not in it."""
        form = self.form
        choice = form.choice and {
            "required": form.choice.required,
            "label": wording.told(form.choice.label, language, ""),
            "options": wording.told(form.choice.options, language, []),
        }
        consent = wording.told(form.consent, language, "")
        return {
            "quick": wording.told(self.quick, language, []),
            "form": {"name": form.name, "email": form.email, "choice": choice, "consent": consent},
        }

    def words(self, language: str) -> dict[str, str]:
        """What the launcher says to who reads `language`, where the shop wrote something. A teaser in its first
        language is better than none; the product's own word on the launcher is better than a foreign one."""
        written = self.look.words
        teaser = wording.told({to: words.teaser for to, words in written.items() if words.teaser}, language, "")
        launcher = written[language].launcher if language in written else ""
        return {name: text for name, text in (("launcher", launcher), ("teaser", teaser)) if text}


class Change(Decision, frozen=True):
    """Some of it, as an administrator asks for it and as the store keeps it."""

    sites: tuple[str, ...] | None = None
    look: Look | None = None
    quick: Lists | None = None
    form: Form | None = None
    beacons: bool | None = None

    def checked(self, fixed: tuple[str, ...], languages: Collection[str]) -> "Change":
        """The same as it is kept. `fixed`: the sites of the configuration, which are none of the console's.

        Raises Refusal bad_site_address, too_many_sites, bad_colour, bad_text, bad_request.
        """
        chosen = self.sites
        if chosen is not None:
            chosen = tuple(site for site in sites.listed((*fixed, *chosen)) if site not in fixed)
        check = _Check(languages)
        return Change(
            chosen,
            self.look and check.look(self.look),
            None if self.quick is None else check.lists("quick", self.quick, MOST_QUICK, LONGEST_QUICK),
            self.form and check.form(self.form),
            self.beacons,
        )


class _Check:
    """Texts in `languages`. Its methods raise Refusal bad_text and bad_request, with the field."""

    def __init__(self, languages: Collection[str]) -> None:
        self._languages = languages

    def look(self, look: Look) -> Look:
        if not all(0 <= offset <= FARTHEST for offset in (look.offset_x, look.offset_y)):
            raise Refusal("bad_request", field="look")
        launchers = self.lines("look", {to: words.launcher for to, words in look.words.items()}, LONGEST_LAUNCHER)
        teasers = self.lines("look", {to: words.teaser for to, words in look.words.items()}, LONGEST_TEASER)
        words = {to: Words(launchers.get(to, ""), teasers.get(to, "")) for to in look.words}
        written = {to: one for to, one in words.items() if one != Words()}
        return msgspec.structs.replace(look, colour=colour.check(look.colour), words=wording.by_language(written))

    def form(self, form: Form) -> Form:
        consent = {
            to: wording.lines(text, LONGEST_CONSENT, "bad_text", field="form")
            for to, text in self._known("form", form.consent).items()
        }
        choice = form.choice and self._choice(form.choice)
        return msgspec.structs.replace(form, choice=choice, consent=wording.by_language(consent))

    def _choice(self, choice: Choice) -> Choice:
        label = self.lines("form", choice.label, LONGEST_LABEL)
        options = self.lists("form", choice.options, MOST_OPTIONS, LONGEST_OPTION)
        if not label or label.keys() != options.keys():
            raise Refusal("bad_request", field="form")
        return Choice(label, options, choice.required)

    def lines(self, field: str, texts: Texts, limit: int) -> Texts:
        """Each on one line."""
        return wording.by_language(
            {to: wording.line(text, limit, "bad_text", field=field) for to, text in self._known(field, texts).items()}
        )

    def lists(self, field: str, lists: Lists, most: int, limit: int) -> Lists:
        """At most so many, each on one line, and once."""
        found: Lists = {}
        for to, texts in self._known(field, lists).items():
            lines = (wording.line(text, limit, "bad_text", field=field) for text in texts[: most + 1])
            found[to] = list(dict.fromkeys(filter(None, lines)))
            if len(texts) > most:
                raise Refusal("bad_request", field=field)
        return wording.by_language(found)

    def _known(self, field: str, texts: dict[str, Any]) -> dict[str, Any]:
        if not texts.keys() <= set(self._languages):
            raise Refusal("bad_request", field=field)
        return texts
