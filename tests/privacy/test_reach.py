"""What erasure does with each kind of key is decided, and written down, before there is such a key."""

import re
from pathlib import Path

from app.backup import inventory
from app.privacy import reach
from tests.running import ROOT


def test_every_kind_of_key_is_decided() -> None:
    """The inventory of backups has all of them (tests/backup/test_inventory.py)."""
    assert set(reach.KINDS) == set(inventory.KINDS), "say in app/privacy/reach.py what erasing somebody does with it"


def test_what_is_said_to_do_it_is_there() -> None:
    scripts = {path.name for path in Path(ROOT / "app/store/scripts").glob("*.lua")}
    for name, kind in reach.KINDS.items():
        if kind.fate != "stays":
            assert set(re.findall(r"\w+\.lua", kind.how)) <= scripts, name
