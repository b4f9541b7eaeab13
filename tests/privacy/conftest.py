"""What is erased or exported is looked up on both engines."""

from collections.abc import AsyncIterator

import pytest

from app.store.store import Store
from tests.running import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The store's engine, Valkey and Redis in turn."""
    found: str = request.param
    return found


@pytest.fixture
async def shop(store_url: str) -> AsyncIterator[Store]:
    """An open, empty store."""
    opened = Store(store_url, 1, 30, 30, 168)
    await opened.open()
    yield opened
    await opened.close()
