"""The reckoning is right, and its measurement works; what it measures is not judged here."""

from pathlib import Path

import pytest

from tests.bench.cost import Habits, Measured, Prices, a_million, cost, main

SEEN = Measured(
    server_bytes=16_000,
    kernel_bytes=4_000,
    store_bytes=5_000,
    empty_share=0.02,
    idle_share=10e-6,
    visit_cpu=0.002,
    message_cpu=0.001,
    busy_cpu=0.0002,
    message_bytes=400,
    message_disk=1_000,
)


def test_a_month_of_a_thousand_visitors() -> None:
    # 1,000 visitors of 43.2 minutes: one is there in the mean, for a month of 2,592,000 s.
    parts = cost(SEEN, Prices(core=10, memory=3, disk=0.1), Habits(minutes=43.2, messages=10, kept_days=60))
    assert parts == pytest.approx(
        {
            "processor": (10e-6 + (1000 * 0.002 + 10_000 * 0.001) / 2_592_000) / 0.5 * 10,
            "memory for sockets": 20_000e-9 * 3,
            "memory for history": (1000 * 5_000 + 10_000 * 400) * 2e-9 * 3,
            "disk": 10_000 * 1_000 * 2e-9 * 0.1,
        }
    )


def test_a_million_sockets() -> None:
    told = [(size, round(price)) for _, size, price in a_million(SEEN, Prices(core=10, memory=3, disk=0.1))]
    assert told == [("16.0 GB", 48), ("4.0 GB", 12), ("5.0 GB", 15), ("10.0 cores", 200)]


def test_it_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--sockets", "4", "--rest", "0.5", "--seconds", "0.5", "--out", str(tmp_path / "cost.json")]
    assert main(small) == 0
    assert "| 1,000 visitors a month who |" in capsys.readouterr().out
