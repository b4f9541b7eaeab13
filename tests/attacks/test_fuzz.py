"""A few seconds of the fuzzer; `python -m tests.attacks.fuzz` takes as long as it is given. Ten minutes of pictures."""

import random
import sys

import pytest

from tests.attacks import fuzz_pictures
from tests.attacks.fuzz import LEAST, fuzz


def test_nothing_gives_under_bent_frames_and_requests() -> None:
    seed = random.SystemRandom().randrange(1 << 24)
    print(f"seed {seed}: python -m tests.attacks.fuzz --seed {seed}")
    seen = fuzz(seed, 6.0)
    assert min(seen["thrown"][kind] for kind in ("json", "wire", "http")) >= LEAST
    assert seen["healthy pair"]["messages"] > 2


@pytest.mark.long
def test_ten_minutes_of_bent_pictures_break_no_walker() -> None:
    seed = random.SystemRandom().randrange(1 << 24)
    print(f"seed {seed}: python -m tests.attacks.fuzz_pictures --seed {seed}")
    assert fuzz_pictures.fuzz(seed, sys.maxsize, 600).total() > 100_000
