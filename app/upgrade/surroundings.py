"""The environment for programs that are not this one: of another version, of the system, the operator's."""

import os


def surroundings() -> dict[str, str]:
    """The one we were started in. What the frozen program's loader added would lead another to our libraries."""
    found = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("_PYI_", "_MEI")) and name not in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG")
    }
    before = os.environ.get("LD_LIBRARY_PATH_ORIG")
    return found if before is None else found | {"LD_LIBRARY_PATH": before}
