"""What the code of pages says, and what the catalogues hold: for tests that compare the two.

A key is named in code by a string: the first argument of `t()` or `plural()`, or any string that looks like a key of
ours (`context.page`, handed on to `t()` elsewhere). None is built from parts: what no string names, nobody can compare
with a catalogue.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.running import node

PAGES = ("visitor", "console", "setup")
Catalogue = Mapping[str, Mapping[str, str]]

_IMPORT = re.compile(r"""(?:\bfrom\s+|\bimport\s*\(?\s*)["'](\.[^"']+)["']""")
# What is there before the module that names it runs.
_AT_ONCE = re.compile(r"""^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"(\.[^"]+)\"""", re.MULTILINE)
_CALL = re.compile(r"(?<![\w.$])(t|plural)\(")
# A string that is not merely compared with something: `error.code === "setup_closed" ? t("...") : ...`
_STRING = re.compile(r"""(?<![=!]= )(["'])([\w.-]+)\1""")
# The beginning of a key, to which something is added: `tick.${kind}`, "tick." + kind
_BEGINNING = re.compile(r"""(`[\w.]+\.)\$\{|(["'][\w.]+\.)["']""")


class Used(NamedTuple):
    """What the scripts of a page name: sentences and sentences for a number; and keys built from parts, as written."""

    sentences: set[str]
    plurals: set[str]
    built: set[str]


def load(folder: Path) -> dict[str, Catalogue]:
    """Every catalogue in a folder, by language."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))}


def scripts(main: Path, *, chunks: bool = True) -> set[Path]:
    """The modules that `main` loads, itself included; without `chunks` those that a page begins with."""
    named = _IMPORT if chunks else _AT_ONCE
    found: set[Path] = set()
    waiting = [main]
    while waiting:
        script = waiting.pop()
        if script not in found:
            found.add(script)
            waiting += [(script.parent / name).resolve() for name in named.findall(script.read_text("utf-8"))]
    return {script for script in found if script.suffix == ".js"}


def used(text: str, namespaces: set[str]) -> Used:
    """The keys named in `text`; `namespaces` are the first words of all keys."""
    named: dict[str, set[str]] = {"t": set(), "plural": set()}
    for call in _CALL.finditer(text):
        named[call[1]] |= {found[2] for found in _STRING.finditer(_first_argument(text, call.end()))}
    for found in _STRING.finditer(text):
        space, dot, _ = found[2].partition(".")
        if dot and space in namespaces and found[2] not in named["plural"]:
            named["t"].add(found[2])
    return Used(named["t"], named["plural"], _built(text, namespaces))


def _built(text: str, namespaces: set[str]) -> set[str]:
    beginnings = {"".join(found) for found in _BEGINNING.findall(text)}
    in_calls = {_first_argument(text, call.end()) for call in _CALL.finditer(text)}
    return {start for start in beginnings if start[1:].split(".")[0] in namespaces} | {
        argument for argument in in_calls if "`" in argument or "+" in argument
    }


def _first_argument(text: str, start: int) -> str:
    """The argument that begins at `start`, without what it has in brackets of its own."""
    depth, said = 0, ""
    for sign in text[start:]:
        depth += sign in "([{"
        if sign in ")]}" or (depth == 0 and sign == ","):
            depth -= 1
        elif depth == 0:
            said += sign
        if depth < 0:
            break
    return said


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


@cache
def forms(tag: str) -> frozenset[str]:
    """The plural forms a language counts by: those that the pages' own Intl.PluralRules chooses from."""
    script = "console.log(new Intl.PluralRules(process.argv[1]).resolvedOptions().pluralCategories.join(' '))"
    done = subprocess.run([node(), "-e", script, tag], capture_output=True, text=True, timeout=60, check=True)
    return frozenset(done.stdout.split())
