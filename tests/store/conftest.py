"""Each command and script is tried on both engines; what is above them only on one."""

import pytest

from tests.running import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The store's engine, Valkey and Redis in turn."""
    found: str = request.param
    return found
