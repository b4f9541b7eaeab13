"""What `check` finds out about machine and store: each with what to do; none of it fails a machine that is busy."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.checks import disk, machine
from app.checks import store as store_check
from app.checks.finding import Finding
from app.commands import check as command_module
from app.config import Settings, load
from tests.cli.program import Outcome, run
from tests.running import Valkey

Check = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """What a `check` with a store elsewhere finds: what was looked at -> (verdict, what was said)."""

    def command(*arguments: str, **options: Any) -> dict[str, tuple[str, str]]:
        told: Outcome = run("check", "--server", "127.0.0.1:0", *arguments, home=tmp_path, **options)
        lines = [line.split(None, 1) for line in told.out.splitlines()]
        return {what: (verdict, says) for verdict, rest in lines for what, _, says in [rest.partition(": ")]}

    return command


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"data_dir": str(tmp_path / "data")}, {"HOME": str(tmp_path)}, None).settings


def said(settings: Settings) -> dict[str, tuple[str, str]]:
    return {finding.what: (finding.verdict, finding.says) for finding in disk.look(settings)}


def test_the_disk_is_timed_and_nothing_is_left_there(settings: Settings, tmp_path: Path) -> None:
    verdict, says = said(settings)["disk speed"]
    assert verdict in ("ok", "warn")  # as the machine is
    assert says.startswith("a write is safe after ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("took", "verdict", "told"),
    [
        ([1.0, 2.0, 300.0], "ok", "a write is safe after 2 ms (the slowest of 3 after 3e+02)"),
        ([30.0, 25.0, 80.0], "warn", "every message waits for that: look again when the machine does less"),
        ([0.002, 0.001, 0.003], "warn", "sooner than any disk: it may lose what it says is safe"),
    ],
)
def test_a_slow_disk_and_one_that_lies_are_warned_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, took: list[float], verdict: str, told: str
) -> None:
    monkeypatch.setattr(disk, "_syncs", lambda place: took)
    found = said(settings)["disk speed"]
    assert (found[0], told in found[1]) == (verdict, True)


def test_data_that_do_not_outlive_the_machine_are_warned_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, told in {"tmpfs": "this machine's memory", "overlay": "the container itself"}.items():
        monkeypatch.setattr(disk, "_file_system", lambda place, kind=kind: kind)
        found = said(settings)
        assert found["disk"][0] == "warn"
        assert f"lies in {told} and goes with it: put it on a disk, or mount a volume there" in found["disk"][1]
        assert "disk speed" not in found
    monkeypatch.setattr(disk, "_file_system", lambda place: "nfs4")
    assert "lies on another machine (nfs4)" in said(settings)["disk"][1]


def test_the_file_system_is_found_out() -> None:
    assert disk._file_system(Path("/proc/self")) == "proc"
    assert disk._file_system(Path("/dev/shm")) == "tmpfs"


def test_little_room_and_little_memory_are_warned_of(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "ENOUGH_FILES", 2**60)
    assert "more files can be made at" in said(settings)["disk"][1]
    monkeypatch.setattr(disk, "ENOUGH_DISK", 2**60)
    assert said(settings)["disk"][1].startswith("only ")
    assert said(settings)["disk"][1].endswith("a full disk stops the chat")
    monkeypatch.setattr(machine, "ENOUGH_MEMORY", 2**60)
    found = {finding.what: finding for finding in machine.look(settings)}
    assert found["memory"].verdict == "warn"
    assert {"memory", "descriptors", "ntp"} == set(found)


def test_what_a_store_does_not_promise_is_said(start_store: Callable[..., Valkey], check: Check) -> None:
    store = start_store("redis", options=["--appendonly", "yes", "--appendfsync", "everysec"])
    verdict, says = check("--redis", store.url)["durability"]
    assert (verdict, "a power cut may lose the last one (acknowledge.on_disk)" in says) == ("ok", True)
    store.command("CONFIG", "SET", "appendfsync", "no")
    verdict, says = check("--redis", store.url)["durability"]
    assert (verdict, "set appendfsync everysec, or always" in says) == ("warn", True)
    store.command("CONFIG", "SET", "maxmemory", "100mb")
    assert "store memory" not in check("--redis", store.url)
    store.command("SETRANGE", "filler", 20_000_000, "x")
    used = next(int(line.partition(":")[2]) for line in store.info("memory") if line.startswith("used_memory:"))
    store.command("CONFIG", "SET", "maxmemory", str(used * 100 // 95))
    verdict, says = check("--redis", store.url)["store memory"]
    assert (verdict, "raise its maxmemory, or keep conversations less long" in says) == ("warn", True)


def test_a_store_without_the_right_to_ask_it_is_no_trouble(start_store: Callable[..., Valkey], check: Check) -> None:
    store = start_store("redis", options=["--appendonly", "yes"])
    store.command("ACL", "SETUSER", "shop", "on", ">secret", "~*", "&*", "+@all", "-config")
    url = store.url.replace("unix://", "unix://shop:secret@")
    assert check("--redis", url)["durability"] == ("ok", "the append-only file is on")


@pytest.mark.parametrize(
    ("told", "verdict", "says"),
    [
        ({"role": "slave"}, "fail", "name the primary in redis:"),
        ({"aof_last_write_status": "err"}, "fail", "look at its log and its disk"),
        ({"aof_last_bgrewrite_status": "err"}, "warn", "could not rewrite its append-only file"),
        ({}, "", ""),
    ],
)
def test_what_a_store_complains_of_is_said(told: dict[str, str], verdict: str, says: str) -> None:
    found = [(finding.verdict, says in finding.says) for finding in store_check._troubles([told])]
    assert found == ([(verdict, True)] if verdict else [])


# What opens the data directory, or makes it.
OPENERS = ["serve", "check", "agent list", "backup", "verify", "config"]


@pytest.mark.parametrize("command", OPENERS)
def test_where_everybody_may_write_nothing_is(tmp_path: Path, command: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    told = run(*command.split(), "--data-dir", str(data), *SERVED.get(command, ()), home=tmp_path)
    assert told.status == (0 if command == "config" else 1)
    if command != "config":
        assert f"everybody may write to {data}: chmod o-w {data}, or give a folder in it" in told.out + told.err
    assert os.listdir(data) == []
    assert (data.stat().st_mode & 0o777, sorted(os.listdir(tmp_path))) == (0o777, ["data"])


SERVED = {"serve": ("--server", "127.0.0.1:0"), "check": ("--server", "127.0.0.1:0")}


def test_what_others_said_is_no_command_to_a_terminal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as an authority that quotes whoever answered in our stead."""
    found = Finding("warn", "certificate", "found <\x1b]0;mine\x07>\nok    all: is well")
    monkeypatch.setattr(command_module, "_findings", lambda _settings: iter([found]))
    assert command_module.check(settings, []) == 0
    assert capsys.readouterr().out == "warn  certificate: found <?]0;mine?>?ok    all: is well\n"
