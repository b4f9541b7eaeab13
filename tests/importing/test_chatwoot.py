"""Conversations from the pages of Chatwoot's API, as its views write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.chat import protocol
from app.importing.chatwoot import Chatwoot
from app.importing.lines import Person, Unsound
from app.importing.taking import uid_of
from app.store.hashes import hash_of
from app.store.store import Store
from tests.importing.conftest import Import
from tests.running import ENGINES

MAY = 1_777_629_600  # 2026-05-01T10:00:00Z


def sender(id: int, name: str, **more: Any) -> dict[str, Any]:
    about = {"id": id, "name": name, "email": f"{name.lower()}@x.example", "phone_number": None, "identifier": None}
    return {**about, "thumbnail": "", "availability_status": "offline", "custom_attributes": {}, **more}


def conversation(id: int, contact: dict[str, Any], *, status: str = "resolved", proven: bool = False) -> dict[str, Any]:
    meta = {"sender": contact, "channel": "Channel::WebWidget", "hmac_verified": proven}
    last = [message(99, id, 0, "the last one alone")]
    return {"meta": meta, "id": id, "messages": last, "account_id": 1, "status": status, "labels": [], "timestamp": MAY}


def message(id: int, of: int, kind: int, content: str | None, **more: Any) -> dict[str, Any]:
    usual = {"id": id, "content": content, "inbox_id": 1, "conversation_id": of, "message_type": kind}
    return {**usual, "content_type": "text", "created_at": MAY + id, "private": False, "source_id": None, **more}


LILY, OMAR = sender(5, "Lily", identifier="lily-7"), sender(6, "Omar", email="none", identifier="forged")
ZOE = {"id": 3, "name": "Zoe Agent", "available_name": "Zoe", "type": "user"}
BOT = {"id": 1, "name": "Robo", "type": "agent_bot"}


def pages(folder: Path) -> Path:
    """A folder as an export leaves it: a file for each page."""
    kept = {
        "conversations-1": {"data": {"meta": {"all_count": 3}, "payload": [conversation(1, LILY, proven=True)]}},
        "conversations-2": {
            "data": {"meta": {}, "payload": [conversation(2, OMAR, status="open"), conversation(3, LILY)]}
        },
        "contacts-1": {"meta": {"count": 2, "current_page": 1}, "payload": [LILY, OMAR]},
        "messages/1-a": {
            "meta": {"labels": [], "contact": LILY},
            "payload": [
                message(12, 1, 1, "It is *blue*.", sender=ZOE),
                message(13, 1, 1, "ask Tim", sender=ZOE, private=True),
                message(14, 1, 2, "Conversation was marked resolved by Zoe"),
            ],
        },
        "messages/1-b": {
            "meta": {"labels": [], "contact": LILY},
            "payload": [
                message(11, 1, 0, "Which colour?", sender=LILY),
                message(12, 1, 1, "It is *blue*.", sender=ZOE),
            ],
        },
        "messages/2": {
            "meta": {"labels": [], "contact_id": 6},
            "payload": [
                message(
                    21, 2, 0, None, sender=OMAR, attachments=[{"id": 1, "data_url": "https://x.example/b%20c.pdf"}]
                ),
                message(22, 2, 3, "We are closed.", sender=BOT),
            ],
        },
        "messages/8": {"meta": {}, "payload": [message(81, 8, 0, "Whose?")]},
    }
    for name, page in kept.items():
        file = folder / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(page))
    return folder


@pytest.mark.parametrize("engine", ENGINES[:1])
async def test_pages_become_conversations_once(import_: Import, opened: Store, tmp_path: Path) -> None:
    folder = pages(tmp_path / "pages")
    done = await import_(folder=folder)
    assert (done.status, done.err) == (0, "")
    assert "Imported: 5 messages, 2 people who were not here before." in done.out
    assert "listed as an agent who cannot log in: 2." in done.out
    assert "no page says whose they are, left out: conversations 8." in done.out
    assert "no page has their messages, left out: conversations 3." in done.out
    assert "open there, and over here: 1 conversations." in done.out

    lily, omar = uid_of(Person("chatwoot:5")), uid_of(Person("chatwoot:6"))
    said = {
        uid: [
            (entry.kind, entry.time // 1000 - MAY, protocol.decode(entry.body).get("content", ""))
            for entry in await opened.conversations.between(uid, 1, 100, 100)
            if entry.kind in ("message", "note", "resolved")
        ]
        for uid in (lily, omar)
    }
    assert said[lily] == [
        ("message", 11, "Which colour?"),
        ("message", 12, "It is *blue*."),
        ("note", 13, "ask Tim"),
        ("resolved", 13, ""),
    ]
    assert said[omar] == [
        ("message", 21, "b c.pdf https://x.example/b%20c.pdf"),
        ("message", 22, "We are closed."),
        ("resolved", 22, ""),
    ]
    known = await opened.people.visitors([lily, omar])
    assert (known[lily].name, known[lily].email, known[lily].sub) == ("Lily", "lily@x.example", hash_of("lily-7"))
    assert (known[omar].email, known[omar].sub) == ("", "")  # no address; and anybody could have said who they are
    assert {agent.nickname for agent in await opened.people.agents()} == {"Zoe", "Robo"}
    assert "Imported: 0 messages" in (await import_(folder=folder)).out


def test_pages_that_are_wrong_are_named(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    odd = [message(1, 1, 0, "a"), {"message_type": "in"}, message(2, 1, 0, "b") | {"created_at": 1e18}]
    (folder / "torn.json").write_text('{"data": {')
    (folder / "zz-deep.json").write_text("[" * 99_999 + "]" * 99_999)
    (folder / "odd.json").write_text(json.dumps({"meta": {}, "payload": odd}))
    with pytest.raises(Unsound) as unsound:
        Chatwoot(folder)
    kind, when, torn, deep = unsound.value.faults
    assert kind.startswith("odd.json: item 1: ")
    assert when.startswith("odd.json: item 2: ")
    assert torn.startswith("torn.json: ")
    assert deep.startswith("zz-deep.json: maximum recursion depth")
    (tmp_path / "none").mkdir()
    with pytest.raises(Unsound, match="no page with messages"):
        Chatwoot(tmp_path / "none")
    with pytest.raises(Unsound, match="is no folder"):
        Chatwoot(tmp_path / "torn.json")
