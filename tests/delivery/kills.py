"""Steps of the planted program at which its worker is killed, once a test says so."""

from pathlib import Path

# What is planted at the end of a module: `killed(step)`, to be called where a step is done.
KILLED = """

def killed(step: str) -> None:
    import os
    import signal
    from pathlib import Path

    armed = Path(__file__).with_name("armed")
    if armed.exists() and armed.read_text() == step:
        armed.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
"""
# The next worker is there at once.
BACK_AT_ONCE = (
    "app/server/supervisor.py",
    "BACKOFF_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)",
    "BACKOFF_DELAYS = (0.05,)",
)


class Kills:
    """`folder`: that of the module in which `killed` is planted."""

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"

    def arm(self, step: str) -> None:
        """The worker that next comes to this step dies there."""
        self._armed.write_text(step)

    @property
    def armed(self) -> bool:
        """Whether none has come to it yet."""
        return self._armed.exists()
