"""Data that an earlier commit wrote come back: who has a cookie of then is let in, and finds all of it."""

import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Outcome
from tests.clients import api
from tests.data.test_data import COOKIES, HERE, MADE, holds, reworded
from tests.running import Chatadmin

Run = Callable[..., Outcome]


def _without_epochs(said: Any) -> Any:
    """The same in no epoch: a restore begins another."""
    if isinstance(said, list):
        return [_without_epochs(one) for one in said]
    if isinstance(said, dict):
        return {name: _without_epochs(value) for name, value in said.items() if name != "epoch"}
    return said


@pytest.mark.parametrize("commit", MADE)
def test_it_comes_back(
    commit: str, chatadmin_does: Run, start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    with tarfile.open(HERE / f"{commit}.tar.xz") as packed:
        packed.extractall(tmp_path / "then")
    (tmp_path / "then").chmod(0o700)
    known = json.loads((HERE / f"{commit}.json").read_text("utf-8"))
    made = chatadmin_does("backup", tmp_path / "then.tar.gz", "--data-dir", tmp_path / "then")
    assert made.status == 0, made.err
    shutil.rmtree(tmp_path / "then")
    done = chatadmin_does("restore", tmp_path / "then.tar.gz", "--data-dir", tmp_path / "now")
    assert (done.status, done.err) == (0, "")

    running = start_chatadmin(data_dir=tmp_path / "now")
    visitors = known["answers"].keys() - COOKIES.keys()
    assert visitors
    for who in visitors:
        cookie = f"chatadmin_visitor={known['tokens'][who]}"
        for path, then in known["answers"][who].items():
            now = api.ask(running.url, path, Cookie=cookie).value
            holds(now, _without_epochs(reworded(path, then)), f"{who} {path}")
    for who, name in COOKIES.items():  # agents log in anew
        assert api.ask(running.url, "/v1/me", Cookie=f"{name}={known['tokens'][who]}").status == 401
