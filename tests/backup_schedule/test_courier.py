"""The whole road in a running shop: by the clock, by a press, through a kill, and told where it fails."""

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]

from app.backup.making import NAME
from tests.backup_schedule.bucket import ACCESS_KEY, SECRET_KEY, made, swift
from tests.cli.program import run
from tests.clients.api import PASSWORD, add_agent, ask, call, log_in
from tests.running import Chatadmin, command, wait_until

Start = Callable[..., Chatadmin]


def files(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if NAME.fullmatch(name)) if folder.is_dir() else []


def options(shop: Chatadmin) -> tuple[str, ...]:
    """Those by which a command finds the same shop."""
    return ("--data-dir", str(shop.data_dir), "--config", str(shop.folder / "chatadmin.yaml"))


def new_key(file: Path) -> str:
    """A public key; the other half of it is in `file`."""
    identity = pyrage.x25519.Identity.generate()
    file.write_text(f"{identity}\n")
    return str(identity.to_public())


def boss(shop: Chatadmin) -> str:
    add_agent(shop, "Olga", role="admin")
    return log_in(shop.url, "Olga", PASSWORD)


def standing(shop: Chatadmin, olga: str) -> dict[str, Any]:
    found: dict[str, Any] = call(shop.url, "/v1/backups", olga)
    return found


def figures(shop: Chatadmin) -> dict[str, str]:
    text = ask(shop.url, "/metrics").body.decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("chatadmin_backup"))


def test_the_first_one_is_made_at_once_verified_and_told_everywhere(start_chatadmin: Start, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    shop = start_chatadmin(config={"backup": {"at": "03:30", "to": str(place)}})
    olga = boss(shop)
    shop.process.wait_for(r"msg=\"a backup was made\"")
    wait_until(lambda: not standing(shop, olga)["busy"], "the end of it")
    [name] = files(place)
    told = standing(shop, olga)
    assert (told["last"]["name"], told["last"]["verified"], told["failure"]) == (name, True, None)
    assert told["last"]["bytes"] == (place / name).stat().st_size
    assert sorted(os.listdir(place)) == [name, "erased.jsonl"]
    found = figures(shop)
    assert 0 <= float(found.pop("chatadmin_backup_age_seconds")) < 3600
    assert found == {
        "chatadmin_backup_expected": "1.0",
        "chatadmin_backup_failing": "0.0",
        "chatadmin_backup_verified": "1.0",
    }
    verified = run("verify", str(place / name), home=tmp_path)
    assert verified.status == 0, verified
    checked = run(
        "check", "--data-dir", str(shop.data_dir), "--config", str(shop.folder / "chatadmin.yaml"), home=tmp_path
    )
    assert f"ok    backup: {name} in {place}, 0 h old, verified" in checked.out
    assert "warn  backups: " in checked.out  # on the disk of the data

    assert standing(shop, olga)["overdue"] is False
    call(shop.url, "/v1/backups", olga, body={})
    wait_until(lambda: len(files(place)) == 2, "one more, as somebody asked")
    nobody = log_in(shop.url, "Vera")
    assert ask(shop.url, "/v1/backups", Authorization=nobody).status in (401, 403)


def test_one_is_made_when_asked_for_and_the_newest_are_kept(start_chatadmin: Start, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    config = {"backup": {"to": str(place), "keep": 2}}
    shop = start_chatadmin(config=config)
    olga = boss(shop)
    assert standing(shop, olga)["last"] is None
    place.mkdir(mode=0o700)
    for day in ("0101", "0102"):
        (place / f"chatadmin-2026{day}-033000.tar.gz").write_bytes(b"old")
    call(shop.url, "/v1/backups", olga, body={})
    wait_until(lambda: standing(shop, olga)["last"] and not standing(shop, olga)["busy"], "the backup")
    assert files(place)[0] == "chatadmin-20260102-033000.tar.gz"
    assert len(files(place)) == 2
    for typed in ([], [f"{place}/"]):
        again = run("backup", *typed, *options(shop), home=tmp_path)
        assert again.status == 0, again
        assert len(files(place)) == 2
        assert files(place)[-1] in again.out


def test_where_none_is_set_up_there_is_none_and_check_says_how(start_chatadmin: Start, tmp_path: Path) -> None:
    shop = start_chatadmin()
    olga = boss(shop)
    told = standing(shop, olga)
    assert (told["to"], told["last"], told["busy"]) == ("", None, False)
    assert ask(shop.url, "/v1/backups", {}, Authorization=olga).status == 404
    checked = run("check", "--data-dir", str(shop.data_dir), home=tmp_path)
    assert "warn  backup: there is none: set backup.at and backup.to" in checked.out


def test_one_that_fails_says_why_and_leaves_the_others(start_chatadmin: Start, tmp_path: Path) -> None:
    place = tmp_path / "unmounted" / "backups"
    shop = start_chatadmin(config={"backup": {"at": "03:30", "to": str(place)}})
    olga = boss(shop)
    shop.process.wait_for(
        r'msg="the backup failed: \S+/unmounted/backups is not there: make the directory, or mount it"'
    )
    told = standing(shop, olga)
    assert told["failure"]["reason"].endswith("is not there: make the directory, or mount it")
    assert figures(shop)["chatadmin_backup_failing"] == "1.0"
    assert "warn  backup: the first one failed: " in run("check", *options(shop), home=tmp_path).out
    by_hand = run("backup", *options(shop), home=tmp_path)
    assert (by_hand.status, by_hand.err.count("\n")) == (1, 1)
    assert "no backup was made: " in by_hand.err
    place.parent.mkdir()
    call(shop.url, "/v1/backups", olga, body={})
    wait_until(lambda: standing(shop, olga)["last"], "the backup, now that there is a place")
    assert standing(shop, olga)["failure"] is None


def test_one_whose_courier_is_killed_is_made_by_the_next(start_chatadmin: Start, tmp_path: Path) -> None:
    """The maker stands still while its courier is killed, and ends with it."""
    place = tmp_path / "backups"
    shop = start_chatadmin(config={"backup": {"to": str(place)}})
    olga = boss(shop)
    place.mkdir(mode=0o700)
    left = place / "chatadmin-20260101-033000.tar.gz.part"
    left.write_bytes(b"half")
    courier = int(shop.process.wait_for(r"from=courier pid=(\d+) msg=\"the courier works\"")[1])
    call(shop.url, "/v1/backups", olga, body={})

    def maker() -> int:
        children = Path(f"/proc/{courier}/task/{courier}/children").read_text().split()
        return next((int(one) for one in children if "backup --asked" in command(int(one))), 0)

    pid = wait_until(maker, "the process that makes it")
    os.kill(pid, signal.SIGSTOP)
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, courier)
    os.kill(courier, signal.SIGKILL)
    os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not command(pid), "its end, with its courier's")  # a zombie has none
    wait_until(lambda: standing(shop, olga)["last"], "the next one's")
    assert not left.exists()
    assert len(files(place)) == 1
    assert not [name for name in os.listdir(place) if name.endswith(".part")]


