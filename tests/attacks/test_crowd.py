"""Small crowds; `python -m tests.attacks.crowd` brings large ones."""

import pytest

from tests.attacks import crowd


@pytest.mark.parametrize(("what", "count"), [("stalled readers", 40), ("endless frames", 20), ("idle sockets", 300)])
def test_a_crowd_is_bounded_and_costs_others_nothing(what: str, count: int) -> None:
    seen = crowd.run(what, crowd.KINDS[what], count)
    assert seen[what] == count
    assert seen["healthy pair"]["messages"] > 0
