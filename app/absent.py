"""What libraries of ours import and nothing here reaches: in a process that serves, such a module stands empty.

Together they would cost a quarter of the start, and five megabytes in each process. The list follows what libraries
import at the versions that are pinned: `tests/web/test_policies.py` serves every route with it, and another test of
`tests/server/` looks for stores of several servers. What is used after all raises Absent, which leads here.
"""

import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

# No process has a use for these: they are not in the frozen file.
BY_NOBODY = """
    h2 h2.events hypercorn.protocol.h2
    click flask.cli quart.cli quart.testing werkzeug.serving werkzeug.test
    wsproto.connection wsproto.events wsproto.extensions wsproto.frame_protocol wsproto.handshake
    jwt.jwks_client logging.config multiprocessing.synchronize tomllib
""".split()  # noqa: SIM905 - a list would take twenty lines
# The courier and commands use these.
_BY_OTHERS = ("wsproto", "picows.api", "http.cookiejar")


class Absent(RuntimeError):
    """Something was used that was thought to be used by nobody."""


class _Nothing:
    """What every name of an empty module is: a class that types may name, and nobody may make one of."""

    def __init__(self, *_: object, **__: object) -> None:
        raise Absent(f"{type(self).__module__}.{type(self).__name__} is left out of the server: app/absent.py")


class _Group:
    """Quart's commands of an application or a blueprint: there are none."""

    commands = ()


def _code(number: int) -> SimpleNamespace:
    """A member of wsproto's enumeration of the reasons to close (RFC 6455)."""
    return SimpleNamespace(value=number)


# What is used of them nevertheless.
_USED: dict[str, dict[str, Any]] = {
    "hypercorn.protocol.h2": {"H2Protocol": None},
    "quart.cli": {"AppGroup": _Group},
    "wsproto.frame_protocol": {
        "CloseReason": SimpleNamespace(NORMAL_CLOSURE=_code(1000), ABNORMAL_CLOSURE=_code(1006))
    },
    "wsproto.handshake": {"WEBSOCKET_VERSION": b"13"},
}


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (_Nothing,), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


def leave_out() -> None:
    """Once, before anything imports Quart, in a process that does nothing but serve."""
    package = find_spec("wsproto")  # one of its modules is used: where that lies has to be known
    for name in (*BY_NOBODY, *_BY_OTHERS):
        if name not in sys.modules:
            module = sys.modules[name] = _Empty(name)
            vars(module).update(_USED.get(name, {}))
    if package:
        vars(sys.modules["wsproto"]).setdefault("__path__", package.submodule_search_locations)
