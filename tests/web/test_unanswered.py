"""Since when a visitor is unanswered: kept while somebody holds the conversation, told wherever the list is told."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.api import PASSWORD, ask, call, log_in
from tests.clients.events import Stream
from tests.clients.sockets import open_chat
from tests.prepared import Prepared
from tests.running import Chatadmin

Start = Callable[..., Chatadmin]


@pytest.fixture
def shop(start_chatadmin: Start, prepared: Prepared) -> Chatadmin:
    return start_chatadmin(data_dir=prepared("Olga", "Pavel"))


def listed(url: str, token: str) -> list[Any]:
    """What each way of asking says of the only visitor: their row of the plain list, and of the stream's snapshot."""
    rows = [ask(url, "/v1/users", Authorization=token).value[0]]
    stream = Stream(url, token, "?delta=1")
    rows.append(stream.until(lambda kind, _: kind == "snapshot")["visitors"][0])
    stream.close()
    return [(row["status"], row["waiting_since"], row["last"]["by"]) for row in rows]


def test_a_claim_a_note_and_a_hand_over_answer_nobody(shop: Chatadmin, start_chatadmin: Start) -> None:
    url, at = shop.url, f"127.0.0.1:{shop.port}"
    lily, olga, pavel = log_in(url, "Lily"), log_in(url, "Olga", PASSWORD), log_in(url, "Pavel", PASSWORD)
    chat = open_chat(url, lily)
    chat.tell(type="send", id="tab.1", content="Is it there?")
    asked = chat.hear(type="ack")["msg_time"]
    uid = call(url, "/v1/me", lily)["uid"]
    for token, verb, body in ((olga, "claim", {}), (olga, "transfer", {"to": "Pavel", "note": "Knows lamps."})):
        state = call(url, f"/v1/conversations/{uid}/{verb}", token, body)
        assert (state["status"], state["waiting_since"]) == ("held", asked)
    desk = open_chat(url, pavel)
    desk.tell(type="join", conversation=uid)
    desk.hear(type="joined")
    desk.tell(type="send", conversation=uid, id="pavel.1", content="I have to ask.", note=True)
    desk.hear(type="ack")
    chat.tell(type="send", id="tab.2", content="Hello?")
    chat.hear(type="ack")
    assert listed(url, olga) == [("held", asked, "visitor")] * 2

    shop.stop()
    shop = start_chatadmin(data_dir=shop.data_dir, server=at)
    chat, desk = open_chat(url, lily), open_chat(url, pavel)
    chat.hear(type="joined")
    assert listed(url, olga) == [("held", asked, "visitor")] * 2
    desk.tell(type="join", conversation=uid)
    desk.hear(type="joined")
    desk.tell(type="send", conversation=uid, id="again.1", content="It is.")
    desk.hear(type="ack")
    assert listed(url, olga) == [("held", None, "agent")] * 2
    chat.close()
    desk.close()
