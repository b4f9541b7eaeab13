"""What can be read on a disk: of a data directory, as `strings` would have it, in whatever case it stands."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.folders import files_in


def readable(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """In which files which of the words stand, in their bytes or their names."""
    found = {}
    for path in sorted(files_in(folder)):
        raw = b""
        with suppress(FileNotFoundError):  # it goes meanwhile
            # what is mapped, not read, and no socket
            raw = path.read_bytes() if path.is_file() and "bin" not in path.relative_to(folder).parts else b""
        raw = (raw + b"\n" + str(path.relative_to(folder)).encode()).lower()
        if here := [word for word in words if word.lower().encode() in raw]:
            found[str(path.relative_to(folder))] = here
    return found
