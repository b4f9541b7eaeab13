"""`chatadmin config`: the settings in force, and where each came from."""

from app.config import Loaded, flat, masked


def show(loaded: Loaded) -> int:
    """Print every setting, secrets masked; returns the exit status."""
    for name, value in flat(loaded.settings).items():
        shown = masked(name, value)
        print(f"{name}: {shown if shown != '' else '(empty)'}    # {loaded.origin[name]}")
    return 0
