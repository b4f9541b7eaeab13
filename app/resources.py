"""The files delivered with the program: pages, scripts for browsers, the default configuration, licences.

They lie beside the package in the source tree, and in the folder the frozen program unpacks itself to.
"""

import sys
from pathlib import Path

FROZEN = bool(getattr(sys, "frozen", False))
ROOT = Path(getattr(sys, "_MEIPASS", "")) if FROZEN else Path(__file__).resolve().parent.parent


def path(*parts: str) -> Path:
    """Where a delivered file or folder lies: `path("static")`, `path("default_config.yaml")`."""
    return ROOT.joinpath(*parts)


def command(*arguments: str) -> list[str]:
    """The line that starts this program anew with these arguments, in ROOT."""
    return [sys.executable, *([] if FROZEN else ["-m", "app"]), *arguments]
