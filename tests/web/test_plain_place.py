"""Plain mode has no place to resume from: what is written once the handshake is answered is heard all the same."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.clients.api import PASSWORD, call, log_in, login
from tests.clients.sockets import RawSocket, open_chat
from tests.web.node_server import NodeServer, node_server


@pytest.fixture
def server(store_url: str) -> Iterator[NodeServer]:
    with node_server(store_url) as running:
        running.do(running.node.people.add_agent, "Olga", PASSWORD, "admin")
        yield running


def hold(server: NodeServer) -> Callable[[], None]:
    """From here on whose handshake is answered joins nothing until what is returned is called."""
    conversations, gate = server.node.store.conversations, asyncio.Event()
    attach = conversations.attach

    async def late(uid: str, **place: Any) -> Any:
        if place:  # or it is the look before the handshake is answered
            await gate.wait()
        return await attach(uid, **place)

    conversations.attach = late  # type: ignore[method-assign]
    return lambda: server.do(gate.set)


@contextmanager
def plain(server: NodeServer, token: str, query: str = "") -> Iterator[RawSocket]:
    """A plain socket as soon as its handshake is answered."""
    with closing(RawSocket(server.url, f"Authorization: {token}", path=f"/v1/chat{query}").open()) as chat:
        assert chat.status == 101
        yield chat


def up_to(chat: RawSocket, content: str) -> list[tuple[int, str, str]]:
    """All that is heard until that is said: type, by whom, and what of messages."""
    heard: list[tuple[int, str, str]] = []
    while not heard or heard[-1][2] != content:
        frame = chat.hear()
        heard.append((frame["type"], frame["user"]["nickname"], "" if frame["type"] else frame["content"]))
    return heard


def test_a_visitor_hears_who_came_and_what_they_wrote_before_the_join(server: NodeServer) -> None:
    (lily, uid), olga = login(server.url, "Lily"), log_in(server.url, "Olga", PASSWORD)
    with closing(open_chat(server.url, olga)) as desk:
        desk.tell(type="join", conversation=uid)
        desk.hear(type="joined")
        let_join = hold(server)
        with plain(server, lily) as page:
            call(server.url, f"/v1/conversations/{uid}/claim", olga, {})
            desk.tell(type="send", id="desk.1", conversation=uid, content="Good morning")
            desk.hear(type="ack")
            let_join()
            page.tell(content="Hello?")
            desk.hear(type="message", content="Hello?")  # so it has joined
            desk.tell(type="send", id="desk.2", conversation=uid, content="Yes?")
            heard = up_to(page, "Yes?")
    assert heard == [(1, "system", ""), (2, "Olga", ""), (0, "Olga", "Good morning"), (0, "Olga", "Yes?")]


def test_an_agent_hears_what_was_written_before_the_join_and_nothing_older(server: NodeServer) -> None:
    lily, olga = log_in(server.url, "Lily"), log_in(server.url, "Olga", PASSWORD)
    with closing(open_chat(server.url, lily)) as page:
        page.tell(type="send", id="page.1", content="Hello?")
        page.hear(type="ack")
        let_join = hold(server)
        with plain(server, olga, "?client=Lily") as desk:
            page.tell(type="send", id="page.2", content="Anybody?")
            page.hear(type="ack", id="page.2")
            let_join()
            desk.tell(content="Good morning")
            page.hear(type="message", content="Good morning")  # so it has joined
            page.tell(type="send", id="page.3", content="Ah, you.")
            heard = up_to(desk, "Ah, you.")
    assert heard == [(0, "Lily", "Anybody?"), (0, "Lily", "Ah, you.")]
