"""All that the shop has of a person, as one file for them: a zip, which opens with a double click wherever they are.

`person.json`: who they are, as the shop knows them. `conversations/<id>.json`: what was said and happened, and the same
to be read in `<id>.txt`. `files/<id>/<name>`: what was sent. `README.txt` says so. What agents wrote to each other
is left out, unless it is asked for: it may speak of others as well.
"""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePosixPath
from typing import IO, Any, NamedTuple

from app.chat import contact, protocol
from app.chat.conversation import Entry
from app.chat.visible import PRIVATE_KINDS
from app.files.directory import Driver
from app.privacy.find import Person
from app.store.files import Record
from app.store.people import Visitor
from app.store.store import Store

FORMAT = 1
# What of a conversation is agents' own; the other private kinds tell what the person entered, or got by mail.
INTERNAL = PRIVATE_KINDS - {"form", "identified", "linked", "rated", "mail.sent", "mail.delayed", "mail.failed"}
_BYTES_PER_READ = 256 * 1024
# Who may be called otherwise than as themselves.
_SIDES = {"v": "visitor", "a": "agent", "s": "system"}

_README = """What {shop} has of you, as of {time}.

person.json          who you are, as far as the shop knows
conversations/       what was said: .txt to be read, .json with all that is kept of it
files/               what was sent, by you and to you
{notes}
Times are those of the server, in UTC.
"""


class Exported(NamedTuple):
    """How much it is."""

    conversations: int
    entries: int
    files: int


class Export:
    """Writes a person into `out`. `driver`: where files are, None where none can be; `notes`: what agents wrote to
    each other, too."""

    def __init__(self, store: Store, person: Person, driver: Driver | None, out: IO[bytes], *, notes: bool) -> None:
        self._store, self._person, self._driver, self._notes = store, person, driver, notes
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._entries = self._files = 0

    async def write(self, shop: str) -> Exported:
        """Write all of it, for customers of `shop`. Raises OSError, and what the store raises."""
        now = protocol.timestamp(await self._store.now_ms())
        notes = "" if self._notes else "What the shop's team wrote to each other is not in it.\n"
        self._add("README.txt", _README.format(shop=shop or "this shop", time=now, notes=notes).encode())
        self._add_json("person.json", {"format": FORMAT, "exported_at": now, "shop": shop, **await self._about()})
        for visitor in self._person.visitors:
            await self._conversation(visitor)
        self._zip.close()
        return Exported(len(self._person.uids), self._entries, self._files)

    def _add(self, name: str, content: bytes) -> None:
        self._zip.writestr(name, content)

    def _add_json(self, name: str, found: object) -> None:
        import json

        self._add(name, json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n")

    # -- who they are -------------------------------------------------------------------------------------------

    async def _about(self) -> dict[str, Any]:
        people = [await self._visitor(visitor) for visitor in reversed(self._person.visitors)]
        return {"person": people[0], "before_it_was_known_who_they_are": people[1:]}

    async def _visitor(self, visitor: Visitor) -> dict[str, Any]:
        """One of those that a person is."""
        store, uid = self._store, visitor.uid
        return {
            "id": uid,
            "name": visitor.name,
            "nickname": visitor.nickname,
            "email": visitor.email,
            "entered": visitor.fields,
            "vouched_for_by_the_shop": visitor.identity,
            "known_to_the_shop_as_a_customer": visitor.verified,
            "first_seen": _time(visitor.first_seen),
            "last_seen": _time(visitor.seen),
            "browser": visitor.browser,
            "page": visitor.page,
            "where_they_were_as_they_wrote": visitor.context,
            "pages_looked_at": [_plain(page) for page in await store.whereabouts.pages(uid)],
            "mail": contact.told(visitor) if visitor.email else {},
            "mail_was_sent_to": sorted(await store.mail.sent_to(uid)),
            "came_with": await store.sessions.kept_of(uid),
        }

    # -- what was said ------------------------------------------------------------------------------------------

    async def _conversation(self, visitor: Visitor) -> None:
        uid = visitor.uid
        files = {id: record async for id, record in self._store.files.all(uid) if self._notes or not record.note}
        paths = dict(_paths(files))
        between = b"[\n"
        with self._zip.open(f"conversations/{uid}.json", "w", force_zip64=True) as out:
            async for entry in self._said(uid):
                out.write(between + protocol.encode(_told(entry, paths)))
                between = b",\n"
                self._entries += 1
            out.write(b"\n]\n" if between == b",\n" else b"[]\n")
        with self._zip.open(f"conversations/{uid}.txt", "w", force_zip64=True) as out:
            async for entry in self._said(uid):
                if line := _line(entry, paths):
                    out.write(line.encode() + b"\n")
        if self._driver is not None:
            for id, path in paths.items():
                await asyncio.to_thread(self._file, self._driver, id, path)

    async def _said(self, uid: str) -> AsyncIterator[Entry]:
        """What of a conversation they are given, the oldest first."""
        async for entry in self._store.conversations.all(uid):
            if self._notes or entry.kind not in INTERNAL:
                yield entry

    def _file(self, driver: Driver, id: str, path: str) -> None:
        """The bytes of a file; one that is gone is not there."""
        try:
            found = driver.open(id)
        except FileNotFoundError:
            return
        with found, self._zip.open(path, "w", force_zip64=True) as out:
            while some := found.read(_BYTES_PER_READ):
                out.write(some)
        self._files += 1


def _paths(files: dict[str, Record]) -> Iterator[tuple[str, str]]:
    """Where in the zip each file is: under its own name, and a number where two have the same."""
    taken = set[str]()
    for id, record in files.items():
        name = PurePosixPath(record.info.name.replace("\\", "/")).name
        path, number = f"files/{id.partition('.')[0]}/{name}", 1
        while path.casefold() in taken:
            number += 1
            path = f"files/{id.partition('.')[0]}/{number} {name}"
        taken.add(path.casefold())
        yield id, path


def _told(entry: Entry, paths: dict[str, str]) -> dict[str, Any]:
    """An entry as it is written down: who, when and what; the rest of what its body says stands beside it."""
    body = protocol.decode(entry.body)
    user, file = body.pop("user", {}), body.pop("file", None)
    found = {
        "number": entry.seq,
        "time": protocol.timestamp(entry.time),
        "kind": entry.kind,
        "by": {"side": _SIDES.get(entry.role, entry.role), "name": _name(user)},
        **({"text": body.pop("content")} if "content" in body else {}),
    }
    if file:
        found["file"] = {
            "name": file["name"],
            "type": file["type"],
            "size": file["size"],
            "path": paths.get(file["id"]),
        }
    return found | ({"details": body} if body else {})


def _line(entry: Entry, paths: dict[str, str]) -> str:
    """A message as a line to be read; "" for what is none."""
    if entry.kind not in ("message", "note"):
        return ""
    body = protocol.decode(entry.body)
    time = protocol.timestamp(entry.time)[:16].replace("T", " ")
    note = " (to colleagues)" if entry.kind == "note" else ""
    file = f"[{paths.get(body['file']['id'], body['file']['name'])}]" if "file" in body else ""
    said = " ".join(filter(None, (body.get("content", ""), file))).replace("\n", "\n    ")
    return f"{time}  {_name(body.get('user', {}))}{note}: {said}"


def _name(user: dict[str, Any]) -> str:
    return str(user.get("name") or user.get("nickname") or "")


def _time(ms: int) -> str | None:
    return protocol.timestamp(ms) if ms else None


def _plain(page: Any) -> dict[str, str]:
    return {"page": page.page, "title": page.title, "at": page.at}
