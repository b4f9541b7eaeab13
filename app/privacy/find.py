"""Who is meant by what an operator types: a uid, a nickname, a verified address, or `sub:` and what the shop knows
them by.

Everybody there is is looked at, once: no list says whose nickname was given back, or who was linked to whom.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.chat import names
from app.store.hashes import hash_of
from app.store.people import Visitor
from app.store.store import Store

_UID = re.compile("v[a-z2-7]{25}")
SUB = "sub:"


class Person(NamedTuple):
    """Somebody, and what they wrote before it was known who they are: conversations that are `linked` to theirs."""

    visitor: Visitor
    linked: Sequence[Visitor] = ()

    @property
    def visitors(self) -> list[Visitor]:
        """All that they are, themselves last."""
        return [*self.linked, self.visitor]

    @property
    def uids(self) -> list[str]:
        """Of all that they are, and so of their conversations; their own last."""
        return [visitor.uid for visitor in self.visitors]


class NobodyFound(Exception):
    """There is nobody who is called so."""

    def __init__(self, person: str) -> None:
        if person.startswith(SUB):
            said = f"there is nobody whom the shop knows by {person.removeprefix(SUB)!r}"
        else:
            said = (
                f"there is nobody with the id, the nickname or the verified address {person!r}; for what your shop "
                f"knows them by write {SUB} before it"
            )
        super().__init__(said)


class SeveralFound(Exception):
    """Several are called so: `people`."""

    def __init__(self, person: str, people: Sequence[Person]) -> None:
        super().__init__(f"{person!r} are {len(people)}; say which by the id")
        self.people = people


async def find(store: Store, person: str) -> Person:
    """The one who is meant. Raises NobodyFound, SeveralFound, and what the store raises."""
    wanted = await Wanted.of(store, person)
    meant: dict[str, Visitor] = {}
    linked: dict[str, dict[str, Visitor]] = {}
    async for some in store.erasing.everybody():
        for visitor in some:
            if visitor.linked_to:
                linked.setdefault(visitor.linked_to, {})[visitor.uid] = visitor
            if wanted.is_meant(visitor):
                meant[visitor.uid] = visitor
    if not meant and wanted.uid and (wanted.uid in linked or await store.erasing.has_conversation(wanted.uid)):
        meant[wanted.uid] = _nameless(wanted.uid)
    owners = list(dict.fromkeys(visitor.linked_to or uid for uid, visitor in meant.items()))
    known = await store.people.visitors(owners)
    people = [Person(known.get(uid) or _nameless(uid), list(linked.get(uid, {}).values())) for uid in owners]
    if not people:
        raise NobodyFound(person)
    if len(people) > 1:
        raise SeveralFound(person, people)
    return people[0]


def _nameless(uid: str) -> Visitor:
    """Somebody of whom nothing is left but what they wrote."""
    return Visitor(uid, "", 0)


class Wanted(NamedTuple):
    """What is looked for, in each way it may be meant; "" where it cannot be."""

    uid: str
    fold: str
    email: str
    sub: str
    """`sub:` and the SHA-256 of it."""

    @classmethod
    async def of(cls, store: Store, person: str) -> "Wanted":
        """From what was typed."""
        if person.startswith(SUB):
            known = person.removeprefix(SUB)
            return cls(await store.identities.uid(known), "", "", f"{SUB}{hash_of(known)}")
        if _UID.fullmatch(person):  # no nickname is so long
            return cls(person, "", "", "")
        return cls("", names.fold(person), address(person) if "@" in person else "", "")

    def is_meant(self, visitor: Visitor) -> bool:
        """Whether that is somebody who is meant."""
        if self.uid:
            return visitor.uid == self.uid
        vouched = str(visitor.identity.get("email", ""))
        if self.email and vouched and address(vouched) == self.email:
            return True
        return bool(self.fold) and names.fold(visitor.nickname) == self.fold


def address(email: str) -> str:
    """An address as it is compared: however it was typed."""
    return email.strip().casefold()
