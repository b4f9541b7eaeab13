"""HTTP/2, which is not spoken here and not in the file: what of it Hypercorn imports, whether it is used or not."""

import sys
from types import ModuleType

# Modules that stand empty for Hypercorn's HTTP/2 and the library beneath it (docs/decisions says why there is none).
_EMPTY = ("h2", "h2.events", "hypercorn.protocol.h2")


def leave_out_http2() -> None:
    """Once, before anything imports Hypercorn, as Quart does."""
    for name in _EMPTY:
        sys.modules.setdefault(name, ModuleType(name))
    vars(sys.modules["hypercorn.protocol.h2"]).setdefault("H2Protocol", None)
