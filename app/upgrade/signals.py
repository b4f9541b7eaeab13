"""The signals by which a person, or a terminal that is closed, ends a command."""

import signal
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Held:
    """While open, those signals raise KeyboardInterrupt, so that what was begun is cleared away; none while it
    holds. They are caught then, and not ignored, which every program that we start would inherit."""

    def __enter__(self) -> "Held":
        self._before = {number: signal.getsignal(number) for number in _ENDING}
        self.let_go()
        return self

    def hold(self) -> None:
        """From now on what was begun is brought to its end."""
        for number in _ENDING:
            signal.signal(number, lambda *_: None)

    def let_go(self) -> None:
        """From now on they end us again."""
        for number in _ENDING:
            signal.signal(number, _interrupt)

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
