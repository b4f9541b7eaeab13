"""A data directory that an earlier commit wrote is opened, and what is in it answers as it did then.

Answers may say more than they did; what they said then they must say now. README.md tells how a directory is made.
"""

import asyncio
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import api
from tests.clients.party import Party
from tests.running import Chatadmin, wait_until

HERE = Path(__file__).parent
COOKIES = {"Olga": "chatadmin_agent", "Pavel": "chatadmin_agent"}  # visitors have another
MADE = sorted(path.stem for path in HERE.glob("*.json"))


class Opened:
    """The product on a copy of the directory that `commit` wrote, and what that commit said of it."""

    def __init__(self, commit: str, data: Path) -> None:
        with tarfile.open(HERE / f"{commit}.tar.xz") as packed:
            packed.extractall(data)
        data.chmod(0o700)
        known = json.loads((HERE / f"{commit}.json").read_text("utf-8"))
        self.tokens: dict[str, str] = known["tokens"]
        self.answers: dict[str, dict[str, Any]] = known["answers"]
        self.running = Chatadmin(data_dir=data)
        wait_until(self.indexed, "the index of what was said then, made anew by this one's rule of folding")

    def indexed(self) -> bool:
        """Whether all that was said can be found; until then a search says that it is behind."""
        cookie = f"{COOKIES['Olga']}={self.tokens['Olga']}"
        return bool(api.ask(self.running.url, "/v1/search?q=hello", Cookie=cookie).json["behind"] == 0)

    def ask(self, who: str, path: str) -> Any:
        """As the browser of theirs that was logged in then."""
        cookie = f"{COOKIES.get(who, 'chatadmin_visitor')}={self.tokens[who]}"
        return api.ask(self.running.url, path, Cookie=cookie).value


@pytest.fixture(params=MADE)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    found = Opened(request.param, tmp_path / "data")
    yield found
    found.running.__exit__()
    assert "Traceback" not in found.running.output


def holds(now: Any, then: Any, place: str = "") -> None:
    """Fail where what was said then is not said now, too."""
    if isinstance(then, dict):
        for name, value in then.items():
            assert name in now, f"{place}.{name}"
            holds(now[name], value, f"{place}.{name}")
    elif isinstance(then, list):
        assert len(now) == len(then), place
        for n, (one, before) in enumerate(zip(now, then, strict=True)):
            holds(one, before, f"{place}[{n}]")
    else:
        assert now == then, place


def reworded(path: str, then: Any) -> Any:
    """What was said then, where its words have changed since: in plain mode a visitor's role is `user`, and a message
    whose sender gave no time says its own."""
    if "frames=1" in path or not path.startswith(("/v1/me", "/v1/msgs")):
        return then
    if isinstance(then, list):
        return [{**item, "user": reworded(path, item["user"]), "client_send_time": item["msg_time"]} for item in then]
    return {**then, "role": {"visitor": "user"}.get(then["role"], then["role"])}


def test_cookies_of_before_are_let_in_and_all_is_there(opened: Opened) -> None:
    """Histories, notes, tags, search, reports, the team and the shop's settings: whatever each of them asked then."""
    assert set(opened.answers) == {"Olga", "Pavel", "Maria", "Otto"}
    for who, answers in opened.answers.items():
        for path, then in answers.items():
            holds(opened.ask(who, path), reworded(path, then), f"{who} {path} ")


def test_people_of_before_are_called_by_their_nicknames(opened: Opened) -> None:
    for path in ("/v1/msgs", "/v1/msgs?frames=1", "/v1/msgs?frames=1&limit=200"):
        users = [item["user"] for item in opened.ask("Otto", path) if "user" in item]
        assert users
        assert all(user["name"] == user["nickname"] for user in users)
    assert opened.ask("Otto", "/v1/me")["name"] == "Otto"
    assert {row["name"] for row in opened.ask("Olga", "/v1/visitors")} == {"Maria", "Otto"}
    assert {agent["name"] for agent in opened.ask("Olga", "/v1/agents")} == {"Olga", "Pavel"}


def test_who_came_then_is_found_by_name(opened: Opened) -> None:
    """Though nobody was looked for by name when it was written."""
    for name in ("Maria", "Otto"):
        assert [row["nickname"] for row in opened.ask("Olga", f"/v1/search/people?q={name[1:]}")] == [name]


def test_agents_names_and_passwords_are_what_they_were(opened: Opened) -> None:
    assert api.log_in(opened.running.url, "Olga", api.PASSWORD)
    assert opened.running.setup_secret == ""


def test_a_tab_goes_on_from_where_it_was(opened: Opened) -> None:
    """What it knows is neither told again nor taken for another history; and what is new is numbered behind it."""
    frames = opened.answers["Otto"]["/v1/msgs?frames=1"]
    last = next(frame for frame in reversed(frames) if frame["type"] == "message")

    async def story() -> None:
        otto = Party(opened.running.url, opened.tokens["Otto"], "tabOtto")
        otto.place = (last["epoch"], last["seq"], last["id"])
        await otto.connect()
        otto.say(3, "Hello?")
        await otto.until(lambda: "tabOtto.3" in otto.acked, "the acknowledgement")
        assert otto.acked["tabOtto.3"] > last["seq"]
        assert not [frame for frame in otto.frames if frame["type"] == "reset"]
        assert not otto.faults
        otto.drop()

    asyncio.run(story())
