"""`chatadmin erase` beside a running server and without one: nothing of them can be read in the data directory."""

import asyncio
import json
import re
import socket
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Outcome, run
from tests.clients.api import ask, history, log_in
from tests.clients.customers import Key, Page
from tests.clients.events import Stream
from tests.clients.party import Party
from tests.clients.uploading import Uploading
from tests.pictures import png
from tests.prepared import Prepared
from tests.privacy.disk import readable
from tests.running import PATIENCE, Chatadmin, wait_until

SECRET = "is a dear customer of ours"
SITE = "https://shop.example.com"
CONFIG: dict[str, Any] = {
    "url": "http://127.0.0.1:9",
    "sites": [SITE],
    "mail": {"smtp": "smtp://127.0.0.1:9", "from": "chat@shop.example"},
    "limits": {"logins_per_minute": 0, "messages_per_second": 0},
}


def commanded(data: Path, home: Path, *words: str) -> Outcome:
    """Run the program on a data directory; backups lie in `home`."""
    return run(*words, "--data-dir", str(data), home=home, env={"CHATADMIN_BACKUP__TO": str(home)})


def plainly(data: Path) -> None:
    """Have the embedded store write its files so that what is in them can be read."""
    words = b"*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$14\r\nrdbcompression\r\n$2\r\nno\r\n"
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE)
        link.connect((data / "store.address").read_bytes())
        link.sendall(words)
        assert link.recv(64).startswith(b"+OK")


class Customer:
    """Somebody who writes anonymously, with a file, then logs in and leaves an address: all with their own `mark`."""

    def __init__(self, url: str, key: Key, mark: str) -> None:
        self.url, self.mark, self.page = url, mark, Page(url)
        proof = key.sign(f"sub-{mark}", name=f"Maria {mark}", email=f"{mark}@mail.example", attributes={"plan": mark})
        assert Page(url).begin(identity=proof).status == 200  # on another day
        seen = {"page": f"{SITE}/{mark}-teapots", "title": f"Teapots {mark}"}
        assert self.page.begin(**seen, name=f"Guest {mark}").status == 200
        self.anonymous = self.page.uid
        self.file = self.page.ask(f"/v1/files?name=drawing-{mark}.png", png(40, 30)).json["value"]["id"]
        text = self.page.ask(f"/v1/files?name=list-{mark}.txt", f"bytes of {mark}".encode()).json["value"]["id"]
        asyncio.run(self._say(f"Is {mark} here yet?", text))
        assert self.page.login(identity=proof).status == 200
        self.uid, self.token = self.page.uid, self.page.token
        asyncio.run(self._say(f"It is me again, {mark}.", None))

    async def _say(self, content: str, file: str | None) -> None:
        party = Party(self.url, self.page.token, f"tab{len(content)}")
        await party.connect()
        party.send({"type": "context", "page": f"{SITE}/{self.mark}-cart", "title": f"Cart {self.mark}"})
        party.send(
            {"type": "send", "id": f"tab{len(content)}.1", "content": content, **({"file": file} if file else {})}
        )
        await party.next("ack")
        await party.close()

    @property
    def uids(self) -> list[str]:
        return [self.anonymous, self.uid]

    def answer(self, admin: str) -> None:
        """An agent takes it, answers, writes a note, tags it."""
        path = f"/v1/conversations/{self.uid}"
        assert ask(self.url, f"{path}/claim", {}, Authorization=admin).status == 200
        asyncio.run(self._answer(admin))
        assert ask(self.url, f"{path}/tags", {"tag": f"tag {self.mark}"}, Authorization=admin).status == 200

    async def _answer(self, admin: str) -> None:
        party = Party(self.url, admin, f"desk{self.mark}")
        await party.connect(self.uid)
        for n, (said, note) in enumerate(((f"We have {self.mark} here.", False), (f"{self.mark} {SECRET}", True)), 1):
            sent = {"type": "send", "id": f"{party.tab}.{n}", "content": said, "note": note}
            party.send({**sent, "conversation": self.uid})
        await party.until(lambda: len(party.acked) == 2, "what was said")
        await party.close()


@pytest.fixture
def started(prepared: Prepared, start_chatadmin: Callable[..., Chatadmin]) -> tuple[Chatadmin, str, Key]:
    """A shop of two workers that sends mail, its administrator's token, and its key."""
    shop = start_chatadmin("--workers", "2", data_dir=prepared("Anna"), config=CONFIG)
    anna = log_in(shop.url, "Anna", "correct horse battery")
    plainly(shop.data_dir)
    return shop, anna, Key.made(shop.url, anna)


async def _watched(shop: Chatadmin, anna: str, gone: Customer, erase: Callable[[], Outcome]) -> Outcome:
    """Erase while a page of theirs is open, and an agent has the conversation up; what each of them hears."""
    page = Party(shop.url, gone.token, "open")
    console = Party(shop.url, anna, "console")
    await page.connect()
    await console.connect(gone.uid)
    upload = Uploading(shop.url, gone.token, 20, name=f"late-{gone.mark}.txt")
    upload.more(f"late {gone.mark}".encode())
    outcome = await asyncio.to_thread(erase)
    upload.more(f"{gone.mark}!".encode())
    assert upload.answer()[0] in (410, 503)  # it was refused, or its place was gone
    await page.until(lambda: not page.connected, "the end of the page")
    told = await page.next("error")
    assert (told["code"], told["conversation"], page.close_code) == ("erased", gone.uid, 4401)
    told = await console.next("error")
    assert (told["code"], told["conversation"], console.connected) == ("erased", gone.uid, True)
    start = len(console.frames)
    console.send({"type": "join", "conversation": gone.uid})
    assert (await console.next("error", start))["code"] == "unknown_client"
    await console.close()
    return outcome


