"""A message with a file, and one that answers another, as everybody is shown them: live, plainly, in the history."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from app.chat.files import FileInfo, new_id
from app.live import history
from app.web import files
from tests.clients.api import PASSWORD, ask, call, login
from tests.clients.sockets import RawSocket, open_chat
from tests.web.node_server import NodeServer, node_server

SHOWN = {"name": "kettle.jpg", "type": "image/jpeg", "size": 9, "width": 40, "height": 30}


@pytest.fixture
def server(store_url: str) -> Iterator[NodeServer]:
    with node_server(store_url) as running:
        running.do(running.node.people.add_agent, "Olga", PASSWORD, "admin")
        yield running


def upload(server: NodeServer, uid: str, by: str, *, note: bool = False) -> str:
    """What is known of a file, as it is once its bytes are on disk."""
    info = FileInfo(id=new_id(uid), **SHOWN)  # type: ignore[arg-type]
    server.do(server.node.store.files.keep, uid, by, note, info)
    return info.id


def test_it_is_shown_to_everybody_the_same(server: NodeServer) -> None:
    (lily, uid), (olga, agent) = login(server.url, "Lily"), login(server.url, "Olga", PASSWORD)
    with (
        closing(open_chat(server.url, lily)) as page,
        closing(open_chat(server.url, olga)) as desk,
        closing(RawSocket(server.url, f"Authorization: {olga}", path="/v1/chat?client=Lily").open()) as program,
    ):
        desk.tell(type="join", conversation=uid)
        desk.hear(type="joined")
        bare, worded, private = (
            upload(server, uid, uid),
            upload(server, uid, uid),
            upload(server, uid, agent, note=True),
        )

        page.tell(type="send", id="t.1", content="", file=bare)
        first = page.hear(type="ack")["seq"]
        page.tell(type="send", id="t.2", content="It is broken.", file=worded, reply_to=first)
        second = page.hear(type="ack")["seq"]
        shown = [desk.hear(type="message", seq=seq) for seq in (first, second)]
        assert [(frame["content"], frame["file"], frame.get("reply_to")) for frame in shown] == [
            ("", {"id": bare, **SHOWN}, None),
            ("It is broken.", {"id": worded, **SHOWN}, first),
        ]
        plain = [("kettle.jpg", f"/v1/files/{bare}"), ("It is broken.", f"/v1/files/{worded}")]
        assert [(frame["content"], frame["url"]) for frame in (program.hear(type=0), program.hear(type=0))] == plain

        desk.tell(type="send", id="d.1", content="Look.", file=private, note=True, reply_to=second, conversation=uid)
        desk.hear(type="ack")
        frames = call(server.url, "/v1/msgs?client=Lily&frames=1", olga)
        assert [frame for frame in frames if frame["seq"] in (first, second)] == shown
        assert (frames[-1]["kind"], frames[-1]["file"]["id"], frames[-1]["reply_to"]) == ("note", private, second)
        assert private not in str(call(server.url, "/v1/msgs?frames=1", lily))
        items = call(server.url, "/v1/msgs", lily)
        assert [(item["content"], item["url"]) for item in items] == plain


def test_what_cannot_be_sent_is_refused_and_takes_no_number(server: NodeServer) -> None:
    (lily, uid), (_, other) = login(server.url, "Lily"), login(server.url, "Tom")
    mine, theirs = upload(server, uid, uid), upload(server, other, other)
    with closing(open_chat(server.url, lily)) as page:
        newest = page.hear(type="joined")["seq"]
        for wrong in (theirs, new_id(uid), "nothing", ""):
            page.tell(type="send", id="t.1", content="Look.", file=wrong)
            assert page.hear(type="error")["code"] == "bad_file", wrong
        for place in (0, -1, newest + 1, 2**70):
            page.tell(type="send", id="t.1", content="Yes.", reply_to=place)
            refused = page.hear(type="error")
            assert (refused["code"], refused["field"], refused["id"]) == ("bad_frame", "reply_to", "t.1"), place
        page.tell(type="send", id="t.1", content="", reply_to=newest)
        assert page.hear(type="error")["field"] == "content"  # without a file there is something to say
        page.tell(type="send", id="t.1", content="", file=mine)
        assert page.hear(type="ack")["seq"] == newest + 1
        page.tell(type="send", id="t.1", content="", file=mine, reply_to=newest)
        assert page.hear(type="error")["code"] == "mismatch"  # what it answers is part of what was said


def pages(server: NodeServer, path: str, token: str) -> list[list[dict[str, Any]]]:
    """Every page of a list that leads on by `before`."""
    found, before = [], 0
    while True:
        answer = ask(server.url, f"{path}?before={before}", Authorization=token)
        found.append(answer.value)
        before = answer.json["before"]
        if not before:
            return found


def test_agents_are_given_the_files_and_the_notes_of_a_conversation(
    server: NodeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILES_PER_PAGE", 2)
    monkeypatch.setattr(history, "ENTRIES_PER_PAGE", 2)
    monkeypatch.setattr(history, "MOST_ENTRIES_FOR_NOTES", 4)
    monkeypatch.setattr(history, "NOTES_PER_PAGE", 2)
    (lily, uid), (olga, agent) = login(server.url, "Lily"), login(server.url, "Olga", PASSWORD)
    sent, noted = [], []
    with closing(open_chat(server.url, lily)) as page, closing(open_chat(server.url, olga)) as desk:
        desk.tell(type="join", conversation=uid)
        desk.hear(type="joined")
        for n in (1, 2, 3):
            mine, private = upload(server, uid, uid), upload(server, uid, agent, note=True)
            page.tell(type="send", id=f"t.{2 * n - 1}", content="Look.")
            page.tell(type="send", id=f"t.{2 * n}", content="", file=mine)
            page.hear(type="ack", id=f"t.{2 * n}")
            desk.tell(type="send", id=f"d.{n}", content=f"note {n}", file=private, note=True, conversation=uid)
            noted.append(desk.hear(type="ack")["seq"])
            sent += [(mine, "visitor", False), (private, "agent", True)]
    upload(server, uid, uid)  # and is not sent
    found = pages(server, "/v1/conversations/Lily/files", olga)
    assert [len(page) for page in found] == [2, 2, 2]
    assert [(one["id"], one["by"], one["note"]) for page in found for one in page] == sent[::-1]
    newest = found[0][0]
    assert {key: newest[key] for key in SHOWN} == SHOWN
    assert set(newest) == {"id", *SHOWN, "seq", "by", "at", "note"}

    notes = [note for page in pages(server, f"/v1/conversations/{uid}/notes", olga) for note in page]
    assert [note["seq"] for note in notes] == noted[::-1]
    assert [note["content"] for note in notes] == ["note 3", "note 2", "note 1"]
    assert {note["kind"] for note in notes} == {"note"}
    assert notes[-1]["file"]["name"] == "kettle.jpg"
    for path in ("files", "notes"):
        assert ask(server.url, f"/v1/conversations/{uid}/{path}", Authorization=lily).status == 403
        assert ask(server.url, f"/v1/conversations/nobody/{path}", Authorization=olga).refusal == (
            404,
            "unknown_client",
        )
