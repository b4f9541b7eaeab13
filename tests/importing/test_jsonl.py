"""Conversations from neutral JSONL: all of it once, at its time, by whom it was said; on both engines."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.chat import contact, protocol
from app.chat.conversation import Entry
from app.importing.jsonl import Jsonl
from app.importing.lines import Person
from app.importing.taking import Taking, uid_of
from app.privacy.ledger import Ledger
from app.store.hashes import hash_of
from app.store.store import Store
from tests.courier.desk import Desk
from tests.importing.conftest import Import
from tests.running import ENGINES, ROOT

# What is decided before the store is asked.
ONE_ENGINE = pytest.mark.parametrize("engine", ENGINES[:1])
MARIA = uid_of(Person("p1"))


def message(id: str, at: str, by: str = "visitor", text: str = "", **more: Any) -> dict[str, Any]:
    return {"id": id, "at": f"2026-05-0{at}:00Z", "by": by, "text": text or f"text {id}", **more}


def line(id: str, *messages: dict[str, Any], person: str = "p1", **known: Any) -> dict[str, Any]:
    return {"id": id, "person": {"id": person, "name": "Maria", **known}, "messages": list(messages)}


FIRST = line(
    "c1",
    message("1", "1T10:00", text="Where is my parcel?"),
    message("2", "1T10:02", "agent", "On its way.", agent="Anna"),
    message("3", "1T10:03", "agent", "Asked the warehouse.", agent="Anna", note=True),
    email="maria@shop.example",
    sub="customer-7",
)
SECOND = line(
    "c2", message("1", "3T09:00", text="It has come.", links=[{"url": "https://x.example/a", "name": "a.jpg"}])
)


async def log(store: Store, uid: str = MARIA) -> list[Entry]:
    return await store.conversations.between(uid, 1, 1000, 1000)


def told(entries: list[Entry]) -> list[tuple[str, str, str]]:
    """Of each entry its kind, when it was written, and what it says."""
    return [(e.kind, protocol.timestamp(e.time)[8:16], protocol.decode(e.body).get("content", "")) for e in entries]


async def test_it_is_all_there_in_the_order_of_its_time_and_once(import_: Import, opened: Store) -> None:
    done = await import_(SECOND, FIRST)
    assert (done.status, done.err) == (0, "")
    assert "Imported: 4 messages, 1 person who was not here before." in done.out
    entries = await log(opened)
    assert told(entries) == [
        ("entered", "01T10:00", ""),
        ("message", "01T10:00", "Where is my parcel?"),
        ("message", "01T10:02", "On its way."),
        ("note", "01T10:03", "Asked the warehouse."),
        ("resolved", "01T10:03", ""),
        ("message", "03T09:00", "It has come.\na.jpg https://x.example/a"),
        ("left", "03T09:00", ""),
    ]
    anna = await opened.people.agent_named("Anna")
    assert anna is not None
    assert anna.disabled
    assert [entry.author for entry in entries if entry.role == "a"] == [anna.uid] * 3
    visitor = await opened.people.known(MARIA)
    assert (visitor.name, visitor.email, visitor.sub) == ("Maria", "maria@shop.example", hash_of("customer-7"))
    assert contact.address(visitor) == ""  # nobody agreed to be written to there
    assert await opened.identities.uid("customer-7") == MARIA
    page = await opened.conversations.now(MARIA)
    assert (page.seq, page.state.status, page.state.waiting_since) == (7, "here", 0)

    again = await import_(SECOND, FIRST)
    assert "Imported: 0 messages, 0 people" in again.out
    assert "Messages that were here already: 4." in again.out
    assert await log(opened) == entries


async def test_what_was_said_there_since_is_added_until_they_talk_here(import_: Import, opened: Store) -> None:
    await import_(FIRST)
    later = line("c1", *FIRST["messages"], message("4", "2T08:00", text="Thanks!"), message("0", "1T09:00"))
    done = await import_(later, SECOND)
    assert "Imported: 2 messages, 0 people" in done.out
    assert "Messages that were here already: 3." in done.out
    assert "older than what is here of the same person, and were left out: 1." in done.out
    assert [content for kind, _, content in told(await log(opened)) if kind == "message"][2:] == [
        "Thanks!",
        "It has come.\na.jpg https://x.example/a",
    ]
    seqs = [entry.seq for entry in await log(opened)]
    assert seqs == list(range(1, len(seqs) + 1))
    desk = Desk(opened)
    await desk.say(MARIA, MARIA)
    done = await import_(later, line("c3", message("1", "9T08:00")))
    assert "Imported: 0 messages" in done.out
    assert "of people who have talked here since, which were left out: 1." in done.out


async def test_nothing_of_it_is_told_by_mail(import_: Import, opened: Store) -> None:
    desk = Desk(opened)
    await desk.plan()  # there is mail
    now = protocol.timestamp(await opened.now_ms())
    await import_(
        line("c", {"id": "1", "at": now, "by": "agent", "text": "Hello", "agent": "Anna"}, email="m@shop.example")
    )
    await desk.agree(MARIA, "m@shop.example")
    await desk.plan()
    assert (await opened.outbox.figures()).waiting == 0
    await desk.tell_form(MARIA, email="m@shop.example")  # an address that comes late brings what was not told
    await desk.plan()
    assert (await opened.outbox.figures()).waiting == 0
    assert await opened.presence.open_conversations() == set()


@ONE_ENGINE
async def test_lines_that_are_wrong_are_named_and_nothing_is_written(import_: Import, opened: Store) -> None:
    done = await import_(
        FIRST,
        "{",
        line("c2", message("1", "1T10:00", by="bot")),
        line("c3", message("1", "1T10:00") | {"at": "2026-05-01T10:00:00"}),
        line("c4", message("1", "1T10:00", text=" ")),
        line("c5", message("1", "1T10:00"), message("1", "1T10:01")),
        line("c1", message("1", "1T10:00")),
        line("c6", message("1", "1T10:00"), email="nobody"),
        {**line("c7", message("1", "1T10:00")), "persons": 1},
    )
    assert done.status == 1
    faults = [fault.partition("export.jsonl: ")[2] for fault in done.err.splitlines()]
    assert [fault.partition(": ")[0] for fault in faults] == [f"line {n}" for n in range(2, 10)]
    assert "messages[0].by: Invalid enum value 'bot'" in faults[1]
    assert "messages[0] says nothing" in faults[3]
    assert "id 'c1' is that of line 1" in faults[5]
    assert faults[-1].endswith("nothing was imported")
    assert await opened.people.visitor(MARIA) is None
    assert await opened.people.agents() == []
    assert "Traceback" not in done.err


@ONE_ENGINE
async def test_who_was_erased_here_stays_so(import_: Import, opened: Store) -> None:
    ledger = await Ledger.in_store(opened)
    ledger.add(MARIA)
    await ledger.keep(opened)
    done = await import_(FIRST, line("c9", message("1", "1T10:00"), person="p2"))
    assert "Imported: 1 message, 1 person" in done.out
    assert "People who were erased here, and stay so: 1." in done.out
    assert await opened.people.visitor(MARIA) is None
    assert await log(opened) == []


@ONE_ENGINE
async def test_of_who_is_erased_while_it_runs_nothing_comes_back(opened: Store, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    file.write_text(json.dumps(FIRST))
    ledger = await Ledger.in_store(opened)
    ledger.add(MARIA)

    def before(uid: str) -> bool:
        assert uid == MARIA
        return False

    async def since(uid: str) -> bool:
        assert await opened.people.visitor(uid) is not None  # it is looked at last
        return ledger.holds(uid)

    taking = Taking(opened, "Shop", 0, before, since)
    await taking.all(Jsonl(file), lambda _done: None)
    assert (taking.figures.erased, taking.figures.messages) == (1, 0)
    assert await opened.people.visitor(MARIA) is None
    assert await opened.identities.uid("customer-7") == ""
    assert await log(opened) == []


@ONE_ENGINE
async def test_names_that_may_not_stand_here_and_texts_that_are_long(import_: Import, opened: Store) -> None:
    await opened.people.add_agent("Maria", "correct horse battery", "agent")
    long, people = "ä" * 20_000, {"admin": "p1", "Ma\u202eria": "p2", "x" * 90: "p3"}
    lines = [line(p, message("1", "1T10:00", text=long), person=p, name=name) for name, p in people.items()]
    agent = message("2", "1T10:01", "agent", agent="A colleague with a very long name")
    done = await import_(*lines, line("p4", message("1", "1T10:00"), agent, person="p4", name=""))
    assert "Imported: 5 messages, 4 people" in done.out
    found = [await opened.people.known(uid_of(Person(p))) for p in ("p1", "p2", "p3", "p4")]
    assert [one.name for one in found][1:3] == ["Maria", "x" * 60]
    assert found[1].nickname != "Maria"  # which an agent has
    assert [one.name.startswith("Visitor ") for one in found] == [True, False, False, True]
    pieces = [protocol.decode(entry.body)["content"] for entry in await log(opened) if entry.kind == "message"]
    assert (len(pieces) > 1, "".join(pieces)) == (True, long)
    assert {agent.nickname for agent in await opened.people.agents()} == {"Maria", "A colleague with a v"}


async def test_an_import_that_was_broken_off_begins_again(import_: Import, opened: Store) -> None:
    visitor = json.dumps(FIRST)
    staged, pipeline = opened.keys.staged(MARIA), opened.pipelines.of(MARIA)
    await pipeline.call("XADD", staged, "1-0", "h", "what an earlier run", "b", "left")
    assert (await import_(visitor)).status == 0
    assert len(await log(opened)) == 6
    assert await pipeline.call("EXISTS", staged) == 0
    assert await pipeline.call("TTL", opened.keys.conversation(MARIA).log) == -1


def test_the_example_in_the_documents_is_one(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "import.md").read_text("utf-8")
    found = re.search(r"```json\n(.*?)```", document, re.DOTALL)
    assert found
    file = tmp_path / "example.jsonl"
    file.write_text(json.dumps(json.loads(found[1])))
    (whole,) = Jsonl(file)
    assert [len(conversation.messages) for conversation in whole.conversations] == [4]
