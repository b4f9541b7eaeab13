"""`chatadmin check`: one line a thing, and status 1 where one would hinder serving."""

import asyncio
import os
import resource
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.chat.agent_email import Mailbox
from app.store.formats import NEWEST
from app.store.keys import Keys
from app.store.outbox import Outbox
from app.store.store import Store
from tests.cli.program import Outcome, run
from tests.clients.api import PASSWORD, Answer, add_agent, ask, log_in
from tests.running import Chatadmin, Valkey

MAIL = {
    "CHATADMIN_URL": "https://chat.shop.example",
    "CHATADMIN_MAIL__SMTP": "smtp://127.0.0.1:9",
    "CHATADMIN_MAIL__FROM": "chat@shop.example",
}


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Outcome]:
    """Run `chatadmin check` on a free port and a data directory of its own unless told otherwise."""

    def command(*arguments: str, **options: Any) -> Outcome:
        usual = ["--server", "127.0.0.1:0", "--data-dir", str(tmp_path / "data")]
        return run("check", *usual, *arguments, home=tmp_path, **options)

    return command


def findings(told: Outcome) -> dict[str, tuple[str, str]]:
    """What was looked at -> (verdict, what was said)."""
    assert told.err == ""
    lines = [line.split(None, 1) for line in told.out.splitlines()]
    return {what: (verdict, says) for verdict, rest in lines for what, _, says in [rest.partition(": ")]}


def test_a_fit_machine_passes_and_nothing_is_left_behind(check: Callable[..., Outcome], tmp_path: Path) -> None:
    told = check(env={"TMPDIR": str(tmp_path)})
    found = findings(told)
    assert told.status == 0
    assert {verdict for verdict, _ in found.values()} == {"ok", "warn"}
    assert set(found) == {
        "configuration",
        "program",
        "port",
        "mail",
        "data",
        "store",
        "nodes",
        "format",
        "clock",
        "durability",
        "agents",
        "sites",
        "files",
        "backup",
        "disk",
        "disk speed",
        "memory",
        "descriptors",
        "ntp",
    }
    assert found["agents"] == ("warn", "there is no administrator yet: chatadmin agent add NAME --role admin")
    assert found["store"][1].startswith("Valkey ")
    assert found["nodes"] == ("ok", "none is at work")
    assert found["format"] == ("ok", f"{NEWEST}, the newest of this version")
    assert found["files"] == ("ok", f"they will be kept in {tmp_path / 'data' / 'files'}")
    assert list(tmp_path.iterdir()) == []


def test_beside_a_running_server_all_is_well(chatadmin: Chatadmin, check: Callable[..., Outcome]) -> None:
    server = chatadmin.url.removeprefix("http://")
    add_agent(chatadmin, "Olga", role="admin")
    wanted = {"version": 0, "sites": ["https://Tea.example.com/"]}
    olga = log_in(chatadmin.url, "Olga", PASSWORD)
    assert ask(chatadmin.url, "/v1/widget", wanted, method="PUT", Authorization=olga).status == 200
    env = {"CHATADMIN_SITES": "https://shop.example.com:443, https://*.example.org"}
    told = check("--server", server, "--data-dir", str(chatadmin.data_dir), env=env)
    assert told.status == 0
    found = findings(told)
    assert found["port"] == ("ok", f"{server} is taken by a chatadmin that answers")
    assert found["nodes"][1].startswith(f"{__version__} on {socket.gethostname()} (process ")
    listed = "https://shop.example.com, https://*.example.org, https://tea.example.com"
    assert found["sites"] == ("ok", f"the chat may be shown by {listed}")


