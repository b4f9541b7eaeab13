"""A newer version of the product, made of this source: it has a format of its own, in which it writes what is said.

What is made up is small, and just what an older version would read wrongly: in the newer format a `~` stands before the
body of a message, in logs and in feeds.
"""

import re
from pathlib import Path

from tests.prove.changed import Changes, copy
from tests.running import ROOT

VERSION = "99.0.0"
_FORMATS, _MESSAGES, _ENTRIES, _STORE = (f"app/store/{name}.py" for name in ("formats", "messages", "entries", "store"))
# What stands there in this version, and what in the newer one.
_EDITS = (
    (_ENTRIES, "    return Entry(uid, int(id.partition", "{plain}    return Entry(uid, int(id.partition"),
    (_ENTRIES, "    return Entry(\n        uid, int(seq)", "{plain}    return Entry(\n        uid, int(seq)"),
    (_MESSAGES, '__slots__ = ("_appends", ', '__slots__ = ("_appends", "_formats", '),
    (_MESSAGES, "(self, appends: Batches, keys", "(self, formats, appends: Batches, keys"),
    (
        _MESSAGES,
        "        self._appends, self.keys",
        "        self._formats = formats\n        self._appends, self.keys",
    ),
    (_MESSAGES, "        c, d, f = len(count)", "{marked}        c, d, f = len(count)"),
    (_MESSAGES, "pipelines: Pipelines, keys: Keys)", "pipelines: Pipelines, keys: Keys, formats)"),
    (_MESSAGES, "        self._pipelines, ", "        self._formats = formats\n        self._pipelines, "),
    (_MESSAGES, "return Writer(", "return Writer(self._formats, "),
    (_STORE, "Messages(self.pipelines, self.keys)", "Messages(self.pipelines, self.keys, self.formats)"),
)
_PLAIN = '    body = body.removeprefix(b"~")\n'
_MARKED = '        body = b"~" + body if self._formats.in_force == {newest} else body\n'


def _found(file: str, pattern: str) -> str:
    """What stands there in this version."""
    found = re.search(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE)
    assert found, f"{file} has no {pattern}"
    return found[0]


def _changes() -> Changes:
    version, numbers = _found("app/__init__.py", "^__version__ = .*$"), _found(_FORMATS, "^NEWEST, FORMER = .*$")
    newest = int(re.findall(r"\d+", numbers)[0]) + 1
    marked = _MARKED.replace("{newest}", str(newest))
    edits = ((file, old, new.replace("{plain}", _PLAIN).replace("{marked}", marked)) for file, old, new in _EDITS)
    return (
        ("app/__init__.py", version, f'__version__ = "{VERSION}"'),
        (_FORMATS, numbers, f"NEWEST, FORMER = {newest}, {newest - 1}"),
        *edits,
    )


def make() -> Path:
    """The source of that version, in a folder of its own."""
    return copy(_changes())
