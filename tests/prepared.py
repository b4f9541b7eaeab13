"""Data directories of shops that are set up, to be copied: setting one up and adding agents takes its time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.clients import api
from tests.running import Chatadmin


class Prepared:
    """One directory for each team that is asked for, made once for all workers of a run."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        self._shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
        self._factory = factory

    def __call__(self, admin: str, *agents: str, admins: tuple[str, ...] = ()) -> Path:
        """A copy of one's own, of a shop with this administrator and team; the password of all is `api.PASSWORD`."""
        team = "+".join((admin, *agents, "", *admins))
        kept = self._shared / "prepared" / team
        with self._alone(team):
            if not kept.exists():
                making = kept.with_name(f"{team}.making")
                _make(making, admin, agents, admins)
                making.rename(kept)
        return Path(shutil.copytree(kept, self._factory.mktemp("shop") / "data"))

    @contextmanager
    def _alone(self, team: str) -> Iterator[None]:
        folder = self._shared / "prepared"
        folder.mkdir(exist_ok=True)
        with (folder / f"{team}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _make(data: Path, admin: str, agents: tuple[str, ...], admins: tuple[str, ...]) -> None:
    with Chatadmin(data_dir=data) as running:
        token = api.set_up(running.url, running.setup_secret, admin)
        for name in (*agents, *admins):
            person = {"nickname": name, "password": api.PASSWORD, "role": "admin" if name in admins else "agent"}
            api.call(running.url, "/v1/agents", token, person)
