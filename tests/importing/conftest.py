"""A store of either engine, and the command beside it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.store.store import Store
from tests.cli.program import Outcome, run
from tests.running import ENGINES, Valkey

Import = Callable[..., Awaitable[Outcome]]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The store's engine, Valkey and Redis in turn."""
    found: str = request.param
    return found


@pytest.fixture
async def opened(store: Valkey) -> AsyncIterator[Store]:
    """The same store, opened."""
    one = Store(store.url, 1, nickname_days=30, visitor_days=30, agent_hours=1)
    await one.open()
    yield one
    await one.close()


@pytest.fixture
def import_(store: Valkey, tmp_path: Path) -> Import:
    """Run `chatadmin import` on these lines, or on what lies in this folder."""

    async def command(*lines: Any, folder: Path | None = None) -> Outcome:
        place, kind = folder or tmp_path / "export.jsonl", "chatwoot" if folder else "jsonl"
        if not folder:
            place.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
        usual = ("--redis", store.url, "--data-dir", str(tmp_path / "data"))
        return await asyncio.to_thread(run, "import", str(place), "--from", kind, *usual, home=tmp_path)

    return command
