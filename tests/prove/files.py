"""Files in a run: people send them with some of their messages, and in the end each is read back."""

import asyncio
import hashlib
import random
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.clients.aio import download, upload
from tests.clients.api import HttpError
from tests.pictures import png
from tests.prove.changed import Changes, copy
from tests.prove.party import AGAIN, Tab
from tests.prove.shop import Program, Shop

# A node that sweeps all the time, whoever has swept within the hour, and waits for no file to be sent.
IMPATIENT: Changes = (
    ("app/live/duties/files.py", 'super().__init__(store, "files", ', 'super().__init__(store, "files at once", '),
    ("app/live/duties/files.py", "UNSENT_MS = 24 * 3600 * 1000", "UNSENT_MS = 0"),
    ("app/live/duties/files.py", "WAIT_MS = 3600 * 1000", "WAIT_MS = 0"),
    ("app/live/duties/hourly.py", "INTERVAL, ASK_INTERVAL = 3600.0, 60.0", "INTERVAL, ASK_INTERVAL = 0.3, 0.1"),
)
# Seconds until everything must be swept; refusals of an upload that mean "not now".
SWEEP, NOT_NOW = 60.0, (408, 429, 503)
# Seconds for which "not now" may be the answer: longer than any fault, and what comes back after it.
PATIENCE = 90.0
# Share of the files that nobody sends after all.
THOUGHT_BETTER = 0.1
# Bytes of a file, at most: several pieces of what a node reads at once.
LARGEST = 200_000


async def attach(tab: Tab, uid: str) -> None:
    """One more message, with a file: it is said once the file is taken, by whichever node and however often it takes.

    An upload whose answer was lost is nobody's, and another is made. Some think better of it.
    """
    name, type, data = _made(tab.rng)
    query = {"client": uid, "name": name}
    late = time.monotonic() + PATIENCE
    while tab.wanted:
        try:
            info = await upload(tab.rng.choice(tab.urls()), tab.token, query, data, type, tab.rng.uniform(0, 0.2))
        except HttpError as refusal:
            if tab.role == "agent" and refusal.status == 403:
                return  # somebody else's by now
            # Without a word: the network has closed one way, and the server saw half a request.
            halved = refusal.status == 400 and refusal.body is None
            if not (halved or refusal.status in NOT_NOW) or time.monotonic() > late:
                tab.journal.complaints.append(f"{name}: {refusal}")
                return
        except OSError:
            tab.journal.cut_uploads += 1
        else:
            if tab.rng.random() >= THOUGHT_BETTER:
                tab.say(uid, (info["id"], _digest(data)))
            return
        await asyncio.sleep(AGAIN)


def _made(rng: random.Random) -> tuple[str, str, bytes]:
    """A file: name, type, bytes."""
    if rng.random() < 0.3:
        return "kettle.png", "image/png", png(rng.randrange(1, 2000), rng.randrange(1, 2000))
    return "receipt.txt", "text/plain", rng.randbytes(rng.randrange(1, LARGEST))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def after_sweep(shop: Shop, token: str, wanted: set[str]) -> tuple[int, set[str], dict[str, str]]:
    """All nodes end, and one that does not wait sweeps: how many files lay there, the ids of those it leaves, and the
    digests of those `wanted`, as it gives them out."""
    for node in shop.nodes:
        if node.running is not None:
            await shop.end_node(node)
    before = len(lying(shop.files))
    folder = await asyncio.to_thread(copy, IMPATIENT, shop.program.place)
    try:
        await shop.start_node(shop.nodes[0], Program(folder))
        await _until_swept(shop.files, wanted)
        return before, lying(shop.files), await _read_back(shop, token, wanted)
    finally:
        await shop.end_node(shop.nodes[0])
        shutil.rmtree(folder, ignore_errors=True)


async def _until_swept(root: Path, wanted: set[str]) -> None:
    """Until nothing else is there; and once more with something that is nobody's: then a whole round has passed."""
    stray = root / ("v" + "x" * 25) / ("x" * 22)
    for again in (False, True):
        if again:
            stray.parent.mkdir()
            stray.write_bytes(b"nobody's")
        with suppress(TimeoutError):  # the checker says what is left
            async with asyncio.timeout(SWEEP):
                while not lying(root) <= wanted:  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.1)


def lying(root: Path) -> set[str]:
    """The ids of all files that lie there, drafts too."""
    return {f"{path.parent.name}.{path.name}" for path in root.glob("*/*")}


async def _read_back(shop: Shop, token: str, ids: Iterable[str]) -> dict[str, str]:
    """The digests of these files as a node gives them out, without those that it has not."""
    found = {}
    for id in ids:
        try:
            found[id] = _digest(await download(shop.nodes[0].url, token, id))
        except HttpError as refusal:
            if refusal.status != 404:
                raise
    return found
