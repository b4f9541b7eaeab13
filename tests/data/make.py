"""`python -m tests.data.make FOLDER`: a small data directory, written by the commit that is checked out in FOLDER.

FOLDER has that commit's `.venv` beside it. Two files are made here, named by the commit: the directory, packed; and
what that commit answered about it, with the cookies of those who were there, for tests/data/test_data.py to compare.
"""

import asyncio
import io
import json
import socket
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.clients import api
from tests.clients.party import Party
from tests.running import Chatadmin, wait_until

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"
# Whoever opens it does so years later: nothing in it may have ended by then.
LONG = {"sessions": {"visitor_days": 36500, "agent_hours": 876000}, "nickname_days": 36500}
MARIA = ["Do you ship the blue kettle to Norway?", "喂，蓝色的水壶有货吗？", "Thank you <b>so</b> much!"]
OTTO = ["My teapot arrived without its lid.", "Is anybody there?"]


class Made:
    """The shop that is written, and who is in it."""

    def __init__(self, running: Chatadmin) -> None:
        self.url = running.url
        self.olga = api.set_up(running.url, running.setup_secret, "Olga", PASSWORD)
        team = {"nickname": "Pavel", "password": PASSWORD, "role": "agent"}
        self.ask("/v1/agents", team)
        self.pavel = api.log_in(running.url, "Pavel", PASSWORD)
        self.visitors = {name: api.login(running.url, name) for name in ("Maria", "Otto")}

    def ask(self, path: str, body: Any = None, token: str = "") -> Any:
        return api.call(self.url, path, token or self.olga, body)

    def act(self, name: str, deed: str, token: str = "", **body: Any) -> None:
        self.ask(f"/v1/conversations/{quote(self.visitors[name][1])}/{deed}", body, token)

    def settle(self) -> None:
        """What an administrator chooses."""
        chosen = {"name": "Tea & Kettle", "greeting": "Good day! 您好！", "accent": "#1a5f7a"}
        version = self.ask("/v1/shop")["version"]
        api.call(self.url, "/v1/shop", self.olga, {"version": version, **chosen}, "PATCH")
        self.ask("/v1/replies", {"shortcut": "ship", "text": "We ship within two days.", "shared": True})

    async def talk(self) -> None:
        """Maria's matter is settled, and there is a note about it; Otto waits."""
        maria, otto = (Party(self.url, self.visitors[name][0], f"tab{name}") for name in ("Maria", "Otto"))
        desk = Party(self.url, self.pavel, "desk")
        await maria.connect()
        await otto.connect()
        await _say(maria, 1, MARIA[0])
        await _say(maria, 2, MARIA[1])
        await asyncio.to_thread(self.act, "Maria", "claim", self.pavel)
        await desk.connect(self.visitors["Maria"][1])
        await _say(desk, 1, "Yes, in four days.", conversation=self.visitors["Maria"][1])
        await _say(desk, 2, "She has telephoned, too.", conversation=self.visitors["Maria"][1], note=True)
        await _say(maria, 3, MARIA[2])
        await asyncio.to_thread(self.act, "Maria", "tags", tag="delivery")
        await asyncio.to_thread(self.act, "Maria", "resolve", self.pavel)
        for n, text in enumerate(OTTO, 1):
            await _say(otto, n, text)
        await asyncio.to_thread(self.act, "Otto", "tags", tag="退货")
        for party in (maria, otto, desk):
            await party.close()

    def rest(self) -> None:
        """Wait until all is written and everybody is gone."""
        wait_until(self._report, "the counts")
        wait_until(lambda: self.ask("/v1/search?q=telephoned"), "the index")
        for people in ("/v1/visitors", "/v1/agents"):
            wait_until(lambda path=people: not any(one["online"] for one in self.ask(path)), "everybody's leaving")

    def answers(self, url: str) -> dict[str, Any]:
        """What is answered about it at `url`: path to value, for each who asks; and the tokens they ask with."""
        self.url = url
        today = self._report()
        uids = {name: uid for name, (_, uid) in self.visitors.items()}
        asked = {
            "Olga": [
                *(f"/v1/msgs?frames=1&client={uid}" for uid in uids.values()),
                f"/v1/reports?from={today}&to={today}",
                "/v1/search?q=kettle",
                f"/v1/search?q={quote('水壶')}",
                "/v1/search?q=telephoned",
                f"/v1/conversations/{uids['Maria']}/episodes",
                "/v1/visitors",
                "/v1/agents",
                "/v1/replies",
                "/v1/shop",
            ],
            "Maria": ["/v1/me", "/v1/msgs?frames=1", "/v1/msgs"],
            "Otto": ["/v1/me", "/v1/msgs?frames=1", "/v1/msgs"],
            "Pavel": ["/v1/me"],
        }
        tokens = {"Olga": self.olga, "Pavel": self.pavel} | {name: token for name, (token, _) in self.visitors.items()}
        answers = {who: {path: self.ask(path, token=tokens[who]) for path in asked[who]} for who in asked}
        for one in answers["Olga"]["/v1/visitors"]:
            del one["left_at"]  # whoever asks has been here
        return {"tokens": tokens, "answers": answers}

    def _report(self) -> str:
        """Today, once the settled matter is counted."""
        today = self.ask(f"/v1/msgs?client={self.visitors['Maria'][1]}")[0]["msg_time"][:10]
        found = self.ask(f"/v1/reports?from={today}&to={today}")["total"]["resolved"]["count"]
        return today if found else ""


async def _say(party: Party, n: int, content: str, **more: Any) -> None:
    id = f"{party.tab}.{n}"
    party.send({"type": "send", "id": id, "content": content, **more})
    await party.until(lambda: id in party.acked, f"the acknowledgement of {id}")


def _persist(data: Path) -> None:
    """Let no key of the embedded store expire."""
    (path,) = (path for path in data.rglob("*") if path.is_socket())
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))
        script = "for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('PERSIST', key) end return 1"
        link.sendall(b"*3\r\n$4\r\nEVAL\r\n$%d\r\n%b\r\n$1\r\n0\r\n" % (len(script), script.encode()))
        assert link.recv(64) == b":1\r\n"


def pack(data: Path, file: Path) -> None:
    """Pack a data directory, its store's program aside, which is unpacked anew where it is missing."""
    with tarfile.open(file, "w:xz", preset=9) as packed:
        for path in sorted(path for path in data.rglob("*") if path.is_file() and path.parent.name != "bin"):
            entry = tarfile.TarInfo(path.relative_to(data).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o600
            packed.addfile(entry, io.BytesIO(path.read_bytes()))


def main(folder: Path) -> None:
    """Write the two files."""
    told = subprocess.run(["git", "rev-parse", "--short=7", "HEAD"], cwd=folder, capture_output=True, check=True)
    commit = told.stdout.decode().strip()
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        options: dict[str, Any] = {"config": LONG, "data_dir": data, "cwd": folder}
        options["program"] = [str(folder / ".venv/bin/python"), "-m", "app"]
        with Chatadmin(**options) as running:
            made = Made(running)
            made.settle()
            asyncio.run(made.talk())
            made.rest()
        with Chatadmin(**options) as running:  # which knows what is written, and nothing else
            answers = made.answers(running.url)
            _persist(data)
        pack(data, HERE / f"{commit}.tar.xz")
    (HERE / f"{commit}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
