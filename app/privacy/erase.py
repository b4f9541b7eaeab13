"""Erases a person, in steps each of which may be made again: whoever is killed in between leaves somebody who is found
by the same word as before, until nothing of them is left, on disk either.

1. Who is erased is put down in the ledger: from here on no backup brings them back.
2. The store bars them: where nothing is known of them any more, nothing is written. Nodes hear whom to forget, and
   their sessions end, so that nobody adds to what is being removed.
3. What they wrote goes, shard by shard, and all that was made of it; files, letters, links, jobs, and what feeds tell.
   Twice, for what was under way the first time.
4. The visitor goes, last: by that they were found. Digests of what they are found by stay.
5. The store writes its file anew, and those digests go, too.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from app.chat import names
from app.files.directory import Driver
from app.privacy.find import SUB, Person, Wanted, address
from app.privacy.ledger import Ledger
from app.store.hashes import salted
from app.store.people import Visitor
from app.store.store import Store

# How often a request that was under way is looked for after all of it.
_ROUNDS = 5


class Removed(NamedTuple):
    """How much there was of somebody."""

    conversations: int
    entries: int
    files: int


class PlaceError(Exception):
    """The place of files is not the one that theirs are in: one line for the operator. Nothing was erased."""


async def erase(store: Store, person: Person, driver: Driver | None, note: Callable[[Ledger], object]) -> Removed:
    """Erase them, all but what lies on the store's disk until `off_disk`. `driver`: where files are, None where none
    can be; `note` is told the ledger once they are in it, in a thread, to write it beside backups.

    Raises PlaceError, what `note` raises, OSError, and what the store raises.
    """
    await _see_place(store, driver)
    uids, erasing = person.uids, store.erasing
    ledger = await Ledger.in_store(store)
    for uid in uids:
        ledger.add(uid)
    await ledger.keep(store)
    await asyncio.to_thread(note, ledger)
    await erasing.bar(uids, await store.now_ms())
    told = [salted(ledger.salt, uid) for uid in uids]
    await erasing.end_sessions(uids, ledger.salt, told)
    removed = await _remove(store, person, driver)
    await _remove(store, person, driver)
    await erasing.tell(ledger.salt, told)
    await erasing.visitors(uids, [salted(ledger.salt, word) for word in _found_by(person)])
    return removed


async def off_disk(store: Store, person: Person | None) -> list[str]:
    """Have the store write its file anew, without those who were erased; returns what is in the way of that, a line
    each. `person`: who may have come back by a request that was under way. Raises what the store raises."""
    erasing = store.erasing
    pending = await erasing.pending()
    for _ in range(_ROUNDS):
        if person:
            await _remove(store, person, None)
        troubles = await store.rewriting.rewrite()
        if troubles:
            return troubles
        if not person or not await erasing.left(person.uids):
            break
        await erasing.visitors(person.uids, pending)
    await erasing.finish(pending)
    return []


async def is_forgotten(store: Store, person: str) -> bool:
    """Whether that is somebody who was erased but for what lies on the store's disk. Raises what the store raises."""
    pending, ledger = await store.erasing.pending(), await Ledger.in_store(store)
    wanted = await Wanted.of(store, person)
    words = {wanted.uid, wanted.fold, wanted.email, wanted.sub} - {""}
    return any(salted(ledger.salt, word) in pending for word in words)


async def _see_place(store: Store, driver: Driver | None) -> None:
    """Raises PlaceError where their files could not be removed."""
    home = await store.files.home()
    if home and (driver is None or await asyncio.to_thread(driver.mark) != home):
        raise PlaceError("the place of files is not the one this store's files are in: see `chatadmin check`")


async def _remove(store: Store, person: Person, driver: Driver | None) -> Removed:
    """All but the visitors themselves."""
    erasing, uids = store.erasing, person.uids
    entries = sum([await erasing.conversation(uid) for uid in uids])
    files = 0
    if driver is not None:
        files = sum([await asyncio.to_thread(driver.forget, uid) for uid in uids])
    await erasing.sessions(uids)
    await erasing.jobs(uids)
    addresses = await erasing.links(set(uids))
    addresses |= {email for visitor in person.visitors for email in _addresses(visitor)}
    stopped = await store.mail.stopped(addresses)
    await erasing.addresses(addresses, await _others(store, set(uids)) if stopped else set())
    await erasing.feeds(uids)
    return Removed(len(uids), entries, files)


async def _others(store: Store, uids: set[str]) -> set[str]:
    """The addresses of everybody else."""
    found = set[str]()
    async for some in store.erasing.everybody():
        found |= {address(email) for visitor in some if visitor.uid not in uids for email in _addresses(visitor)}
    return found


def _addresses(visitor: Visitor) -> set[str]:
    """Every address that is kept of somebody."""
    mail, bounced = visitor.mail, visitor.mail.get("bounced", {})
    found = {visitor.email, visitor.identity.get("email", ""), mail.get("email", ""), bounced.get("email", "")}
    return {str(email) for email in found if email}


def _found_by(person: Person) -> list[str]:
    """Each word by which somebody is found."""
    words = list(person.uids)
    for visitor in person.visitors:
        vouched = str(visitor.identity.get("email", ""))
        words += [names.fold(visitor.nickname), address(vouched), f"{SUB}{visitor.sub}" if visitor.sub else ""]
    return [word for word in words if word]
