"""A transcript as a page that needs nothing else: what stands on it, in the reader's language and time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from app import words
from app.chat import names, protocol
from app.chat.conversation import SET_ASIDE, Entry
from app.chat.markup import linked
from app.chat.visible import hidden_from
from app.live.transcript import Transcript

TEMPLATE = "transcript.html"
_LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer" dir="ltr">{}</a>')
# Events a visitor is shown: what was said to them first, who answers, who left, and that it is over. The rest is the
# shop's own business.
_VISITORS = frozenset({"claimed", "released", "resolved", "invited"})
# What a visitor may have entered in a form, in the order in which it is told.
_ENTERED = {"name": "form.name", "email": "form.email", "choice": "form.choice", "consent": "form.consent"}
# Bytes of an entry before which others get their turn: links are looked for in it, 3 us for each at worst.
_LONG = 2000


@dataclass(frozen=True)
class Line:
    """`kind`: day, message, note or event. `leads`: the first of a group by one author. `aside`: what came with it,
    as `file` did with what somebody said."""

    kind: str
    text: str
    who: str = ""
    clock: str = ""
    stamp: str = ""
    own: bool = False
    leads: bool = False
    aside: str = ""
    file: str = ""


@dataclass
class Page:
    """What the template asks for."""

    transcript: Transcript
    shop: str
    language: str
    zone: tzinfo
    zone_name: str
    exported: int
    namesake: bool  # the visitor is called as an agent is
    messages: int = 0

    def __post_init__(self) -> None:
        self._words = words.section("transcript", self.language) | words.section("team_transcript", self.language)
        # An event says what it says in the console's thread.
        self._events = words.section("console", self.language) | words.section("shared", self.language)

    async def render(self, environment: Environment) -> AsyncIterator[bytes]:
        """The page in small pieces."""
        template = environment.get_template(TEMPLATE)
        async for piece in template.generate_async(page=self, language=words.section("language", self.language)):
            yield piece.encode()

    @property
    def private(self) -> bool:
        """Whether it has what only the shop may read."""
        return self.transcript.reader.side == "agent"

    @property
    def title(self) -> str:
        """What the window is called; who is named in it is set apart by characters, as there is no markup."""
        key, named = self._with()
        apart = {name: f"\u2068{names.undirected(value)}\u2069" for name, value in named.items()}
        return self._words[key].format(**apart)

    @property
    def heading(self) -> Markup:
        """The same, to stand above the page."""
        key, named = self._with()
        return self.said(key, **named)

    def _with(self) -> tuple[str, dict[str, str]]:
        """Each side has talked with the other."""
        if self.private:
            return "with.visitor", {"visitor": self.visitor}
        return ("with.shop", {"shop": self.shop}) if self.shop else ("with.nobody", {})

    @property
    def visitor(self) -> str:
        """What the visitor is called here: marked, where it could be an agent."""
        visitor = self.transcript.visitor
        number = names.number_of(visitor.nickname) if visitor.name == visitor.nickname else ""
        name = self._events["person.nameless"].format(number=number) if number else visitor.name
        return self._words["customer"].format(name=name) if self.namesake else name

    def _called(self, user: dict[str, str]) -> str:
        return self.visitor if user["uid"] == self.transcript.visitor.uid else user["nickname"]

    def said(self, key: str, **values: object) -> Markup:
        """The sentence `key`; whatever a person typed in it is text, and turns nothing around."""
        return self._fill(self._words[key], **values)

    @staticmethod
    def _fill(sentence: str, **values: object) -> Markup:
        apart = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
        return Markup(escape(sentence)).format(**apart)

    def moment(self, ms: int) -> str:
        """Day and clock."""
        return words.moment(self._at(ms), self.language)

    async def lines(self) -> AsyncIterator[Line]:
        """What they may see, days in between."""
        today = author = ""
        async for entry in self.transcript.entries():
            if not self._shows(entry):
                continue
            if len(entry.body) > _LONG:
                await asyncio.sleep(0)
            if (day := words.day(self._at(entry.time), self.language)) != today:
                today, author = day, ""
                yield Line("day", day)
            yield self._line(entry, leads=entry.author != author)
            author = entry.author if entry.kind == "message" else ""
            self.messages += entry.kind == "message"

    def _shows(self, entry: Entry) -> bool:
        if hidden_from(self.transcript.reader, entry):
            return False
        if self.private and entry.kind in ("released", "linked", "form", "identified"):
            body = protocol.decode(entry.body)
            if body.get("reason") == SET_ASIDE or "again" in body:
                return False  # the next entry says why, or one before said so
        return self.private or entry.kind == "message" or entry.kind in _VISITORS

    def _line(self, entry: Entry, *, leads: bool) -> Line:
        body = protocol.decode(entry.body)
        clock, stamp = self._clock(entry.time), protocol.timestamp(entry.time)
        if entry.kind == "invited":  # the shop's words, which somebody answered
            who = body.get("by", {}).get("nickname", self.shop)
            return Line("message", _linked(body["text"]), who, clock, stamp, self.private, leads)
        if entry.kind not in ("message", "note"):
            said = self._event(entry.kind, body)
            aside = body.get("note", "") or body.get("comment", "") or self._entered(body)
            return Line("event", said, "", clock, stamp, aside=_linked(aside))
        own = entry.role == ("a" if self.private else "v")
        said, who = _linked(body["content"]), self._called(body["user"])
        return Line(entry.kind, said, who, clock, stamp, own, leads, file=self._file(body))

    def _file(self, body: dict[str, Any]) -> str:
        """What a message has beside its text, by name: what is in it stays with the shop."""
        file = body.get("file")
        return self.said("file", name=file["name"], size=words.size(file["size"], self.language)) if file else ""

    def _event(self, kind: str, body: dict[str, Any]) -> Markup:
        reason, name = body.get("reason"), self._called(body["user"])
        if kind == "linked":
            return self._fill(self._events["event.linked_to" if "to" in body else "event.linked"], name=name)
        to = body.get("to", {}).get("nickname", "")
        if not self.private and kind == "resolved":
            return self.said("resolved", name=name)
        if not self.private and kind == "released":
            kind = "left"  # to a visitor it is all the same why
        elif not self.private and "from" in body:
            kind, name, to = "transferred", body["from"]["nickname"], name
        elif reason in ("away", "taken_over"):
            kind = reason
        elif kind == "tagged" and "removed" in body:
            kind = "untagged"
        elif kind == "form":
            return self._form(body, name)
        elif kind == "rated":
            kind = f"rated.{'adds' if body.get('adds') else 'good' if body['good'] else 'bad'}"
        # What a later version may have written is told by its bare name.
        return self._fill(
            self._events.get(f"event.{kind}", "{name}: " + kind),
            name=name,
            to=to,
            tag=body.get("added") or body.get("removed", ""),
            time=self.moment(body["until"]) if "until" in body else "",
        )

    def _form(self, body: dict[str, Any], name: str) -> Markup:
        """That a visitor entered something; or where they are answered by mail, and which agent noted it."""
        fields = body["fields"]
        if "mail" not in fields or fields.keys() - {"email", "mail"}:
            return self.said("form", name=name)
        by = body.get("by", {}).get("nickname", "")
        said = "event.address" if fields.get("email") else "event.address.removed"
        if fields.get("email") and "stopped" in fields["mail"]:  # noted, and of no use
            said, by = "event.address.stopped", ""
        return self._fill(self._events[f"{said}.by" if by else said], name=name, by=by)

    def _entered(self, body: dict[str, Any]) -> str:
        """What a visitor entered in a form, a line each."""
        given = body.get("fields", {})
        shown = {**given, "consent": given["consent"]["text"]} if "consent" in given else given
        return "\n".join(
            self._words[said].format(**{key: shown[key]}) for key, said in _ENTERED.items() if shown.get(key)
        )

    def _clock(self, ms: int) -> str:
        return f"{self._at(ms):%H:%M}"

    def _at(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, self.zone)


def _linked(text: str) -> Markup:
    return linked(text, _LINK)
