"""The pages of Chatwoot's API, as files in a folder: of conversations, of their messages, of contacts (docs/import.md).

Which kind of page a file is, its shape says; its name and place are of no matter. What is there twice counts once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from app.chat import names
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.importing.lines import LONGEST_NAME, Conversation, Link, Message, Person, Unsound, Whole

# Faults that are told.
MOST_FAULTS = 20
# `message_type`: what a visitor wrote, an agent, and what a template says in an agent's place. The other (2) is what
# happened beside, such as who was assigned.
_INCOMING, _OUTGOING, _TEMPLATE = 0, 1, 3


class _Contact(msgspec.Struct):
    id: int
    name: str | None = None
    email: str | None = None
    identifier: str | None = None


class _About(msgspec.Struct):
    """`meta` of a conversation, and of a page of messages."""

    sender: _Contact | None = None
    contact: _Contact | None = None
    contact_id: int | None = None
    hmac_verified: bool | None = None


class _Head(msgspec.Struct):
    """A conversation in a list; `id` counts within its account."""

    id: int
    meta: _About
    account_id: int = 0
    status: str = ""


class _Sender(msgspec.Struct):
    name: str | None = None
    available_name: str | None = None


class _Attachment(msgspec.Struct):
    data_url: str | None = None


class _Message(msgspec.Struct):
    id: int
    conversation_id: int
    message_type: int
    created_at: int | float | datetime
    content: str | None = None
    private: bool = False
    sender: _Sender | None = None
    attachments: list[_Attachment] = []


class Chatwoot:
    """The conversations in a folder of pages. Raises Unsound, which names files, and OSError."""

    def __init__(self, folder: Path) -> None:
        self.notes: list[str] = []
        self._folder = folder
        self._contacts: dict[int, _Contact] = {}
        self._heads: dict[int, _Head] = {}
        self._messages: dict[int, dict[int, _Message]] = {}
        self._whose: dict[int, int] = {}  # conversation -> contact
        self._faults: list[str] = []
        if not folder.is_dir():
            raise Unsound(["this is no folder: docs/import.md says which pages belong into one"])
        for path in sorted(folder.rglob("*.json")):
            self._read(path)
        if self._faults:
            raise Unsound(self._faults[:MOST_FAULTS])
        self._people = self._together()
        if not self._people:
            raise Unsound(["no page with messages is in it: docs/import.md says what belongs there"])
        self.people = len(self._people)

    # -- pages ----------------------------------------------------------------------------------------------------

    def _read(self, path: Path) -> None:
        name = str(path.relative_to(self._folder))
        try:
            page = msgspec.json.decode(path.read_bytes())
            self._page(page, name)
        except (msgspec.MsgspecError, UnicodeError, AttributeError, TypeError, RecursionError) as error:
            self._faults.append(f"{name}: {error}")

    def _page(self, page: Any, name: str) -> None:
        page = page.get("data", page)  # a list of conversations has it around all
        items = page.get("payload", [page])
        about = msgspec.convert(page.get("meta") or {}, _About) if "payload" in page else _About()
        for at, item in enumerate(items if isinstance(items, list) else [items]):
            try:
                self._item(item, about)
            except (ValueError, OverflowError, OSError) as error:  # the latter of times that are none
                self._faults.append(f"{name}: item {at}: {error}")

    def _item(self, item: Any, about: _About) -> None:
        if "message_type" in item:
            message = msgspec.convert(item, _Message)
            _message(message)  # as it will be written: what is wrong with it is told now
            self._messages.setdefault(message.conversation_id, {})[message.id] = message
            contact = about.contact or about.sender
            if contact or about.contact_id:
                self._whose.setdefault(message.conversation_id, contact.id if contact else about.contact_id or 0)
            if contact:
                self._contacts.setdefault(contact.id, contact)
        elif "meta" in item:
            head = msgspec.convert(item, _Head)
            self._heads[head.id] = head
            if head.meta.sender:
                self._whose[head.id] = head.meta.sender.id
                self._contacts.setdefault(head.meta.sender.id, head.meta.sender)
        elif "email" in item or "phone_number" in item:
            contact = msgspec.convert(item, _Contact)
            self._contacts[contact.id] = contact

    # -- people ---------------------------------------------------------------------------------------------------

    def _together(self) -> dict[int, list[int]]:
        """The conversations of each contact. Notes what is left out."""
        people: dict[int, list[int]] = {}
        nobodys = []
        for id in sorted(self._messages):
            if not any(map(_worth_keeping, self._messages[id].values())):
                continue
            if id in self._whose:
                people.setdefault(self._whose[id], []).append(id)
            else:
                nobodys.append(id)
        if nobodys:
            self.notes.append(f"no page says whose they are, left out: conversations {_some(nobodys)}")
        if empty := sorted(set(self._heads) - set(self._messages)):
            self.notes.append(f"no page has their messages, left out: conversations {_some(empty)}")
        if still := [
            id for id in self._messages if id in self._heads and self._heads[id].status in ("open", "pending")
        ]:
            self.notes.append(f"open there, and over here: {len(still)} conversations")
        return people

    def __iter__(self) -> Iterator[Whole]:
        for contact, ids in self._people.items():
            person = self._person(contact, ids)
            yield Whole(person, [self._conversation(id, person) for id in ids])

    def _person(self, id: int, conversations: list[int]) -> Person:
        contact = self._contacts.get(id) or _Contact(id)
        heads = [self._heads[one] for one in conversations if one in self._heads]
        proven = any(head.meta.hmac_verified for head in heads)  # else anybody could have said so
        email = (contact.email or "").strip()
        try:
            Entered(email=email).checked()
        except Refusal:
            email = ""
        sub = contact.identifier or "" if proven else ""
        return Person(f"chatwoot:{id}", _name(contact.name), email, sub if len(sub) <= 255 else "")

    def _conversation(self, id: int, person: Person) -> Conversation:
        messages = sorted(filter(_worth_keeping, self._messages[id].values()), key=lambda message: message.id)
        account = self._heads[id].account_id if id in self._heads else 0
        return Conversation(f"chatwoot:{account}:{id}", person, [_message(message) for message in messages])


def _worth_keeping(message: _Message) -> bool:
    said = any(map(names.visible, message.content or "")) or bool(_addresses(message))
    return said and message.message_type in (_INCOMING, _OUTGOING, _TEMPLATE)


def _message(message: _Message) -> Message:
    at, sender = message.created_at, message.sender or _Sender()
    links = [Link(url, _file_name(url)) for url in _addresses(message)]
    return Message(
        f"chatwoot:{message.id}",
        at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC),
        "visitor" if message.message_type == _INCOMING else "agent",
        message.content or "",
        "" if message.message_type == _INCOMING else _name(sender.available_name or sender.name),
        message.private and message.message_type != _INCOMING,
        links,
    )


def _addresses(message: _Message) -> list[str]:
    """Where its files are."""
    return [url for one in message.attachments if (url := one.data_url or "").startswith(("https://", "http://"))]


def _name(name: str | None) -> str:
    return (name or "").strip()[:LONGEST_NAME]


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])[:LONGEST_NAME]


def _some(ids: list[int]) -> str:
    return ", ".join(map(str, ids[:10])) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
