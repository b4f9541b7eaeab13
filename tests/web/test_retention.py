"""A shop that keeps what was said for some days only, on the running product with a store of its own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

from tests.clients.api import ask, history, login, set_up
from tests.clients.party import Party
from tests.folders import files_in
from tests.running import Chatadmin, Valkey, wait_until

DAY = 24 * 3600 * 1000
Start = Callable[..., Any]


def age(store: Redis, log: str, seqs: int, days: int) -> None:
    """Have the first `seqs` entries of a conversation been written so many days earlier."""
    entries: Any = store.xrange(log)
    with store.pipeline() as batch:
        batch.delete(log)
        for id, fields in entries:
            head, _, time = fields["h"].rpartition("|")
            if int(id.partition("-")[0]) <= seqs:
                fields["h"] = f"{head}|{int(time) - days * DAY}"
            batch.xadd(log, fields, id=id)
        batch.execute()


def send(url: str, token: str, name: str) -> str:
    """Upload a file; its id."""
    answer = ask(url, f"/v1/files?name={name}", b"words", method="POST", Authorization=token)
    assert answer.status == 201, answer.body
    return str(answer.json["value"]["id"])


def lie(place: Path) -> list[str]:
    """The files whose bytes are there."""
    return [f"{path.parent.name}.{path.name}" for path in files_in(place) if path.parent != place]


def test_what_is_too_old_is_forgotten_at_once(start_store: Start, start_chatadmin: Start, tmp_path: Path) -> None:
    """And the files in it."""
    store: Valkey = start_store()
    place = tmp_path / "files"
    shop: Chatadmin = start_chatadmin("--redis", store.url, config={"files": {"directory": str(place)}})
    olga = set_up(shop.url, shop.setup_secret, "Olga")
    maria, uid = login(shop.url, "Maria")
    log = f"{{s00}}:c:{uid}"

    async def story() -> None:
        tab = Party(shop.url, maria, "tab")
        await tab.connect()
        files = [await asyncio.to_thread(send, shop.url, maria, f"{n}.txt") for n in range(2)]
        for n in range(1, 5):
            more = {"file": files[n % 2]} if n in (2, 3) else {}
            tab.send({"type": "send", "id": f"tab.{n}", "content": f"text {n}", **more})
        await tab.until(lambda: len(tab.acked) == 4, "all to be acknowledged")
        held = tab.place
        await tab.close()
        await asyncio.to_thread(ask, shop.url, f"/v1/conversations/{uid}/resolve", {}, Authorization=olga)
        age(Redis.from_url(store.url, decode_responses=True), log, 3, 40)

        body = {"version": 0, "retention_days": 30}
        answer = await asyncio.to_thread(ask, shop.url, "/v1/shop", body, method="PATCH", Authorization=olga)
        assert answer.status == 200
        await asyncio.to_thread(wait_until, lambda: len(history(shop.url, maria)) < 4, "the old ones to go")
        assert [entry["content"] for entry in history(shop.url, maria) if entry["type"] == "message"] == [
            "text 3",
            "text 4",
        ]
        found = [ask(shop.url, f"/v1/files/{file}", Authorization=maria).status for file in files]
        assert found == [404, 200]
        assert sorted(lie(place)) == sorted(files)  # its bytes go an hour later (tests/live/test_files.py)
        assert held is not None
        tab.place = (held[0], 1, "tab.1")  # a page that slept for forty days
        await tab.connect()
        assert (await tab.next("reset"))["reason"] == "trimmed"
        tab.drop()

    asyncio.run(story())
    shop.process.wait_for("entries older than 30 days were forgotten")