def test_erased_beside_the_server_and_without_it(
    started: tuple[Chatadmin, str, Key], tmp_path: Path, start_chatadmin: Callable[..., Chatadmin]
) -> None:
    shop, anna, key = started
    data = shop.data_dir
    quartz, zephyr, other = (Customer(shop.url, key, mark) for mark in ("quartzz", "zephyrr", "walnutt"))
    for one in (quartz, zephyr, other):
        one.answer(anna)
    wait_until(lambda: _search(shop.url, anna, "walnutt"), "the index of what was said")
    _exported(data, tmp_path, quartz, other)
    backup = str(tmp_path / "before.tar.gz")
    assert commanded(data, tmp_path, "backup", backup).status == 0
    words = [quartz.mark, *quartz.uids]
    assert set(words) <= {word for found in readable(data, words).values() for word in found}
    stream = Stream(shop.url, anna, "?delta=1")
    before = history(shop.url, anna, other.uid)

    outcome = asyncio.run(
        _watched(shop, anna, quartz, lambda: commanded(data, tmp_path, "erase", "sub:sub-quartzz", "--yes"))
    )
    assert (outcome.status, outcome.err) == (0, "")
    assert re.match(r"Maria quartzz \(v\w+\) is erased: 2 conversations, \d+ entries, 2 files\.\n", outcome.out)
    stream.until(lambda kind, data: kind == "visitor" and data == {"uid": quartz.uid, "gone": True})
    stream.close()
    wait_until(lambda: not readable(data, words), f"the end of {readable(data, words)}")
    assert ask(shop.url, "/v1/me", Authorization=quartz.token).refusal == (401, "no_session")
    assert commanded(data, tmp_path, "erase", "sub:sub-quartzz", "--yes").status == 1

    assert history(shop.url, anna, other.uid)[: len(before)] == before
    assert _search(shop.url, anna, "walnutt")
    assert not _search(shop.url, anna, "quartzz")
    fresh = Stream(shop.url, anna, "?delta=1")
    assert "quartzz" not in str(fresh.event())
    fresh.close()

    shop.stop()
    assert not readable(data, words)
    words = [zephyr.mark, *zephyr.uids]
    assert readable(data, words)
    for name in ("temp-rewriteaof-4190001.aof", "appendonlydir/temp-rewriteaof-bg-4190001.aof"):
        (data / "store" / name).write_text(f"of a server that was killed: {zephyr.mark}")
    outcome = commanded(data, tmp_path, "erase", zephyr.anonymous, "--yes")
    assert (outcome.status, outcome.err) == (0, "")
    assert readable(data, words) == {}
    again = start_chatadmin(data_dir=data, config=CONFIG)
    anna = log_in(again.url, "Anna", "correct horse battery")
    assert history(again.url, anna, other.uid)[: len(before)] == before
    assert ask(again.url, f"/v1/visitors/{zephyr.uid}", Authorization=anna).refusal == (404, "unknown_client")
    again.stop()

    for place, more in ((data, ["--replace"]), (tmp_path / "elsewhere", [])):  # the store knows; and erased.jsonl
        outcome = commanded(place, tmp_path, "restore", backup, *more)
        assert outcome.status == 0, outcome.err
        assert readable(place, [quartz.mark, *quartz.uids, *words]) == {}
        assert readable(place, [other.mark])


def _exported(data: Path, home: Path, one: Customer, other: Customer) -> None:
    """The zip has all of theirs, whole and readable, and nothing of another, nor what agents wrote to each other."""
    done = commanded(data, home, "export", f"{one.mark}@mail.example", "theirs.zip")
    assert (done.status, done.err) == (0, "")
    expected = rf"Maria {one.mark} \({one.uid}\): 2 conversations, \d+ entries, 2 files in theirs.zip\n"
    assert re.fullmatch(expected, done.out)
    assert stat.S_IMODE((home / "theirs.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(home / "theirs.zip") as found:
        assert found.testzip() is None
        content = {name: found.read(name) for name in found.namelist()}
    person = json.loads(content["person.json"])
    assert person["person"]["id"] == one.uid
    assert person["person"]["vouched_for_by_the_shop"]["email"] == f"{one.mark}@mail.example"
    assert [before["id"] for before in person["before_it_was_known_who_they_are"]] == [one.anonymous]
    folder = f"files/{one.anonymous}/"
    assert content[f"{folder}list-{one.mark}.txt"] == f"bytes of {one.mark}".encode()
    assert content[f"{folder}drawing-{one.mark}.png"].startswith(b"\x89PNG")
    said = json.loads(content[f"conversations/{one.anonymous}.json"])
    (message,) = [entry for entry in said if entry["kind"] == "message"]
    assert (message["text"], message["by"]["side"]) == (f"Is {one.mark} here yet?", "visitor")
    assert message["file"]["path"] == f"{folder}list-{one.mark}.txt"
    text = content[f"conversations/{one.uid}.txt"].decode()
    assert f"Maria {one.mark}: It is me again, {one.mark}." in text
    everything = b"".join(content.values())
    assert other.mark.encode() not in everything
    assert SECRET.encode() not in everything
    with_notes = home / "notes.zip"
    assert commanded(data, home, "export", one.uid, str(with_notes), "--notes").status == 0
    with zipfile.ZipFile(with_notes) as found:
        assert SECRET.encode() in found.read(f"conversations/{one.uid}.txt")
    again = commanded(data, home, "export", one.uid, "theirs.zip")
    assert (again.status, again.complaint) == (1, "theirs.zip is there already; name another file")
    assert sorted(path.name for path in home.glob("*.zip*")) == ["notes.zip", "theirs.zip"]


def _search(url: str, token: str, word: str) -> Any:
    return ask(url, f"/v1/search?q={word}", Authorization=token).value
