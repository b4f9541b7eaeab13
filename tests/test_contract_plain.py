"""A client of the old demo, which knows nothing of us: `curl`, an event stream, and a WebSocket on a bare socket.

Run against the source, and against the file that people download where it has been built.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.sockets import RawSocket
from tests.running import PATIENCE, ROOT, Chatadmin, in_time, program_under_test, wait_until

PASSWORD = "correct horse battery"
FILE = Path(os.environ.get("CHATADMIN_UNDER_TEST") or ROOT / "dist" / "chatadmin")


@pytest.fixture(scope="module", params=["source", pytest.param("file", marks=pytest.mark.frozen)])
def shop(request: pytest.FixtureRequest) -> Iterator[Chatadmin]:
    """The running product with an administrator Olga and an agent Pavel."""
    if request.param == "file" and not FILE.is_file():
        pytest.skip("dist/chatadmin is not built: ./build.sh")
    program = program_under_test() if request.param == "source" else [str(FILE.resolve())]
    with Chatadmin(config={"limits": {"logins_per_minute": 0}}, program=program, cwd=ROOT) as running:
        _, answer = curl(
            f"{running.url}/setup",
            data={"secret": running.setup_secret, "name": "Olga", "password": PASSWORD},
        )
        assert answer["value"]["role"] == "admin"
        command = [*program, "agent", "add", "Pavel", "--password-stdin", "--data-dir", str(running.data_dir)]
        subprocess.run(
            command, input=PASSWORD, text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=PATIENCE
        )
        yield running


@pytest.fixture
def url(shop: Chatadmin) -> str:
    return shop.url


# -- curl -----------------------------------------------------------------------------------------------------------


def curl(url: str, *options: str, data: Any = None) -> tuple[str, Any]:
    """What `curl -i` prints: the head as text, the body as JSON."""
    words = [*options, *(["-d", json.dumps(data)] if data is not None else [])]
    ran = subprocess.run(
        ["curl", "-sS", "-i", "-m", "60", *words, url], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    head, _, body = ran.stdout.partition("\n\n")
    return head, json.loads(body)


def log_in(url: str, nickname: str, password: str = "") -> tuple[str, dict[str, Any]]:
    """Token and person, as a script would get them."""
    head, answer = curl(f"{url}/login", data={"nickname": nickname} | ({"password": password} if password else {}))
    (line,) = [line for line in head.splitlines() if line.lower().startswith("token: ")]
    return line.split()[1], answer["value"]


def users(url: str, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = curl(f"{url}/v1/users", "-H", f"Authorization: {token}")[1]["value"]
    return found


def history(url: str, token: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = curl(f"{url}/v1/msgs?{query}", "-H", f"Authorization: {token}")[1]["value"]
    return found


class Stream:
    """`curl -N` on the event stream: the lists it was told, one an unnamed event."""

    def __init__(self, url: str, token: str) -> None:
        self.process = subprocess.Popen(
            ["curl", "-sSN", f"{url}/v1/stream?token={token}"], stdout=subprocess.PIPE, text=True
        )

    def event(self) -> list[dict[str, Any]]:
        """The next event's data; fails where the stream has ended."""
        assert self.process.stdout is not None
        data = ""
        for line in self.process.stdout:
            assert not line.startswith("event:"), line
            if line.startswith("data: "):
                data += line.removeprefix("data: ")
            elif line == "\n" and data:
                found: list[dict[str, Any]] = json.loads(data)
                return found
        raise AssertionError("the stream has ended")

    def until(self, condition: Callable[[list[dict[str, Any]]], Any]) -> list[dict[str, Any]]:
        while not condition(found := self.event()):
            pass
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def stream(url: str) -> Iterator[Callable[[str], Stream]]:
    opened: list[Stream] = []

    def start(token: str) -> Stream:
        opened.append(Stream(url, token))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


