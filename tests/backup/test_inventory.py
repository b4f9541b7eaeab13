"""What becomes of each key is decided, and written down, before there is such a key."""

import inspect

from app.backup import inventory, records
from app.store import keys, outbox_keys


def test_every_kind_of_key_is_in_the_inventory() -> None:
    found = set[str]()
    known = {module.__name__ for module in (keys, outbox_keys)}
    for name, kind in (*inspect.getmembers(keys, inspect.isclass), *inspect.getmembers(outbox_keys, inspect.isclass)):
        if kind.__module__ in known:
            found |= {f"{name}.{member}" for member in dir(kind) if not member.startswith("_")}
    found |= {f"IndexKeys.{member}" for member in vars(keys.IndexKeys("{s00}")) if not member.startswith("_")}
    found |= {f"OutboxKeys.{member}" for member in vars(outbox_keys.OutboxKeys("{s00}")) if not member.startswith("_")}
    found |= {f"Keys.{member}" for member in vars(keys.Keys()) if not member.startswith("_")}
    assert found - inventory.NO_KEYS == set(inventory.KINDS), "say in app/backup/inventory.py what becomes of it"


def test_what_is_kept_is_kept_in_a_record() -> None:
    for name, kind in inventory.KINDS.items():
        if kind.fate == "kept":
            record = kind.why.split(",")[0].split(".")[0]
            assert record in vars(records) or kind.why in inventory.KINDS, name
