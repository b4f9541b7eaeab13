"""The product with some of its text replaced: a copy in a folder of its own, to be run from source."""

import shutil
import tempfile
from pathlib import Path

from tests.running import ROOT

# In which file, which text, by what.
Changes = tuple[tuple[str, str, str], ...]

# What a copy of the product needs to run from source.
PARTS = ("app", "templates", "static", "default_config.yaml")


def copy(changes: Changes, source: Path = ROOT) -> Path:
    """A copy of the product with these changes, in a folder of its own. The text each replaces must be there once."""
    folder = Path(tempfile.mkdtemp(prefix="ca-planted-"))
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source / part, folder / part)
    for name, old, new in changes:
        text = (folder / name).read_text("utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times: what is planted must be planted anew"
        (folder / name).write_text(text.replace(old, new), "utf-8")
    return folder