# -- a WebSocket on a bare socket -----------------------------------------------------------------------------------


def say(chat: RawSocket, content: str, **more: Any) -> None:
    """Write something."""
    chat.tell(**{"content": content, "send_time": "2021-05-01T10:00:00Z", **more})


def knock(url: str, token: str, client: str = "") -> RawSocket:
    """A socket that was answered: let in, or refused."""
    query = f"token={token}" + (f"&client={quote(client)}" if client else "")
    return RawSocket(url, path=f"/v1/chat?{query}").open()


Chat = Callable[..., RawSocket]


@pytest.fixture
def chat(url: str) -> Iterator[Chat]:
    """Open the chat: `chat(token)`, or `chat(token, "Anna")` for an agent."""
    opened: list[RawSocket] = []

    def start(token: str, client: str = "") -> RawSocket:
        opened.append(knock(url, token, client))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def has_offset(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() is not None


# -- the story ------------------------------------------------------------------------------------------------------


def test_a_visitor_and_an_agent_talk(url: str, chat: Chat) -> None:
    anna, who = log_in(url, "Anna")
    assert (who["nickname"], who["role"], who["token"]) == ("Anna", "user", "")
    page = chat(anna)
    assert page.status == 101
    assert "sec-websocket-extensions" not in page.headers
    welcome = page.hear()
    assert set(welcome) == {"user", "type", "content", "msg_time", "client_send_time", "url"}
    assert (welcome["type"], welcome["user"]["nickname"]) == (1, "system")

    say(page, "Is the blue one in stock?")
    olga, agent = log_in(url, "Olga", PASSWORD)
    assert agent["role"] == "admin"
    wait_until(lambda: history(url, anna), "the first message in the history")
    desk = chat(olga, "Anna")
    entered = page.hear()
    assert (entered["type"], entered["user"]["nickname"], entered["user"]["role"]) == (2, "Olga", "admin")
    (row,) = [user for user in users(url, olga) if user["nickname"] == "Anna"]
    assert (row["uid"], row["admin"], row["is_chated"]) == (who["uid"], "Olga", True)
    assert has_offset(row["enter_at"])

    assert [item["content"] for item in history(url, olga, "client=Anna")] == ["Is the blue one in stock?"]
    say(desk, "Yes, two.", send_time="2021-05-01T12:00:00+02:00")
    heard = page.hear()
    assert set(heard) == {"user", "type", "content", "msg_time", "client_send_time", "url"}
    assert set(heard["user"]) >= {"uid", "nickname", "role", "enter_at"}
    assert (heard["type"], heard["content"], heard["client_send_time"]) == (
        0,
        "Yes, two.",
        "2021-05-01T12:00:00+02:00",
    )
    assert (heard["user"]["nickname"], heard["user"]["role"]) == ("Olga", "admin")
    assert has_offset(heard["msg_time"])
    say(page, "Great!")
    heard = desk.hear()
    assert (heard["content"], heard["user"]["role"]) == ("Great!", "user")

    page.close()
    left = desk.hear()
    assert (left["type"], left["user"]["nickname"], left["user"]["role"]) == (3, "Anna", "user")
    said = [(item["user"]["role"], item["content"]) for item in history(url, olga, f"client={who['uid']}")]
    assert said == [("user", "Is the blue one in stock?"), ("admin", "Yes, two."), ("user", "Great!")]


def test_every_time_is_one_and_every_role_a_word_of_the_demo(url: str, chat: Chat) -> None:
    lily, _ = log_in(url, "Lily")
    olga, _ = log_in(url, "Olga", PASSWORD)
    page, desk = chat(lily), chat(olga, "Lily")
    heard = [page.hear(), page.hear()]
    sent: list[Any] = ["2021-05-01T10:00:00.123Z", "2021-05-01t10:00:00z", "2021-05-01T10:00:00-08:00"]
    for time_ in sent:
        say(page, "on time", send_time=time_)
    for no_time in ("10:00", "", "2021-02-30T10:00:00Z", "2021-05-01T10:00:00", "2021-05-01 10:00:00Z", 7, 1.5, None):
        say(page, "some time", send_time=no_time)
    page.tell(content="no word of it")
    on_time, others = [desk.hear() for _ in sent], [desk.hear() for _ in range(9)]
    assert [frame["client_send_time"] for frame in on_time] == sent
    heard += on_time + others + history(url, lily)
    for frame in heard:
        assert frame["user"]["role"] in ("admin", "user")
        for text in (frame["msg_time"], frame["client_send_time"], frame["user"]["enter_at"]):
            assert has_offset(text.upper()), frame
    for frame in [*heard[:2], *others]:
        assert frame["client_send_time"] == frame["msg_time"]
    assert [item["client_send_time"] for item in history(url, lily)][:3] == sent


def test_an_agent_of_either_role_reads_admin(url: str, chat: Chat) -> None:
    visitor, _ = log_in(url, "Bert")
    pavel, who = log_in(url, "Pavel", PASSWORD)
    assert who["role"] == "admin"
    page = chat(visitor)
    page.hear()
    say(chat(pavel, "Bert"), "Hello")
    assert [page.hear()["user"]["role"], page.hear()["user"]["role"]] == ["admin", "admin"]
    assert history(url, visitor)[0]["user"]["role"] == "admin"


def test_the_stream_tells_the_whole_list_at_once_and_after_each_change(
    url: str, chat: Chat, stream: Callable[[str], Stream]
) -> None:
    olga, _ = log_in(url, "Olga", PASSWORD)
    watch = stream(olga)
    assert isinstance(watch.event(), list)
    cora, who = log_in(url, "Cora")
    page = chat(cora)

    def names(rows: list[dict[str, Any]]) -> set[str]:
        return {row["nickname"] for row in rows}

    began = time.monotonic()
    rows = watch.until(lambda rows: "Cora" in names(rows))
    assert in_time(began, 2)
    (row,) = [row for row in rows if row["nickname"] == "Cora"]
    assert {"uid", "nickname", "admin", "is_chated", "enter_at"} <= set(row)
    assert (row["uid"], row["admin"], row["is_chated"]) == (who["uid"], "", False)
    desk = chat(olga, "Cora")
    watch.until(lambda rows: [row["admin"] for row in rows if row["nickname"] == "Cora"] == ["Olga"])
    desk.close()
    watch.until(lambda rows: [row["is_chated"] for row in rows if row["nickname"] == "Cora"] == [False])
    page.close()
    began = time.monotonic()
    watch.until(lambda rows: "Cora" not in names(rows))
    assert in_time(began, 5)


def test_history_comes_in_pages_oldest_first(url: str, chat: Chat) -> None:
    dora, _ = log_in(url, "Dora")
    page = chat(dora)
    page.hear()
    for number in range(60):
        say(page, f"line {number}")
        if number % 20 == 19:  # no faster than the limit on messages
            wait_until(lambda n=number: len(history(url, dora, "limit=200")) == n + 1, "twenty more lines")
            time.sleep(1)

    def lines(query: str) -> list[str]:
        return [item["content"] for item in history(url, dora, query)]

    assert lines("") == [f"line {number}" for number in range(10, 60)]
    assert lines("limit=2") == ["line 58", "line 59"]
    assert len(lines("limit=1000")) == 60
    middle = history(url, dora)[20]
    assert middle["content"] == "line 30"
    assert {"epoch", "seq", "id", "msg_time", "user"} <= set(middle)
    assert lines(f"before={middle['seq']}&limit=2") == ["line 28", "line 29"]
    assert lines(f"after={middle['seq']}&limit=2") == ["line 31", "line 32"]
    assert lines(f"after={middle['seq']}&before={middle['seq'] + 3}") == ["line 31", "line 32"]


def test_one_visitor_is_served_by_one_agent(url: str, chat: Chat) -> None:
    log_in(url, "Emil")
    olga, _ = log_in(url, "Olga", PASSWORD)
    pavel, _ = log_in(url, "Pavel", PASSWORD)
    first = chat(olga, "Emil")
    assert first.status == 101
    second = knock(url, pavel, "Emil")
    assert second.status == 409
    answer = json.loads(second.rest())
    second.close()
    assert answer["code"] == "claimed"
    assert "Olga" in answer["msg"]
    first.close()
    wait_until(lambda: _opens(url, pavel, "Emil"), "the claim given back")
    assert chat(pavel, "Nobody").status == 404
    assert chat("no-token", "Emil").status == 401


def _opens(url: str, token: str, client: str) -> bool:
    tried = knock(url, token, client)
    tried.close()
    return tried.status == 101


def test_a_visitor_reads_and_writes_only_their_own(url: str, chat: Chat) -> None:
    frida, _ = log_in(url, "Frida")
    gustav, other = log_in(url, "Gustav")
    page, others = chat(frida), chat(gustav)
    page.hear()
    others.hear()
    say(others, "private")
    wait_until(lambda: history(url, gustav), "the message in the history")
    header = ("-H", f"Authorization: {frida}")
    mine = chat(frida, "Gustav")  # a visitor's `client` is ignored
    assert mine.status == 101
    mine.hear()
    say(mine, "mine")
    wait_until(lambda: history(url, frida), "the message in the history")
    for client in ("Gustav", other["uid"], "gUSTAV", "Nobody", "undefined", "[]", "7", f"&client={other['uid']}"):
        for query in (f"client={quote(client, safe='&=')}", f"client[]={quote(client)}"):
            assert [item["content"] for item in history(url, frida, query)] == ["mine"], query
    assert [item["content"] for item in history(url, gustav)] == ["private"]
    assert " 403" in curl(f"{url}/v1/users", *header)[0].splitlines()[0]


def test_a_broken_frame_is_an_error_and_the_socket_stays(url: str, chat: Chat) -> None:
    hugo, _ = log_in(url, "Hugo")
    page = chat(hugo)
    page.hear()
    say(page, "x" * 8001)
    assert page.hear()["type"] == 4
    say(page, ["no", "text"])  # type: ignore[arg-type]
    assert page.hear()["type"] == 4
    say(page, "fine")
    wait_until(lambda: history(url, hugo), "the message in the history")
    assert [item["content"] for item in history(url, hugo)] == ["fine"]


def test_logging_out_ends_sockets_and_streams(url: str, chat: Chat, stream: Callable[[str], Stream]) -> None:
    ida, _ = log_in(url, "Ida")
    olga, _ = log_in(url, "Olga", PASSWORD)
    page, watch = chat(ida), stream(olga)
    watch.event()
    began = time.monotonic()
    for token in (ida, olga):
        assert " 200" in curl(f"{url}/logout", "-X", "POST", "-H", f"Authorization: {token}")[0].splitlines()[0]
    assert page.close_code() == 4401
    assert watch.process.wait() == 0
    assert in_time(began, 5)
    again, _ = log_in(url, "Ida")
    assert again != ida
    assert history(url, again) == []


def test_errors_have_one_shape(url: str) -> None:
    for path, options, status in [
        ("/v1/users", (), 401),
        ("/nowhere", (), 404),
        ("/login", ("-X", "DELETE"), 405),
        ("/login", ("-d", "{"), 400),
        ("/login", ("-d", '{"nickname": "admin"}'), 403),
        ("/v1/conversations/nobody/claim", ("-X", "POST"), 401),
    ]:
        head, answer = curl(url + path, *options)
        assert f" {status}" in head.splitlines()[0]
        assert set(answer) == {"code", "msg", "inner"}
        assert answer["inner"] is None
