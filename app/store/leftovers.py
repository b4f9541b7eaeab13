"""What lies in the embedded store's folder beside the files that it uses: all of it was written before a rewrite."""

import re
import time
from pathlib import Path

from app.store.child import alive

# s for the server to remove what it does not use any more, in the background
_TIMEOUT, _LOOK_INTERVAL = 30.0, 0.05
_FOLDER, _MANIFEST = "appendonlydir", re.compile(r"^file (\S+) seq \d+ type ([bih])$", re.MULTILINE)
# What a server that was killed while it wrote anew leaves behind, named after the process that did.
_DRAFT = re.compile(r"temp-(?:rewriteaof-(?:bg-)?)?(\d+)\.(?:aof|rdb)")


def clear(data_dir: Path) -> list[Path]:
    """Once the store has rewritten its file, wait until the former one is gone, and remove what killed servers left.

    It blocks. Returns what is still there that should not be. Raises OSError.
    """
    folder = data_dir / "store"
    for place in (folder, folder / _FOLDER):
        for path in place.glob("temp-*"):
            found = _DRAFT.fullmatch(path.name)
            if found and not alive(int(found[1])):
                path.unlink(missing_ok=True)
    deadline = time.monotonic() + _TIMEOUT
    while (left := _unused(folder / _FOLDER)) and time.monotonic() < deadline:
        time.sleep(_LOOK_INTERVAL)
    return left


def _unused(folder: Path) -> list[Path]:
    """The files of no use to the server, as it says itself."""
    used = set()
    for manifest in folder.glob("*.manifest"):
        used |= {manifest.name} | {name for name, type in _MANIFEST.findall(manifest.read_text("utf-8")) if type != "h"}
    return [path for path in folder.iterdir() if path.name not in used]
