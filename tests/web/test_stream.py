"""The dashboard's event stream on the running product: what it tells, whom, and how it ends."""

import http.client
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.clients.api import PASSWORD, add_agent, ask, figure, log_in
from tests.clients.events import Stream
from tests.clients.sockets import RawSocket, open_chat
from tests.running import PATIENCE, Chatadmin, environment, in_time, program_under_test

Listen = Callable[..., Stream]


@pytest.fixture
def listen(url: str) -> Iterator[Listen]:
    opened: list[Stream] = []

    def open_stream(token: str, query: str = "", **headers: str) -> Stream:
        opened.append(Stream(url, token, query, **headers))
        assert opened[-1].answer.status == 200
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


@pytest.fixture
def enter(shop: Chatadmin) -> Iterator[Callable[[str], RawSocket]]:
    """Connect a visitor by token."""
    opened: list[RawSocket] = []

    def connect(token: str) -> RawSocket:
        opened.append(open_chat(shop.url, token))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


def say(client: RawSocket, id: str, content: str) -> None:
    client.tell(type="send", id=id, content=content)


# -- the door -------------------------------------------------------------------------------------------------------


def test_only_agents_listen(url: str, visitor: str) -> None:
    assert ask(url, "/v1/stream").refusal == (401, "no_session")
    assert ask(url, "/v1/stream", Authorization=visitor).refusal == (403, "forbidden")
    assert ask(url, "/v1/stream", Authorization="nonsense").refusal == (401, "no_session")


def test_the_token_may_be_in_the_query_as_event_source_has_no_headers(url: str, olga: str) -> None:
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    link.request("GET", f"/v1/stream?token={olga}")
    answer = link.getresponse()
    assert answer.status == 200
    assert answer.readline().startswith(b"id: ")
    answer.close()
    link.close()


def test_headers_keep_proxies_from_holding_events_back(listen: Listen, olga: str) -> None:
    headers = listen(olga).answer.headers
    assert headers["Content-Type"].startswith("text/event-stream")
    assert "no-cache" in headers["Cache-Control"]
    assert headers["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in headers


# -- what is told ---------------------------------------------------------------------------------------------------


def test_the_plain_stream_is_the_list_at_once_and_after_each_change(
    listen: Listen, url: str, olga: str, visitor: str, name: str, enter: Callable[[str], RawSocket]
) -> None:
    stream = listen(olga)
    _, kind, users = stream.event()
    assert kind == ""
    assert users == ask(url, "/v1/users", Authorization=olga).value
    client = enter(visitor)
    users = stream.until(lambda kind, users: any(user["nickname"] == name for user in users))
    user = next(user for user in users if user["nickname"] == name)
    assert (user["admin"], user["is_chated"]) == ("", False)
    claimed = ask(url, f"/v1/conversations/{user['uid']}/claim", {}, Authorization=olga)
    assert claimed.status == 200
    stream.until(lambda kind, users: any(u["nickname"] == name and u["admin"] == "Olga" for u in users))
    client.close()
    begun = time.monotonic()
    stream.until(lambda kind, users: all(user["nickname"] != name for user in users))
    assert in_time(begun, 5)


def test_the_delta_stream_is_a_snapshot_and_what_changes(
    listen: Listen, olga: str, visitor: str, name: str, enter: Callable[[str], RawSocket]
) -> None:
    stream = listen(olga, "?delta=1")
    _, kind, snapshot = stream.event()
    assert kind == "snapshot"
    assert {agent["nickname"] for agent in snapshot["agents"]} >= {"Olga"}
    client = enter(visitor)
    item = stream.until(lambda kind, data: kind == "visitor" and data.get("nickname") == name)
    assert (item["online"], item["last"], item["holder"]) == (True, None, None)
    say(client, "tab.1", "喂 <b>")
    news = stream.until(lambda kind, data: data["uid"] == item["uid"] and data["last"])
    assert (news["last"]["content"], news["last"]["by"], news["unread"]) == ("喂 <b>", "visitor", 1)
    assert news["status"] == "waiting"
    client.close()
    left = stream.until(lambda kind, data: data["uid"] == item["uid"] and data.get("online") is False)
    assert left["left_at"]


def test_a_stream_is_resumed_from_the_last_event(
    listen: Listen, olga: str, visitor: str, name: str, enter: Callable[[str], RawSocket]
) -> None:
    first, watching = listen(olga, "?delta=1"), listen(olga, "?delta=1")
    place, _, _ = first.event()
    watching.event()
    first.close()
    enter(visitor)
    watching.until(lambda kind, data: data.get("nickname") == name)
    for again in (listen(olga, "?delta=1", Last_Event_ID=place), listen(olga, f"?delta=1&last_event_id={place}")):
        item = again.until(lambda kind, data: kind == "snapshot" or data.get("nickname") == name)
        assert item.get("nickname") == name  # not all of it again; somebody of a test before may still leave
    _, kind, _ = listen(olga, "?delta=1", Last_Event_ID="another-boot-5").event()
    assert kind == "snapshot"


def test_a_quiet_stream_has_a_comment_line_every_fifteen_seconds(listen: Listen, olga: str) -> None:
    stream = listen(olga, "?delta=1")
    begun = time.monotonic()
    stream.event()
    while not (lines := stream.block())[0].startswith(":"):
        begun = time.monotonic()
    assert lines == [":"]
    assert time.monotonic() - begun > 12
    assert in_time(begun, 18)


# -- how it ends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?delta=1"])
def test_logging_out_ends_the_stream_and_no_other(listen: Listen, url: str, olga: str, query: str) -> None:
    mine, other = listen(olga, query), listen(log_in(url, "Olga", PASSWORD), query)
    mine.event()
    other.event()
    assert ask(url, "/logout", {}, Authorization=olga).status == 200
    assert mine.over(within=5)
    log_in(url, "Olga", PASSWORD)
    other.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        other.over(within=0.5)


def test_disabling_an_agent_ends_their_streams(shop: Chatadmin, listen: Listen, url: str) -> None:
    add_agent(shop, "Ben", PASSWORD)
    stream = listen(log_in(url, "Ben", PASSWORD), "?delta=1")
    stream.event()
    line = [*program_under_test(), "agent", "disable", "Ben", "--data-dir", str(shop.data_dir)]
    subprocess.run(line, env=environment(shop.folder, None), check=True, timeout=PATIENCE, capture_output=True)
    assert stream.over(within=5)


def test_streams_end_when_the_server_stops() -> None:
    with Chatadmin() as running:
        ask(running.url, "/setup", {"secret": running.setup_secret, "name": "Olga", "password": PASSWORD})
        token = log_in(running.url, "Olga", PASSWORD)
        streams = [Stream(running.url, token, query) for query in ("", "?delta=1") for _ in range(5)]
        for stream in streams:
            stream.event()
        running.signal(signal.SIGTERM)
        assert all(stream.over(within=5) for stream in streams)
        assert running.stop() == 0
        assert "Traceback" not in running.output


def test_a_hundred_readers_come_and_go_and_nothing_is_left(url: str, olga: str) -> None:
    for _ in range(4):
        streams = [Stream(url, olga, "?delta=1") for _ in range(25)]
        for stream in streams:
            stream.event()
            stream.close()

    deadline = time.monotonic() + PATIENCE
    while figure(url, "chatadmin_streams") and time.monotonic() < deadline:
        pass
    assert figure(url, "chatadmin_streams") == 0
