"""Who was handed a conversation, by whom and why: told until they answer, by every node, through a restart."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.api import PASSWORD, call, log_in
from tests.clients.sockets import RawSocket, open_chat
from tests.prepared import Prepared
from tests.running import Chatadmin, wait_until

Start = Callable[..., Chatadmin]


@pytest.fixture
def shop(start_chatadmin: Start, prepared: Prepared) -> Chatadmin:
    return start_chatadmin(data_dir=prepared("Olga", "Pavel"))


class Desk:
    """One visitor's conversation, as two agents see it."""

    def __init__(self, shop: Chatadmin) -> None:
        self.url = shop.url
        lily = log_in(shop.url, "Lily")
        self.uid = call(shop.url, "/v1/me", lily)["uid"]
        self.tokens = {"Lily": lily} | {name: log_in(shop.url, name, PASSWORD) for name in ("Olga", "Pavel")}
        self.tabs = 0

    def act(self, name: str, verb: str, **body: Any) -> None:
        call(self.url, f"/v1/conversations/{self.uid}/{verb}", self.tokens[name], body)

    def socket(self, name: str) -> RawSocket:
        opened = open_chat(self.url, self.tokens[name])
        if name != "Lily":
            opened.tell(type="join", conversation=self.uid)
        opened.hear(type="joined")
        return opened

    def say(self, name: str, **more: Any) -> None:
        """By a connection of its own; who is gone for less than a minute keeps what is theirs."""
        self.tabs += 1
        opened = self.socket(name)
        opened.tell(type="send", conversation=self.uid, id=f"tab{self.tabs}.1", content="Well.", **more)
        opened.hear(type="ack")
        opened.close()

    def handed(self) -> Any:
        return call(self.url, f"/v1/visitors/{self.uid}", self.tokens["Olga"])["handed_over"]

    def listed(self, wanted: Any) -> None:
        """The dashboard says so, and so does the store."""
        lily = self.socket("Lily")

        def told() -> bool:
            rows = call(self.url, "/v1/users", self.tokens["Pavel"])
            return [row["handed_over"] for row in rows] == [wanted]

        wait_until(told, f"{wanted} on the list")
        assert self.handed() == wanted
        lily.close()


def test_it_is_told_until_the_new_holder_answers(shop: Chatadmin, start_chatadmin: Start) -> None:
    desk = Desk(shop)
    desk.say("Lily")
    desk.act("Olga", "claim")
    desk.say("Olga")
    desk.listed(None)
    desk.act("Olga", "transfer", to="Pavel", note="Knows lamps.")
    handed = desk.handed()
    assert (handed["by"]["nickname"], handed["to"]["nickname"], handed["note"]) == ("Olga", "Pavel", "Knows lamps.")
    desk.say("Pavel", note=True)
    desk.say("Lily")
    desk.listed(handed)

    shop.stop()
    shop = start_chatadmin(data_dir=shop.data_dir, server=f"127.0.0.1:{shop.port}")
    desk.listed(handed)
    desk.say("Pavel")
    desk.say("Lily")
    desk.listed(None)
    shop.stop()
    start_chatadmin(data_dir=shop.data_dir, server=f"127.0.0.1:{shop.port}")
    desk.listed(None)


@pytest.mark.parametrize("verb", ["release", "resolve", "claim"])
def test_and_not_beyond_their_having_it(shop: Chatadmin, verb: str) -> None:
    desk = Desk(shop)
    desk.say("Lily")
    desk.act("Olga", "claim")
    desk.act("Olga", "transfer", to="Pavel")
    handed = desk.handed()
    assert (handed["to"]["nickname"], handed["note"]) == ("Pavel", "")
    desk.listed(handed)
    if verb == "claim":
        desk.act("Olga", "claim", take_over=True)
    else:
        desk.act("Pavel", verb)
    desk.listed(None)
