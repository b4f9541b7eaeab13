"""A file on its way into a node that is looked at from inside: memory, a disk that fails, no room, no directory."""

import asyncio
import errno
import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.chat.errors import Refusal
from app.files import receive as receiving
from app.files.directory import Directory
from app.live import tickets
from app.store.errors import StoreAway, StoreFull
from app.web import streamed
from tests.clients.api import PASSWORD, ask, log_in
from tests.clients.events import Stream
from tests.clients.sockets import open_chat
from tests.clients.uploading import Uploading
from tests.folders import files_in
from tests.running import wait_until
from tests.transport.echo_server import ours
from tests.web.node_server import NodeServer

Start = Callable[..., NodeServer]
KILO = 1000


@pytest.fixture
def start(store_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start a node with such settings; its files are under `tmp_path`."""
    started: list[NodeServer] = []

    def begin(**limits: int | str) -> NodeServer:
        flags = {name.replace("__", "."): str(value) for name, value in limits.items()}
        started.append(NodeServer(store_url, flags={"data_dir": str(tmp_path), **flags}))
        return started[-1]

    with ours():
        yield begin
        for server in started:
            server.stop()


def left(folder: Path) -> list[Path]:
    """The files that lie there, finished or not, whatever is being removed meanwhile."""
    return [path for path in files_in(folder / "files") if path.parent.name != "files"]


def send(server: NodeServer, token: str, content: bytes, name: str = "tea.txt") -> tuple[int, Any]:
    """Upload; the status, and the code of a refusal or what is known of the file."""
    coming = Uploading(server.url, token, len(content), name)
    coming.more(content)
    status, said = coming.answer()
    return status, said.get("code", said)


def test_what_comes_faster_than_the_disk_waits_outside(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 0
    append, receive = streamed.StreamedBody.append, receiving.receive

    def seen(body: streamed.StreamedBody, data: bytes) -> None:
        nonlocal largest
        append(body, data)
        largest = max(largest, len(body._data))

    async def slowly(pieces: Any, write: Any) -> int:
        async def write_slowly(piece: bytes) -> None:
            await write(piece)
            await asyncio.sleep(0.005)  # what a disk may take

        return await receive(pieces, write_slowly)

    monkeypatch.setattr(streamed.StreamedBody, "append", seen)
    monkeypatch.setattr(receiving, "receive", slowly)
    server = start()
    content = bytes(range(256)) * 32 * KILO
    status, info = send(server, log_in(server.url, "Anna"), content)
    assert (status, info["size"]) == (201, len(content))
    assert [path.read_bytes() for path in left(tmp_path)] == [content]
    assert streamed.WAITING_BYTES <= largest <= streamed.WAITING_BYTES + 64 * 1024


def test_who_is_refused_while_sending_hears_why(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though more has come than may wait between them and the route; and then the connection ends."""
    server, judged = start(), asyncio.Event()

    async def late(*_: object) -> None:
        await judged.wait()
        raise Refusal("file_refused")

    monkeypatch.setattr(server.node.files, "take", late)
    endless = Uploading(server.url, log_in(server.url, "Anna"), 2**30)
    while select.select([], [endless.socket], [], 0.5)[1]:
        endless.socket.send(bytes(65536))
    server.do(judged.set)
    said = b""
    while part := endless.socket.recv(65536):
        said += part
    assert said.startswith(b"HTTP/1.1 422 ")
    endless.close()


@pytest.mark.parametrize(
    ("broken", "error", "answer", "stays"),
    [
        ("draft", OSError(errno.EACCES, "no"), (503, "files_unavailable"), 0),
        ("put", OSError(errno.ENOSPC, "no"), (507, "files_full"), 0),
        ("put", OSError(errno.EIO, "no"), (503, "files_unavailable"), 0),
        ("free", OSError(errno.ESTALE, "no"), (503, "files_unavailable"), 0),
        ("keep", StoreFull(), (507, "store_full"), 0),
        ("keep", StoreAway(), (503, "store_unavailable"), 1),  # it may know the file: the sweep finds out
    ],
)
def test_of_what_fails_nothing_is_left(
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    error: Exception,
    answer: Any,
    stays: int,
) -> None:
    server = start()
    token = log_in(server.url, "Anna")

    def fail(*_: object) -> None:
        raise error

    async def fail_later(*_: object) -> None:
        raise error

    if broken == "keep":
        monkeypatch.setattr(server.node.store.files, "keep", fail_later)
    else:
        monkeypatch.setattr(Directory, broken, fail)
    assert send(server, token, b"tea") == answer
    wait_until(lambda: len(left(tmp_path)) == stays, "what stays")


def told(stream: Stream) -> Any:
    return stream.until(lambda kind, _: kind == "files")


def test_agents_are_told_that_there_is_no_more_room_and_that_there_is_again(start: Start, tmp_path: Path) -> None:
    server = start(limits__file_bytes=KILO, limits__files_total_bytes=5 * KILO // 2)
    server.do(server.node.team.add, "Olga", PASSWORD, "admin")
    olga, anna = log_in(server.url, "Olga", PASSWORD), log_in(server.url, "Anna")
    watching = Stream(server.url, olga, "?delta=1")
    ids = [send(server, anna, bytes(KILO))[1]["id"] for _ in range(2)]
    assert told(watching) == {"full": True}
    assert send(server, anna, bytes(KILO)) == (507, "files_full")
    assert send(server, anna, bytes(KILO // 2))[0] == 201
    late = Stream(server.url, olga, "?delta=1")
    assert [late.event()[1:] for _ in range(2)][1] == ("files", {"full": True})
    plain = Stream(server.url, olga)
    assert plain.event()[1] == ""
    server.do(server.node.store.files.forget, ids[0].partition(".")[0], ids)
    assert told(watching) == told(late) == {"full": False}
    for stream in (watching, late, plain):
        stream.close()


def test_files_leave_the_disk_what_messages_need(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start()
    anna = log_in(server.url, "Anna")
    monkeypatch.setattr(Directory, "free", lambda _: 64_000_000 + 2)
    assert send(server, anna, b"tea") == (507, "files_full")
    assert send(server, anna, b"te")[0] == 201
    assert len(left(tmp_path)) == 1


def test_a_scanner_is_heard(start: Start, tmp_path: Path) -> None:
    server = start(files__scan="sh -c 'case $(cat \"$1\") in *virus*) exit 1;; *strange*) exit 2;; esac' -")
    anna = log_in(server.url, "Anna")
    assert send(server, anna, b"a virus") == (422, "file_refused")
    assert send(server, anna, b"a strange thing") == (503, "files_unavailable")
    assert left(tmp_path) == []
    assert send(server, anna, b"tea")[0] == 201


def test_where_no_directory_is_known_no_files_are_taken(start: Start, tmp_path: Path) -> None:
    server = start(redis="redis://127.0.0.1:6379/0")
    anna, uid = log_in(server.url, "Anna"), "v" * 26
    assert send(server, anna, b"tea") == (503, "files_unavailable")
    assert ask(server.url, f"/v1/files/{uid}.{'a' * 22}", Authorization=anna).refusal == (404, "not_found")
    assert "file_bytes" not in ask(server.url, "/v1/desk").value
    chat = open_chat(server.url, anna)
    assert "file_bytes" not in chat.hear(type="hello")["limits"]
    chat.close()
    assert left(tmp_path) == []


def test_a_ticket_lasts_an_hour(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start()
    anna = log_in(server.url, "Anna")
    _, info = send(server, anna, b"tea")
    for life, status in ((1000, 200), (-1, 401)):
        monkeypatch.setattr(tickets, "_LIFE_MS", life)
        ticket = ask(server.url, "/v1/files/ticket", Authorization=anna).value["ticket"]
        assert ask(server.url, f"/v1/files/{info['id']}?t={ticket}").status == status