def test_a_port_that_another_program_has_fails(check: Callable[..., Outcome]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = f"127.0.0.1:{other.getsockname()[1]}"
        told = check("--server", server)
    assert told.status == 1
    assert findings(told)["port"][0] == "fail"
    assert f"{server} is taken by another program" in told.out


def test_an_external_store_is_looked_at(store: Valkey, check: Callable[..., Outcome], tmp_path: Path) -> None:
    told = check("--redis", store.url)
    found = findings(told)
    assert told.status == 0
    assert found["store"][1].startswith({"redis": "Redis ", "valkey": "Valkey "}[store.engine])
    assert found["durability"] == (
        "warn",
        "a crash of the store loses messages: set appendonly yes in its configuration",
    )
    assert "disk" not in found
    assert found["files"][0] == "warn"
    assert "none are taken: with a store of your own set files.directory" in found["files"][1]
    assert not (tmp_path / "data").exists()


def test_a_place_that_servers_do_not_share_fails(
    start_chatadmin: Callable[..., Chatadmin], store: Valkey, check: Callable[..., Outcome], tmp_path: Path
) -> None:
    """And takes nothing; where the right one is missing, neither does what lies beneath it."""
    shared, other = tmp_path / "shared", tmp_path / "other"
    node, alone = [
        start_chatadmin("--redis", store.url, config={"files": {"directory": str(place)}}) for place in (shared, other)
    ]
    lily = log_in(node.url, "Lily")

    def upload(url: str) -> Answer:
        return ask(url, "/v1/files?name=a.txt", b"words", method="POST", Authorization=lily)

    def told(place: Path) -> tuple[int, tuple[str, str]]:
        outcome = check("--redis", store.url, env={"CHATADMIN_FILES__DIRECTORY": str(place)})
        return outcome.status, findings(outcome)["files"]

    assert told(shared) == (0, ("ok", f"they will be kept in {shared}"))
    info = upload(node.url).json["value"]
    assert told(shared)[1][1].startswith(f"0 MiB in {shared}, ")
    status, (verdict, says) = told(other)
    assert (status, verdict) == (1, "fail")
    assert says.startswith(f"{other} is not where this store's files are, so none are taken")
    for url, move in ((alone.url, None), (node.url, tmp_path / "away")):
        if move:
            shared.rename(move)
        assert upload(url).refusal == (503, "files_unavailable")
        assert ask(url, f"/v1/files/{info['id']}", Authorization=lily).refusal == (503, "files_unavailable")
    assert not other.exists()
    assert not shared.exists()
    (tmp_path / "away").rename(shared)
    assert upload(node.url).status == 201
    assert ask(node.url, f"/v1/files/{info['id']}", Authorization=lily).body == b"words"


def test_a_store_that_may_forget_fails(start_store: Callable[..., Valkey], check: Callable[..., Outcome]) -> None:
    store = start_store("redis", options=["--maxmemory-policy", "allkeys-lru"])
    told = check("--redis", store.url)
    assert told.status == 1
    verdict, says = findings(told)["store"]
    assert verdict == "fail"
    assert "maxmemory-policy allkeys-lru" in says
    assert "set it to noeviction" in says


def test_a_store_that_is_away_fails(check: Callable[..., Outcome]) -> None:
    told = check("--redis", "redis://:s3cret@127.0.0.1:1")
    assert told.status == 1
    assert findings(told)["store"][0] == "fail"
    assert "s3cret" not in told.out


def test_a_password_that_lies_open_is_warned_about(check: Callable[..., Outcome], tmp_path: Path) -> None:
    file = tmp_path / "chatadmin.yaml"
    file.write_text("metrics_token: s3cret\n")
    file.chmod(0o644)
    told = check()
    assert told.status == 0
    assert findings(told)["secrets"] == (
        "warn",
        "chatadmin.yaml: others can read it, and it holds metrics_token: chmod 600 chatadmin.yaml",
    )
    file.chmod(0o600)
    assert "secrets" not in findings(check())
    told = check("--redis", "redis://:s3cret@127.0.0.1:1")
    assert "ps shows its password" in findings(told)["secrets"][1]
    assert "s3cret" not in told.out


def test_a_place_that_cannot_be_written_fails(check: Callable[..., Outcome]) -> None:
    told = check("--data-dir", "/proc/chatadmin")
    assert told.status == 1
    assert any(verdict == "fail" for verdict, _ in findings(told).values())


def test_few_descriptors_are_warned_about(check: Callable[..., Outcome]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        told = check()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert told.status == 0
    assert findings(told)["descriptors"][0] == "warn"


def test_as_root_it_becomes_the_owner_of_the_data(as_root: None, check: Callable[..., Outcome], tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 65534, 65534)
    told = check()
    assert (told.status, findings(told)["store"][0]) == (0, "ok")
    made = {path.lstat().st_uid for path in data.rglob("*")}
    assert made == {65534}
    told = check("--data-dir", str(data / "deeper" / "data"))
    assert (told.status, findings(told)["data"][0]) == (0, "ok")
    assert not (data / "deeper").exists()


def test_alerts_that_nobody_gets_are_warned_of(store: Valkey, check: Callable[..., Outcome]) -> None:
    def said(**env: str) -> tuple[str, str]:
        return findings(check("--redis", store.url, env=env))["agents"]

    async def work(email: str) -> None:
        opened = Store(store.url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
        await opened.open()
        olga = await opened.people.agent_named("Olga") or await opened.people.add_agent("Olga", PASSWORD, "admin")
        await opened.agent_mail.change(olga.uid, lambda box: Mailbox(email))
        await opened.close()

    asyncio.run(work(""))
    assert said() == ("ok", "an administrator can log in")
    verdict, says = said(**MAIL)
    assert (verdict, says.partition(":")[0]) == ("warn", "nobody is told by mail who waits too long")
    assert said(**MAIL, CHATADMIN_ALERTS__AFTER="0")[0] == "ok"
    asyncio.run(work("olga@shop.example"))
    assert said(**MAIL)[0] == "ok"


def test_what_waits_to_be_told_by_mail_is_counted(store: Valkey, check: Callable[..., Outcome]) -> None:
    async def work(told: Callable[[Outbox], Awaitable[object]]) -> None:
        opened = Store(store.url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
        await opened.open()
        await told(opened.outbox)
        await opened.close()

    async def fail(outbox: Outbox) -> None:
        lane = await outbox.take(Keys.shard(0))
        assert lane
        await outbox.failed(lane, [lane.jobs[0].id], reason="550 no", dead=True)

    def said(**env: str) -> tuple[str, str]:
        return findings(check("--redis", store.url, env=env))["delivery"]

    assert said(**MAIL) == ("ok", "waiting for a mail: 0, none longer than it should")
    for _ in range(2):
        asyncio.run(work(lambda outbox: outbox.post("account", "a" * 26, "link", {})))
    assert said(**MAIL) == ("ok", "waiting for a mail: 2, none longer than it should")
    verdict, says = said()
    assert (verdict, "waiting for a mail: 2; and none can be sent: set mail.smtp" in says) == ("warn", True)
    asyncio.run(work(fail))
    verdict, says = said(**MAIL)
    assert (verdict, "people to whom something was given up in 30 days: 1" in says) == ("warn", True)
