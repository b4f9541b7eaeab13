"""An import beside a server that is at work: what was imported is found, counted and shown, and disturbs nobody."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.importing.lines import Person
from app.importing.taking import uid_of
from app.store.keys import Keys
from tests.cli.program import run
from tests.clients.api import PASSWORD, ask, call, history, log_in
from tests.prepared import Prepared
from tests.running import ENGINES, ROOT, Chatadmin, Process, Valkey, environment, program_under_test, wait_until

DAY = 86_400
NOON = time.time() // DAY * DAY + DAY / 2
ALL = Keys.all(Keys.shard(0))
_LENGTHS = """
local lengths = {}
for n, log in ipairs(KEYS) do lengths[n] = redis.call("XLEN", log) end
return redis.status_reply(table.concat(lengths, " "))
"""
MANY = 3000  # people: so many that the first hundred are seen long before the last is there


def _at(days: int, seconds: int = 0) -> str:
    """That long after the noon of so many days ago."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOON - days * DAY + seconds))


def test_what_was_imported_is_found_counted_and_shown(
    start_chatadmin: Callable[..., Chatadmin], prepared: Prepared, tmp_path: Path
) -> None:
    shop = start_chatadmin(data_dir=prepared("Anna"))
    file = tmp_path / "export.jsonl"
    lines = [
        {
            "id": f"c{n}",
            "person": {"id": f"p{n}", "name": f"Customer {n}"},
            "messages": [
                {"id": "q", "at": _at(40), "by": "visitor", "text": f"Is the zeppelin {n} ready?"},
                {"id": "a", "at": _at(40, 60), "by": "agent", "agent": "Anna", "text": "It has left."},
            ],
        }
        for n in range(15)
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    done = run("import", str(file), "--from", "jsonl", "--data-dir", str(shop.data_dir), home=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert "Imported: 30 messages, 15 people" in done.out

    anna = log_in(shop.url, "Anna", PASSWORD)

    def found(what: str, **asked: str) -> list[dict[str, object]]:
        return list(call(shop.url, f"/v1/search{what}?{urlencode(asked)}", anna))

    wait_until(lambda: len(found("", q="zeppelin")) == 15, "all of it is found", 60)
    assert [row["name"] for row in found("/people", q="Customer 7")] == ["Customer 7"]

    def counted() -> tuple[int, int, int]:
        total = call(shop.url, f"/v1/reports?from={_at(41)[:10]}&to={_at(39)[:10]}&tz=UTC", anna)["total"]
        return total["conversations"], total["from_visitors"], total["from_team"]

    wait_until(lambda: counted() == (15, 15, 15), "all of it is counted", 60)
    assert call(shop.url, "/v1/users", anna) == []
    log = history(shop.url, anna, uid_of(Person("p7")))
    said = [entry for entry in log if entry["type"] == "message"]
    assert [entry["content"] for entry in said] == ["Is the zeppelin 7 ready?", "It has left."]
    assert [entry["msg_time"][:10] for entry in said] == [_at(40)[:10]] * 2
    assert [agent["nickname"] for agent in call(shop.url, "/v1/agents", anna)] == ["Anna"]
    visitor = log_in(shop.url, "Nora")  # and the shop goes on
    assert ask(shop.url, "/v1/me", Authorization=visitor).status == 200


@pytest.mark.parametrize("engine", ENGINES[:1])
def test_whoever_is_killed_leaves_whole_people_and_goes_on(store: Valkey, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    said = [{"id": f"m{n}", "at": _at(9, n), "by": "visitor", "text": f"text {n}"} for n in range(4)]
    people = range(MANY)
    file.write_text("\n".join(json.dumps({"id": f"c{n}", "person": {"id": f"p{n}"}, "messages": said}) for n in people))
    line = (*program_under_test(), "import", str(file), "--from", "jsonl", "--redis", store.url)
    others = _clients(store)
    process = Process(line, environment(tmp_path, {"PYTHONPATH": str(ROOT)}), tmp_path)
    wait_until(lambda: int(store.command("ZCARD", ALL)[1:]) >= 100, "a hundred people are there", 60)
    os.killpg(process.pid, signal.SIGKILL)  # the frozen file's launcher, and what it launched
    process.wait()
    wait_until(lambda: _clients(store) <= others, "the store has read all that they sent")
    there = int(store.command("ZCARD", ALL)[1:])
    assert there < len(people), "it was killed too late"
    assert _lengths(store) == {6: there}  # they came, said four things, and left
    done = run("import", str(file), "--from", "jsonl", "--redis", store.url, home=tmp_path)
    assert f"Imported: {(len(people) - there) * 4:,} messages, {len(people) - there:,} people" in done.out
    assert f"Messages that were here already: {there * 4:,}." in done.out
    assert _lengths(store) == {6: len(people)}


def _clients(store: Valkey) -> int:
    """How many are connected, who asks for it too."""
    (count,) = (line for line in store.info("clients") if line.startswith("connected_clients:"))
    return int(count.partition(":")[2])


def _lengths(store: Valkey) -> Counter[int]:
    """How many logs there are of each length."""
    logs = [Keys().conversation(uid_of(Person(f"p{n}"))).log for n in range(MANY)]
    told = store.command("EVAL", _LENGTHS, str(len(logs)), *logs)
    return Counter(length for length in map(int, told.removeprefix("+").split()) if length)
