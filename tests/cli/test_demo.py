"""`chatadmin demo`: a shop with customers in it, of which nothing is left."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from app.terminal.api import Server, TerminalError
from tests.cli.terminals import Terminal
from tests.clients.api import ask
from tests.running import Chatadmin, frozen, processes_at, wait_until


@pytest.fixture
def demo(start_chatadmin: Callable[..., Chatadmin], tmp_path: Path) -> Chatadmin:
    """A demo that makes its throw-away folder in `tmp_path`, where a shop of the operator's own is set up too."""
    folder = str(tmp_path / "mine")
    mine = {"redis": "redis://my-shop", "server": "0.0.0.0:0", "data_dir": folder, "workers": 2}
    mine |= {"files": {"directory": folder}, "url": "https://chat.my.shop"}
    mine |= {"mail": {"smtp": "smtp://me:s3cret@mail.my.shop", "from": "me@my.shop"}}
    return start_chatadmin(command="demo", config=mine, env={"TMPDIR": str(tmp_path)})


def place(demo: Chatadmin, tmp_path: Path) -> Path:
    (folder,) = tmp_path.glob("chatadmin-demo-*")
    assert f"Data      {folder}" in demo.output
    return folder


def log_in(demo: Chatadmin, name: str) -> Server:
    return Server(demo.url, Server(demo.url).exchange("/login", {"nickname": name})[1]["Token"])


def test_customers_come_ask_and_answer(demo: Chatadmin, terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    assert demo.url.startswith("http://127.0.0.1:")
    assert "Log in at /admin as admin or administrator, without a password" in demo.output
    assert not demo.setup_secret
    admin = log_in(demo, "administrator")
    assert admin.call("/v1/me")["value"]["agent_role"] == "admin"

    def waiting() -> set[str]:
        return {user["nickname"] for user in admin.call("/v1/users")["value"] if user["status"] == "waiting"}

    wait_until(lambda: waiting() >= {"Lily", "小雨"}, "two customers who wrote")
    anna = terminal("chat", "--url", demo.url, "--as", "admin", "Lily")
    anna.sees("Lily: Hi! Is the blue rain jacket")
    anna.type("It is!")
    anna.sees("Lily: Lovely. How long does delivery")
    assert anna.leave() == 0
    token = Server(demo.url).exchange("/login", {"nickname": "administrator"})[1]["Token"]
    sent = ask(demo.url, "/v1/files?client=Lily&note=1&name=a.txt", b"words", method="POST", Authorization=token)
    assert sent.status == 201
    assert not (tmp_path / "mine").exists()
    assert ask(demo.url, "/v1/mail", Authorization=token).value["server"] is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left(number: int, demo: Chatadmin, tmp_path: Path) -> None:
    folder = place(demo, tmp_path)
    assert processes_at(folder)
    demo.signal(number)
    assert demo.process.wait() == 0
    wait_until(lambda: not demo.pids() and not processes_at(folder), "the end of every process")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_one_left_the_next_removes(
    demo: Chatadmin, start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    folder = place(demo, tmp_path)
    store = Path((folder / "store.address").read_text("utf-8"))
    demo.kill()
    wait_until(lambda: not processes_at(folder), "the end of every process")
    assert folder.exists() or frozen()  # where the loader is what was killed, the rest ended in good order
    (tmp_path / "chatadmin-demo-mine").mkdir()
    start_chatadmin(command="demo", env={"TMPDIR": str(tmp_path)}, config={"server": "127.0.0.1:0"})
    assert not folder.exists()
    assert not store.exists()
    assert (tmp_path / "chatadmin-demo-mine").exists()


def test_a_taken_port_is_no_hindrance(
    demo: Chatadmin, start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    second = start_chatadmin("--server", demo.url.removeprefix("http://"), command="demo")
    assert second.url != demo.url
    assert log_in(second, "admin").call("/v1/me")["value"]["nickname"] == "admin"


def test_without_a_demo_nobody_gets_in_without_a_password(chatadmin: Chatadmin) -> None:
    for name in ("admin", "administrator"):
        with pytest.raises(TerminalError, match="This name is kept for the team"):
            log_in(chatadmin, name)
