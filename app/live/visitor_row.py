"""One visitor on the dashboard: presence, conversation, last words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.chat import contact, protocol
from app.chat.conversation import Entry, Snapshot, State
from app.store.people import Visitor

# Characters of the last message that a row shows.
PREVIEW_CHARACTERS = 120

# How a conversation stands in which nobody owes the visitor an answer.
NOTHING_OWED = ("here", "resolved", "blocked")

# Events that say who a visitor is, whether or not they are here.
TELLING = ("form", "identified", "linked", "mail.failed")


def standing(uid: str, state: State, name: Callable[[str], str]) -> dict[str, object]:
    """How a conversation stands, for an answer or a row; `name(agent)` gives an agent's."""
    owner = state.owner
    return {
        "uid": uid,
        "admin": name(owner) if owner else "",
        "is_chated": bool(owner),
        "status": state.status,
        "holder": {"uid": owner, "nickname": name(owner)} if owner else None,
        "waiting_since": protocol.timestamp(state.waiting_since) if state.waiting_since else None,
    }


@dataclass(slots=True)
class VisitorRow:
    """Times in unix ms, 0 where unknown."""

    uid: str
    nickname: str
    enter_at: int
    first_seen: int
    online: bool
    left_at: int
    state: State
    epoch: int
    seq: int
    last: Entry | None
    tags: tuple[str, ...] = ()
    until: int = 0
    handed: Entry | None = None
    browser: str = ""
    page: str = ""
    name: str = ""
    email: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    verified: bool = False
    identity: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    linked: tuple[str, ...] = ()
    linked_to: str = ""
    mail: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, visitor: Visitor) -> "VisitorRow":
        """From the store."""
        return cls(
            visitor.uid,
            visitor.nickname,
            visitor.enter_at,
            visitor.first_seen,
            snapshot.online,
            0 if snapshot.online else visitor.seen,
            snapshot.state,
            snapshot.epoch,
            snapshot.seq,
            snapshot.last,
            snapshot.tags,
            snapshot.until,
            snapshot.handed,
            visitor.browser,
            visitor.page,
            visitor.name,
            visitor.email,
            visitor.fields,
            visitor.verified,
            visitor.identity,
            visitor.context,
            tuple(link["uid"] for link in visitor.linked),
            visitor.linked_to,
            visitor.mail,
        )

    @classmethod
    def met(cls, entry: Entry) -> "VisitorRow":
        """From a visitor's own entry, which says who they are."""
        body = protocol.decode(entry.body)
        user = protocol.named(body["user"])
        entered = protocol.milliseconds(user["enter_at"])
        state, name = State(), user["name"]
        return cls(
            entry.uid,
            user["nickname"],
            entered,
            0,
            True,
            0,
            state,
            entry.epoch,
            0,
            None,
            name=name,
            page=body.get("page", ""),
        )

    def apply(self, entry: Entry) -> bool:
        """Keep up; whether who they are or whether they are here changed.

        An entry that the store's answer had already counted in changes nothing but presence, which it had asked for
        before: the feed tells it in order.
        """
        kind = entry.kind
        if not entry.seq or entry.epoch != self.epoch or entry.seq > self.seq:
            if entry.state is not None:
                self.state = entry.state
            if entry.seq:
                self.epoch, self.seq = entry.epoch, entry.seq
            if kind == "message":
                self.last = entry
                if entry.role == "a":
                    self.handed = None
                return False
            if not self.state.owner:
                self.handed = None
            elif kind == "transferred":
                self.handed = entry
            if kind == "tagged":
                self.tags = tuple(protocol.decode(entry.body)["tags"])
            elif kind == "snoozed":
                self.until = protocol.decode(entry.body)["until"]
        if kind == "entered":
            body = protocol.decode(entry.body)
            user = protocol.named(body["user"])
            self.nickname, self.name = user["nickname"], user["name"]
            self.enter_at = protocol.milliseconds(user["enter_at"])
            self.browser, self.page = body.get("browser", ""), body.get("page", "")
            self.online, self.left_at = True, 0
        elif kind == "left":
            self.online, self.left_at = False, entry.time
        elif kind == "form":
            self._know(protocol.decode(entry.body))
        elif kind == "identified":
            self._identify(protocol.decode(entry.body))
        elif kind == "linked":
            body = protocol.decode(entry.body)
            self.linked_to = body.get("to", self.linked_to)
            self.linked = tuple(dict.fromkeys([*self.linked, *filter(None, [body.get("from")])]))
        elif kind == "mail.failed":
            self._bounce(protocol.decode(entry.body))
        return kind in ("entered", "left", *TELLING)

    def _identify(self, told: dict[str, Any]) -> None:
        """The shop says now who they are."""
        self.verified = True
        self.identity = {key: told[key] for key in ("name", "email", "attributes") if key in told}
        self.name = self.identity.get("name", self.name)
        self.email = self.identity.get("email", self.email)

    def _know(self, form: dict[str, Any]) -> None:
        """What they entered now, beside what they had before."""
        entered: dict[str, Any] = dict(form["fields"])
        name, email, mail = (entered.pop(key, None) for key in ("name", "email", "mail"))
        self.name = self.identity.get("name", self.name if name is None else name)
        self.email = self.identity.get("email", self.email if email is None else email)
        if mail is not None:
            self.mail = {**mail, "email": self.email if email is None else email}
        self.fields = self.fields | entered

    def _bounce(self, told: dict[str, Any]) -> None:
        """Where it is their address that takes no mail, nothing goes there any more."""
        if told["reason"] == "bounced":
            self.mail = self.mail | {"bounced": {"email": told.get("email", self.email), "reason": told["told"]}}

    def over(self, before: int) -> bool:
        """Whether they left before that time and nobody owes them an answer."""
        return not self.online and self.state.status in NOTHING_OWED and self.left_at < before

    def whole(self, name: Callable[[str], str], namesake: Callable[[str], bool]) -> dict[str, object]:
        """Everything; `name(agent)` gives an agent's, `namesake(name)` says whether one is called so."""
        return {
            **self.conversation(name),
            "nickname": self.nickname,
            "name": self.name,
            "namesake": namesake(self.name),
            "email": self.email,
            "mail": contact.told(self),
            "verified": self.verified,
            "identity": self.identity,
            "fields": self.fields,
            "context": self.context | self.place or None,
            "linked": self.linked,
            # Until then it is decided, and not done: whoever waits may be taken here.
            "linked_to": self.linked_to if self.state.status == "resolved" else "",
            "enter_at": protocol.timestamp(self.enter_at),
            "online": self.online,
            "left_at": protocol.timestamp(self.left_at) if self.left_at else None,
            "browser": self.browser,
            "page": self.page,
            "first_seen": protocol.timestamp(self.first_seen) if self.first_seen else None,
        }

    def conversation(self, name: Callable[[str], str]) -> dict[str, object]:
        """What changes while they talk."""
        return {
            **standing(self.uid, self.state, name),
            "snoozed_until": protocol.timestamp(self.until) if self.state.status == "snoozed" and self.until else None,
            "tags": self.tags,
            "handed_over": self._handed_over(),
            "last": self._last(),
            "unread": self.state.unread,
            "seq": self.seq,
        }

    def _handed_over(self) -> dict[str, object] | None:
        if self.handed is None:
            return None
        body = protocol.decode(self.handed.body)
        return {
            "seq": self.handed.seq,
            "by": {"uid": body["user"]["uid"], "nickname": body["user"]["nickname"]},
            "to": body["to"],
            "note": body.get("note", "")[:PREVIEW_CHARACTERS],
            "at": protocol.timestamp(self.handed.time),
        }

    def _last(self) -> dict[str, object] | None:
        if self.last is None:
            return None
        body = protocol.decode(self.last.body)
        file = body.get("file")
        return {
            "seq": self.last.seq,
            "by": "visitor" if self.last.role == "v" else "agent",
            "user": {"uid": body["user"]["uid"], "nickname": body["user"]["nickname"]},
            "content": (body["content"] or file["name"])[:PREVIEW_CHARACTERS],
            "msg_time": protocol.timestamp(self.last.time),
            **({"file": {"name": file["name"], "type": file["type"]}} if file else {}),
        }
