"""What Python compiles anew in each process, made when the frozen file is: regular expressions, and the text of which
dataclasses and named tuples are made. What is not there is compiled as ever.

They are the seventh part of a start. `tools/readymade.py` imports all that a server does, and notes what is compiled.
"""

import _sre  # type: ignore[import-not-found]
import builtins
import collections
import dataclasses
import marshal
from re import _compiler  # type: ignore[attr-defined]
from typing import Any

from app import resources

NAME = "readymade"

# By its text and flags: what Python's compiler of regular expressions gives to `_sre.compile`, the program as bytes.
Pattern = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]
Patterns = dict[tuple[str | bytes, int], Pattern]
# A text's code, marshalled: most of it is the workers' alone.
Texts = dict[str, bytes]


def install() -> None:
    """Have what was made used, in the frozen file."""
    if not resources.FROZEN:
        return
    magic, patterns, texts = marshal.loads(resources.read(NAME))
    if magic == _sre.MAGIC:
        _use_patterns(patterns)
        _use_texts(texts)


def _use_patterns(patterns: Patterns) -> None:
    compiled = _compiler.compile

    def compile(text: Any, flags: int = 0) -> Any:
        made = patterns.pop((text, int(flags)), None)  # once: Python remembers what it compiled
        if made is None:
            return compiled(text, flags)
        all_flags, program, groups, index, names = made
        return _sre.compile(text, all_flags, list(memoryview(program).cast("I")), groups, index, names)

    _compiler.compile = compile


def _use_texts(texts: Texts) -> None:
    def code(text: Any) -> Any:
        made = texts.get(text)
        return marshal.loads(made) if made else text

    def exec(text: Any, *spaces: Any) -> None:
        builtins.exec(code(text), *spaces)

    def eval(text: Any, *spaces: Any) -> Any:
        return builtins.eval(code(text), *spaces)

    vars(dataclasses)["exec"], vars(collections)["eval"] = exec, eval
