"""What administrators may decide about the chat on the shop's own site, and the one way in which it is kept."""

from collections.abc import Collection
from typing import Any

import msgspec

from app.chat import colour, sites, triggers, wording
from app.chat.decision import Decision
from app.chat.errors import Refusal
from app.chat.form import Choice, Form
from app.chat.triggers import Trigger
from app.chat.widget import Look, Words

# Characters of each text.
LONGEST_LAUNCHER, LONGEST_TEASER, LONGEST_QUICK = 40, 160, 80
LONGEST_LABEL, LONGEST_OPTION, LONGEST_CONSENT = 80, 60, 500
LONGEST_TRIGGER, LONGEST_PART = 160, 100
# Quick answers that fit above a composer, options of a choice, and pixels from the corner of the page.
MOST_QUICK, MOST_OPTIONS, FARTHEST = 3, 12, 400

_Texts = dict[str, str]
_Lists = dict[str, list[str]]


class Change(Decision, frozen=True):
    """Some of it, as an administrator asks for it and as the store keeps it."""

    sites: tuple[str, ...] | None = None
    look: Look | None = None
    quick: _Lists | None = None
    form: Form | None = None
    beacons: bool | None = None
    triggers: tuple[Trigger, ...] | None = None
    rating: bool | None = None
    trail: bool | None = None

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
            None if self.triggers is None else check.triggers(self.triggers),
            self.rating,
            self.trail,
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

    def triggers(self, asked: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
        if len(asked) > triggers.MOST or len({trigger.id for trigger in asked}) < len(asked):
            raise Refusal("bad_request", field="triggers")
        return tuple(map(self._trigger, asked))

    def _trigger(self, trigger: Trigger) -> Trigger:
        text = self.lines("triggers", trigger.text, LONGEST_TRIGGER)
        if not text:
            raise Refusal("bad_request", field="triggers")
        part = wording.line(triggers.part(trigger.part), LONGEST_PART, "bad_text", field="triggers")
        return msgspec.structs.replace(trigger, text=text, part=part)

    def lines(self, field: str, texts: _Texts, limit: int) -> _Texts:
        """Each on one line."""
        return wording.by_language(
            {to: wording.line(text, limit, "bad_text", field=field) for to, text in self._known(field, texts).items()}
        )

    def lists(self, field: str, lists: _Lists, most: int, limit: int) -> _Lists:
        """At most so many, each on one line, and once."""
        found: _Lists = {}
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
