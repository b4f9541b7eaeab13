"""With several workers, each a node of its own, the dashboard is the same from whichever of them answers."""

from typing import Any

from tests.clients.api import call, login, set_up
from tests.clients.events import Stream
from tests.clients.party import Party
from tests.running import Chatadmin

Rows = dict[str, dict[str, Any]]


def on_each_worker(url: str, token: str) -> list[Stream]:
    """Streams, one on each of two workers: an event's id begins with the name of its node."""
    found: dict[str, Stream] = {}
    spare = []
    for _ in range(200):
        stream = Stream(url, token, "?delta=1")
        node = stream.event()[0].rpartition("-")[0]
        spare.append(found.setdefault(node, stream))
        if stream is not spare[-1]:
            stream.close()
        if len(found) == 2:
            return list(found.values())
    raise AssertionError("two hundred streams, and all on one worker")


def until(stream: Stream, rows: Rows, uid: str, **state: Any) -> None:
    """Keep the rows up with the stream until it shows that of the visitor."""
    while any(rows.get(uid, {}).get(name) != value for name, value in state.items()):
        _, kind, data = stream.event()
        if kind == "visitor":
            rows[uid] = data
        elif kind == "conversation" and data["uid"] in rows:
            rows[data["uid"]].update(data)


async def test_each_worker_shows_the_same_picture() -> None:
    with Chatadmin("--workers", "2") as running:
        token = set_up(running.url, running.setup_secret)
        streams = on_each_worker(running.url, token)
        lists: list[Rows] = [{}, {}]
        visitor_token, uid = login(running.url, "Maria")
        visitor = Party(running.url, visitor_token, "m")
        await visitor.connect()
        visitor.send({"type": "send", "id": "m.1", "content": "Hello?"})
        await visitor.next("ack")
        until(streams[0], lists[0], uid, status="waiting", unread=1)
        until(streams[1], lists[1], uid, status="waiting", unread=1)
        call(running.url, f"/v1/conversations/{uid}/claim", token, {})
        await visitor.close()
        for stream, rows in zip(streams, lists, strict=True):
            until(stream, rows, uid, online=False, admin="Anna", is_chated=True)
        assert lists[0] == lists[1]
        assert lists[0][uid]["last"]["content"] == "Hello?"
        for stream in streams:
            stream.close()
