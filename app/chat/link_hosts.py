"""Which hosts a link may lead to, so that nobody is fooled by what is read. The same as static/js/link_host.js.

A browser shows a name of other letters as it is only where these cannot pass for others, and as `xn--...` elsewhere
(Chromium's "IDN in Google Chrome", WebKit's list of allowed scripts). What they would not show is no link here: a
label of two scripts; Cyrillic and Greek, whose letters look like Latin ones, under an ending that is not theirs;
Latin letters that look like a to z; scripts written from right to left, which turn the parts of a name around.
"""

import re

_LATIN = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u0130\u0132-\u0137\u0139-\u0148\u014A-\u017E\u1E00-\u1EFF"
_CYRILLIC = r"\u0400-\u04FF"
_GREEK = r"\u0370-\u03FF\u1F00-\u1FFF"
# Han, Japanese and Korean letters.
EAST_ASIAN = r"\u3005-\u3007\u3041-\u3096\u309D-\u30FA\u30FC-\u30FE\u3105-\u312F\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3"

_RUN = re.compile(f"[0-9{_LATIN}{_CYRILLIC}{_GREEK}{EAST_ASIAN}._-]+")
_GLUED = re.compile(f"[{_LATIN}](?=[{EAST_ASIAN}])")  # Chinese goes on without a space
_ONE_SCRIPT = [re.compile(f"[0-9{letters}_-]+") for letters in (_LATIN, EAST_ASIAN, _CYRILLIC, _GREEK)]
_LOOK_ALIKE = _ONE_SCRIPT[2:]
_ASCII = re.compile("[0-9A-Za-z_-]+")
_ENDING = re.compile("[^0-9_-][^_]+")
_BYTE = re.compile("25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9]")
# Characters: RFC 1035.
_LONGEST_HOST, _LONGEST_LABEL = 253, 63


def host_at(text: str, start: int) -> str:
    """The host that stands in `text` at `start`; "" where there is none, or one that could fool."""
    found = _RUN.match(text, start)
    run = found.group() if found else ""
    glued = _GLUED.search(run)
    host = (run[: glued.end()] if glued else run).rstrip("._-")
    return host if _honest(host, dotted=glued is not None) else ""


def _honest(host: str, *, dotted: bool) -> bool:
    """`dotted`: whether a name without a dot is none."""
    labels = host.split(".")
    last = labels[-1]
    if len(host) > _LONGEST_HOST or not all(map(_label, labels)):
        return False
    if len(labels) == 1:
        return not dotted and _is(_ASCII, host) and _is(_ENDING, host)
    if len(labels) == 4 and all(_is(_BYTE, label) for label in labels):
        return True
    foreign = [one for one in _LOOK_ALIKE if any(not _is(_ASCII, label) and _is(one, label) for label in labels)]
    return _is(_ENDING, last) and all(not _is(_ASCII, last) and _is(one, last) for one in foreign)


def _label(label: str) -> bool:
    if len(label) > _LONGEST_LABEL or label.startswith("-") or label.endswith("-"):
        return False
    return any(_is(one, label) for one in _ONE_SCRIPT)


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None
