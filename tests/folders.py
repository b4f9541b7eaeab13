"""What lies in a folder that a running product writes to and removes from, while it is looked at."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def files_in(folder: Path) -> list[Path]:
    """The files beneath it. A folder that goes meanwhile is passed over, which Path.glob would fail at."""
    return [Path(place) / name for place, _, names in os.walk(folder) for name in names]


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files beneath it, with what is in them: plain files alone, and none that goes meanwhile."""
    for path in files_in(folder):
        with suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.read_bytes()
