"""Run the program under test to its end and look at what it said."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.running import PATIENCE, ROOT, environment, frozen, program_under_test


@dataclass(frozen=True)
class Outcome:
    """How a run of the program ended."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr; fails where it is not one line of ours."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("chatadmin: "), self.err
        assert "Traceback" not in self.err
        return lines[0].removeprefix("chatadmin: ")


def run(
    *arguments: str, home: Path, env: Mapping[str, str] | None = None, given: str = "", cwd: Path | None = None
) -> Outcome:
    """Run `chatadmin ARGUMENTS` with `given` as standard input, at home in `home`."""
    paths = {} if frozen() else {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*program_under_test(), *arguments],
        env=environment(home, {**paths, **(env or {})}),
        cwd=cwd or home,
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
