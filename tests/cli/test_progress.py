"""How far a long command is: a bar where somebody looks, a line each minute where nobody does."""

import io

from app.commands.progress import Progress


class Clock:
    """Goes when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_it_is_a_line_each_minute() -> None:
    clock, out = Clock(), io.StringIO()
    with Progress("backing up", "entries", total=2000, out=out, clock=clock) as progress:
        for second in range(150):
            clock.now = 100.0 + second
            progress.at(second * 10)
    assert out.getvalue() == (
        "backing up: 30 %, 600 of 2,000 entries, 2:20 left\nbacking up: 60 %, 1,200 of 2,000 entries, 1:20 left\n"
    )


def test_on_a_terminal_it_is_a_bar_that_goes() -> None:
    clock, out = Clock(), Terminal()
    with Progress("backing up", "entries", total=1000, out=out, clock=clock) as progress:
        progress.at(1)
        assert out.getvalue() == ""
        clock.now += 1
        progress.at(500)
        assert out.getvalue() == "\rbacking up: [############............] 50 %, 500 of 1,000 entries, 0:01 left"
    assert out.getvalue().endswith(" \r")


def test_what_nobody_knows_the_end_of_is_counted() -> None:
    clock, out = Clock(), io.StringIO()
    with Progress("reading", "lines", out=out, clock=clock) as progress:
        clock.now += 3700
        progress.at(12345)
    assert out.getvalue() == "reading: 12,345 lines, 1:01:40\n"
