"""SIGKILL at each step of a file's way: no acknowledged message without its bytes, and nothing is left behind.

The program that runs is a copy of the source which kills its worker where the test says, once. The author does what
every client does: uploads again what was not answered, and offers the same message until it is acknowledged.
"""

import asyncio
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from picows import WSHandshakeError

from app.files.directory import Directory
from app.store.datadir import address
from app.store.store import Store
from tests.clients.api import Frame, ask, history, login
from tests.clients.party import Party
from tests.delivery.kills import BACK_AT_ONCE, KILLED, Kills
from tests.prove.changed import copy
from tests.prove.shop import Program
from tests.running import wait_until

_SYNC = "    finally:\n        os.close(descriptor)\n"
_HERE = '__import__("app.files.directory").files.directory.killed({!r})\n'
_KEPT = "        await self._known(uid, by, asked.note, info)\n"
_ACK = "        self.send(encoded.ack(repeat))\n"
_WENT = "            await files.forget(uid, found.trimmed)\n"
_RENAME, _UNLINK = "        draft.path.rename(path)\n", "            path.unlink(missing_ok=True)\n"
_DIRECTORY, _DUTY = "app/files/directory.py", "app/live/duties/files.py"


PLANTED = (
    (_DIRECTORY, _SYNC, _SYNC + KILLED),
    (_DIRECTORY, _RENAME, "        killed('synced')\n" + _RENAME + "        killed('named')\n"),
    (_DIRECTORY, _UNLINK, "            killed('removing')\n" + _UNLINK),
    ("app/live/uploads.py", _KEPT, "        " + _HERE.format("put") + _KEPT + "        " + _HERE.format("kept")),
    ("app/live/full.py", _ACK, "        " + _HERE.format("stored") + _ACK),
    (_DUTY, _WENT, _WENT + "            " + _HERE.format("forgotten")),
    (_DUTY, "WAIT_MS = 3600 * 1000", "WAIT_MS = 0"),
    # It sweeps all the time, and once the test says so, what is young too.
    (_DUTY, "now_ms() - UNSENT_MS)", "now_ms() - UNSENT_MS * (not __import__('os').path.exists(__file__ + '.all')))"),
    BACK_AT_ONCE,
    ("app/live/duties/hourly.py", "INTERVAL, ASK_INTERVAL = 3600.0, 60.0", "INTERVAL, ASK_INTERVAL = 0.05, 0.05"),
)
# When the bytes, the record, the entry are there, each of them and no more.
SENDING, SWEEPING = ("synced", "named", "put", "kept", "stored"), ("forgotten", "removing")


class Shop:
    """The planted program. `killed(step)`: its worker dies there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kills = Kills(folder / "app/files")
        self.data = folder / "data"
        self.running = Program(folder).start(data_dir=self.data)

    @property
    def place(self) -> Directory:
        return Directory(self.data / "files")

    def sweep_all(self) -> None:
        (self.folder / f"{_DUTY}.all").touch()

    async def total(self) -> int:
        store = Store(address(self.data), 1, 30, 30, 168)
        await store.open()
        try:
            return await store.files.total()
        finally:
            await store.close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    folder = copy(PLANTED)
    made = Shop(folder)
    try:
        yield made
    finally:
        made.running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _upload(url: str, token: str, content: bytes) -> str:
    """Until it is answered; its id."""
    while True:
        try:
            answer = ask(url, "/v1/files?name=words.txt", content, method="POST", Authorization=token)
        except OSError:
            continue  # the worker has died: the next one answers
        if answer.status == 201:
            return str(answer.json["value"]["id"])
        assert answer.status == 503, answer.body


async def _send(tab: Party, n: int, content: bytes) -> str:
    """A message with a file, until it is acknowledged; the file's id."""
    file, id = await asyncio.to_thread(_upload, tab.url, tab.token, content), f"{tab.tab}.{n}"
    while id not in tab.acked:
        try:
            if not tab.connected:
                await tab.connect()
            tab.send({"type": "send", "id": id, "content": f"text {n}", "file": file})
            await tab.until(partial(_answered, tab, id, len(tab.frames)), f"word of {id}")
        except (OSError, WSHandshakeError):
            await asyncio.sleep(0.1)  # nobody serves yet
    return file


def _answered(tab: Party, id: str, told: int) -> bool:
    refused = [frame for frame in tab.frames[told:] if frame["type"] == "error" and frame.get("id") == id]
    assert all(frame["code"] == "store_unavailable" for frame in refused), refused
    return bool(refused) or id in tab.acked or not tab.connected


def test_a_kill_at_any_step_loses_no_file_and_leaves_none(shop: Shop) -> None:
    url = shop.running.url
    lily, _ = login(url, "Lily")
    tab = Party(url, lily, "tab")
    said: dict[str, bytes] = {}

    async def story() -> None:
        await tab.connect()
        for n, step in enumerate(SENDING, 1):
            shop.kills.arm(step)
            content = step.encode() * 1000
            said[await _send(tab, n, content)] = content
            assert not shop.kills.armed, f"nothing came as far as {step}"
        await tab.close()

    asyncio.run(story())
    assert len(list(shop.place.sweep())) > len(said), "no kill left anything behind"
    for step in SWEEPING:
        shop.kills.arm(step)
        shop.sweep_all()
        wait_until(lambda: not shop.kills.armed, f"a sweep to come as far as {step}")
    wait_until(lambda: {found.id for found in shop.place.sweep()} == set(said), "all else to be swept away")
    assert tab.faults == []
    entries: list[Frame] = [entry for entry in history(url, lily) if entry["type"] == "message"]
    assert [(entry["id"], entry["file"]["id"]) for entry in entries] == [
        (f"tab.{n}", file) for n, file in enumerate(said, 1)
    ]
    for file, content in said.items():
        assert ask(url, f"/v1/files/{file}", Authorization=lily).body == content
    assert asyncio.run(shop.total()) == sum(map(len, said.values()))
