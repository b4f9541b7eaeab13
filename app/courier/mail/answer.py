"""What a letter to a customer says: what agents answered while they were away, and the way back into the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from app import words, zones
from app.chat import names, protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.chat.shop import Shop
from app.courier.mail import look
from app.courier.mail.letter import Attachment, Letter
from app.store.mail_tokens import stop_code, thread_code
from app.store.people import Visitor


class Said(NamedTuple):
    """What one agent wrote in a row: when, "" where the reader's time is not known, and each text with its files."""

    who: str
    when: str
    messages: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Answer:
    """`entries`: messages of agents, at least one; `attached`: the files of theirs that go along, by id.

    `token`, `through`, `before`: of the letter (store/mail_tokens.py). `url`: of the chat, as its shop's customers
    know it. `now`: unix ms.
    """

    shop: Shop
    visitor: Visitor
    entries: Sequence[Entry]
    attached: Mapping[str, Attachment]
    token: str
    through: int
    before: int
    url: str
    now: int

    def letter(self, to: str, logo: Sequence[Attachment]) -> Letter:
        """The letter to that address."""
        language = self._language
        who = names.undirected(self._said[-1].who)
        sender = self._say("from", name=who, shop=self.shop.name) if self.shop.name else who
        subject = self._say("subject", shop=self.shop.name) if self.shop.name else self._say("subject.nobody")
        text, html = look.render("answer", language, self.shop, subject=subject, **self._values)
        return Letter(
            to,
            subject,
            text,
            html,
            words.section("language", language)["tag"],
            self._id(self.through),
            sender,
            {
                **self._thread,
                "List-Unsubscribe": f"<{self._stop_link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            [*logo, *self.attached.values()],
        )

    @property
    def _values(self) -> dict[str, Any]:
        said = self._said
        text, files = said[0].messages[0]
        return {
            "said": said,
            "preview": text or files[0],
            "words": words.section("mail", self._language),
            "link": f"{self.url}/#mail={self.token}",
            "stop": self._stop_link,
        }

    @property
    def _thread(self) -> dict[str, str]:
        """All letters with a token are one thread, whichever of them came: the first id is that of none."""
        first, before = self._id(0), self._id(self.before)
        return {"In-Reply-To": before, "References": first if before == first else f"{first} {before}"}

    def _id(self, seq: int) -> str:
        return f"<{thread_code(self.token)}.{seq}@{urlsplit(self.url).hostname}>"

    @property
    def _stop_link(self) -> str:
        return f"{self.url}/mail/stop/{stop_code(self.token)}"

    @property
    def _language(self) -> str:
        """That of the page on which they agreed to it; else the best of those that they read."""
        agreed = self.visitor.mail.get("language")
        return words.best([agreed] if agreed else self.visitor.context.get("languages", []))

    def _say(self, key: str, **values: object) -> str:
        return words.say("mail", key, self._language, **values)

    @property
    def _said(self) -> list[Said]:
        found = []
        read = [(entry, protocol.decode(entry.body)) for entry in self.entries]
        for who, messages in groupby(read, lambda one: one[1]["user"]["nickname"]):
            told = list(messages)
            found.append(Said(who, self._when(told[0][0].time), [self._message(body) for _, body in told]))
        return found

    def _message(self, body: dict[str, Any]) -> tuple[str, list[str]]:
        file = body.get("file")
        if not file:
            return body["content"], []
        key = "file.attached" if file["id"] in self.attached else "file.there"
        size = words.size(file["size"], self._language)
        return body["content"], [self._say(key, name=file["name"], size=size)]

    def _when(self, ms: int) -> str:
        try:
            zone = zones.zone(self.visitor.context.get("tz", ""))
        except Refusal:
            return ""
        at, now = (datetime.fromtimestamp(time / 1000, UTC).astimezone(zone) for time in (ms, self.now))
        return f"{at:%H:%M}" if at.date() == now.date() else words.moment(at, self._language)
