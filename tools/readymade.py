"""Write down what Python compiles while a server starts: `python -m tools.readymade FILE`; app/readymade.py uses it."""

import _sre
import array
import builtins
import collections
import dataclasses
import marshal
import sys
from pathlib import Path
from re import _compiler  # type: ignore[attr-defined]
from types import CodeType
from typing import Any, cast

from app.readymade import Patterns, Texts

patterns: Patterns = {}
texts: Texts = {}


def watch() -> None:
    """From here on, whatever is compiled is kept."""
    compiled, asked = _compiler.compile, [("", 0)]

    def compile_pattern(text: Any, flags: int = 0) -> Any:
        asked[0] = (text, int(flags))
        return compiled(text, flags)

    class Engine:
        def __getattr__(self, name: str) -> Any:
            return getattr(_sre, name)

        def compile(self, text: Any, flags: Any, program: list[int], groups: int, index: Any, names: Any) -> Any:
            code = array.array("I", program).tobytes()
            patterns[asked[0]] = (int(flags), code, groups, dict(index), tuple(names))
            return _sre.compile(text, flags, program, groups, index, names)

    def run(text: Any, *spaces: Any) -> None:
        builtins.exec(kept(text, "exec"), *spaces)

    def value(text: Any, *spaces: Any) -> Any:
        return builtins.eval(kept(text, "eval"), *spaces)

    _compiler.compile, _compiler._sre = compile_pattern, Engine()
    vars(dataclasses)["exec"], vars(collections)["eval"] = run, value


def kept(text: str, mode: str) -> CodeType:
    """The code of a text, as it is in the frozen file: without assertions and docstrings."""
    code: CodeType = compile(text, "<string>", mode, dont_inherit=True, optimize=2)
    texts[text] = marshal.dumps(code, 2)  # of the version that does not ask who else has an object
    return code


def start() -> None:
    """All that a server imports, and makes before it serves."""
    from app import absent, cli, config

    absent.leave_out()
    import app.server.run
    import app.server.worker  # noqa: F401
    from app.live.node import Node
    from app.web.app import create_app

    cli.command_line()
    create_app(config.load({}, {}, None).settings, cast(Node, None))


def main(file: str) -> int:
    """Watch one, and write it down; in an order that is the same for every build."""
    watch()
    start()
    found = (
        _sre.MAGIC,
        dict(sorted(patterns.items(), key=repr)),
        dict(sorted(texts.items())),
    )
    Path(file).write_bytes(marshal.dumps(found, 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