def test_a_bucket_has_it_encrypted_and_nobody_is_told_the_keys(start_chatadmin: Start, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key")
    folder = tmp_path / "swift"
    folder.mkdir()
    with swift(folder) as port:
        link = made(port, "backups")
        s3 = {"endpoint": f"http://127.0.0.1:{port}", "access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
        config = {"backup": {"at": "03:30", "to": "s3://backups/tea", "encrypt_to": key, "s3": s3}}
        shop = start_chatadmin(config=config)
        olga = boss(shop)
        wait_until(lambda: standing(shop, olga)["last"], "the backup")
        last = standing(shop, olga)["last"]
        assert (last["encrypted"], last["verified"], last["place"]) == (True, True, "s3://backups/tea")
        data = link.open(f"tea/{last['name']}").read()
        assert len(data) == last["bytes"]
        assert data.startswith(b"age-encryption.org/v1\n")
        (tmp_path / "fetched.tar.gz.age").write_bytes(data)
        verified = run(
            "verify", str(tmp_path / "fetched.tar.gz.age"), "--identity", str(tmp_path / "key"), home=tmp_path
        )
        assert verified.status == 0, verified
        shown = run("config", *options(shop), home=tmp_path)
        assert "backup.s3.secret_key: ***" in shown.out
        assert not any(SECRET_KEY in text for text in (shown.out, shop.output, shown.err))
        by_hand = run("backup", "s3://backups/by-hand", *options(shop), home=tmp_path)
        assert by_hand.status == 0, by_hand
        there = by_hand.out.partition(": ")[0]
        assert re.fullmatch(r"s3://backups/by-hand/chatadmin-\d{8}-\d{6}\.tar\.gz\.age", there)
        assert os.listdir(shop.data_dir / "backup") == []
        with_key = ("--identity", str(tmp_path / "key"), "--config", str(shop.folder / "chatadmin.yaml"))
        assert run("verify", there, *with_key, home=tmp_path).out.startswith(f"{there}: sound")
        restored = run("restore", there, *with_key, "--data-dir", str(tmp_path / "anew"), home=tmp_path)
        assert restored.status == 0, restored
        assert "erased.jsonl" not in restored.err  # it was there, in the bucket
        listed = run("agent", "list", "--data-dir", str(tmp_path / "anew"), home=tmp_path)
        assert "Olga" in listed.out
        nowhere = run("verify", f"{there}x", *with_key, home=tmp_path)
        assert (nowhere.status, nowhere.err.count("\n")) == (1, 1)
        assert "NoSuchKey" in nowhere.err


def test_where_the_log_is_json_so_is_what_the_maker_says(start_chatadmin: Start, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    shop = start_chatadmin(config={"backup": {"at": "03:30", "to": str(place)}, "log_format": "json"})
    shop.process.wait_for("a backup was made")
    [line] = [line for line in shop.output.splitlines() if "a backup was made" in line]
    found = json.loads(line)
    assert (found["logger"], found["extra"]["file"]) == ("chatadmin.backup", files(place)[0])
