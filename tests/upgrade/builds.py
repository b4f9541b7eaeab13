"""Builds of the program that differ in their version alone: one file each, which runs this source.

What the frozen program takes from itself (where its file is, whether there is a release key) such a file says instead.
"""

import sys
from pathlib import Path

from tests.running import ROOT

_FILE = """#!{python}
import os, sys
sys.path.insert(0, {root!r})
import app
app.__version__ = {version!r}
{more}
from app.commands import upgrade
from app.upgrade import place, server
from pathlib import Path
place.running = lambda: Path(__file__).resolve()
restart = server.Server.restart
def restarted(*words):  # the former, which is put back, is waited for as long as ever
    server.READY_WITHIN, usual = {patience!r}, server.READY_WITHIN
    try:
        return restart(*words)
    finally:
        server.READY_WITHIN, server.Server.restart = usual, restart
server.Server.restart = restarted
if not {backup!r}:
    upgrade._back_up = lambda *_: "nowhere"
if "KILLED_AT" in os.environ and "upgrade" in sys.argv:
    from tests.upgrade import killing
    killing.install(os.environ["KILLED_AT"])
from app.__main__ import main
sys.exit(main())
"""
# One that starts, says its version, finds nothing wrong, and never serves.
NEVER_READY = """
import time
if "serve" in sys.argv:
    time.sleep(600)
"""


def build(
    folder: Path, version: str, *, name: str = "", more: str = "", patience: float = 60.0, backup: bool = False
) -> Path:
    """Make one in `folder`; `more`: what it does first, `patience`: seconds it waits for the first that it starts
    to be ready.

    It makes no backup but with `backup`: that takes its time, and has tests of its own.
    """
    file = folder / (name or f"chatadmin-{version}")
    text = _FILE.format(
        python=sys.executable, root=str(ROOT), version=version, more=more, patience=patience, backup=backup
    )
    file.write_text(text, "utf-8")
    file.chmod(0o755)
    return file
