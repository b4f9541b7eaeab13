"""SIGKILL between the steps of linking: nobody who waits is lost in between, and a repeat finishes it.

The program that runs is a copy of the source which kills its worker where the test says, once.
"""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.api import Answer, Frame, ask, call, history, set_up
from tests.clients.customers import Key, Page
from tests.clients.party import Party
from tests.delivery.kills import BACK_AT_ONCE, KILLED, Kills
from tests.prove.changed import copy
from tests.prove.shop import Program
from tests.running import wait_until

_LINKING = "app/live/linking.py"
_LAST = "            claimed=event(self._team.user(owed.holder)),\n        )\n"
_DECIDED = "        place = await self._carried_over(who, known)\n"
_TOLD = "            released = event("
_CLOSED = "                return place\n"
_KEPT = "        await self._store.sessions.revoke_all(anonymous)\n"
PLANTED = (
    (_LINKING, _LAST, _LAST + KILLED),
    (_LINKING, _DECIDED, "        killed('decided')\n" + _DECIDED),
    (_LINKING, _TOLD, "            killed('told')\n" + _TOLD),
    (_LINKING, _CLOSED, "                killed('closed')\n" + _CLOSED),
    (_LINKING, _KEPT, "        killed('kept')\n" + _KEPT + "        killed('ended')\n"),
    BACK_AT_ONCE,
)
# What was done last, of each step in its order.
STEPS = ("decided", "told", "closed", "kept", "ended")


class Shop:
    """The planted program, and a customer who is known since they wrote on their phone."""

    def __init__(self, folder: Path) -> None:
        self.kills = Kills(folder / "app/live")
        self.running = Program(folder).start(data_dir=folder / "data")
        self.url = self.running.url
        self.anna = set_up(self.url, self.running.setup_secret)
        self.key = Key.made(self.url, self.anna)

    def known(self, sub: str) -> Page:
        page = Page(self.url)
        assert page.begin(identity=self.key.sign(sub)).status == 200
        return page

    def row(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = call(self.url, f"/v1/visitors/{uid}", self.anna)
        return found

    def owed(self, uid: str) -> bool:
        return self.row(uid)["status"] in ("waiting", "held")

    def patient(self, page: Page, **entered: Any) -> Answer:
        """What every client does: ask again until there is an answer."""

        def answered() -> Answer | None:
            try:
                answer = page.login(**entered)
            except OSError:
                return None  # the worker has died: the next one answers
            return answer if answer.status != 503 else None

        found: Answer = wait_until(answered, "an answer")
        return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    folder = copy(PLANTED)
    made = Shop(folder)
    try:
        yield made
    finally:
        made.running.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _say(page: Page) -> None:
    tab = Party(page.url, page.token, "t")
    await tab.connect()
    id = tab.say(1, "where is my parcel?")
    await tab.until(lambda: id in tab.acked, "the acknowledgement")
    await tab.close()


@pytest.mark.parametrize("served", [False, True], ids=["waits", "is served"])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_nobody_and_a_repeat_finishes_it(shop: Shop, step: str, served: bool) -> None:
    known, page = shop.known(f"{step} {served}"), Page(shop.url)
    assert page.begin().status == 200
    asyncio.run(_say(page))
    before, anonymous = shop.row(page.uid), Page(shop.url, page.token, page.adopt, page.uid)
    if served:
        call(shop.url, f"/v1/conversations/{page.uid}/claim", shop.anna, {})

    shop.kills.arm(step)
    jwt = shop.key.sign(f"{step} {served}")
    with pytest.raises(OSError):  # noqa: PT011 - whichever way a connection ends whose server is gone
        page.login(identity=jwt)
    assert not shop.kills.armed, f"nothing came as far as {step}"
    wait_until(lambda: _answers(shop), "another worker")
    assert shop.owed(anonymous.uid) or shop.owed(known.uid), "nobody sees that they wait"
    assert shop.owed(anonymous.uid) != bool(shop.row(anonymous.uid)["linked_to"]), "or that they may be taken"

    assert shop.patient(page, identity=jwt).status == 200
    assert page.uid == known.uid
    (here,) = linked(shop, known.uid)
    assert here["from"] == anonymous.uid
    (there,) = linked(shop, anonymous.uid)
    assert there["to"] == known.uid
    row = shop.row(known.uid)
    assert (row["status"], row["waiting_since"]) == ("held" if served else "waiting", before["waiting_since"])
    assert shop.row(anonymous.uid)["status"] == "resolved"
    assert page.ask("/v1/me").value["linked"] == [{"uid": anonymous.uid, "seq": here["seq"]}]
    read = page.ask(f"/v1/msgs?linked={anonymous.uid}").value
    assert [message["content"] for message in read] == ["where is my parcel?"]
    assert anonymous.ask("/v1/me").status == 401


def _answers(shop: Shop) -> bool:
    try:
        return ask(shop.url, "/readyz").status == 200
    except OSError:
        return False


def linked(shop: Shop, uid: str) -> list[Frame]:
    return [entry for entry in history(shop.url, shop.anna, uid) if entry.get("kind") == "linked"]
