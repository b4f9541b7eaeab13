"""Which parts of a text are links: addresses of the web and of e-mail, and telephone numbers. The same rule as
static/js/links.js; tests/links.json holds both to it.

A link leads where it says, and to nothing that runs: `https:`, `http:`, `mailto:` and `tel:` alone. What pretends to
another host (a name before an `@`, see also link_hosts.py) stays text. Each character is looked at a few times at most,
whatever stands there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.chat.link_hosts import EAST_ASIAN, host_at
from app.chat.telephone import number_at

_SPACE = r"\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_UNSEEN = r"\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFD\U000E0000-\U000E0FFF"
_QUOTES = r"\"<>`\\\u00AB\u00BB\u2018-\u201F\u2026\u2039\u203A"
_WIDE_MARKS = (
    r"\u3001-\u3003\u3008-\u3011\u3014-\u301F\uFE10-\uFE1F\uFE30-\uFE6F"
    r"\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65"
)
_ENDS = _SPACE + _UNSEEN + _QUOTES + _WIDE_MARKS  # what no link holds

_WORD = re.compile(r"[0-9A-Za-z_\u00AA\u00B5\u00BA\u00C0-\u1FFF\u2C00-\u2DFF\uA640-\uABFF\uFB00-\uFDFF\uFE70-\uFEFE]")
_HINT = re.compile(r"://|[Ww]{3}\.|@|\+[0-9]|\([0-9]|[0-9]")
_RUN = re.compile(f"[^{_ENDS}]*")
_AUTHORITY = re.compile(f"[^{_ENDS}/?#]*")
_SCHEME = re.compile(r"(?:^|[^0-9A-Za-z_])([Hh][Tt][Tt][Pp][Ss]?)\Z")
_PORT = re.compile("(:([0-9]{1,5}))(?![0-9])")
_MOST_PORT = 65_535
_AFTER_HOST = re.compile(rf"\Z|[{_ENDS}{EAST_ASIAN}\u2600-\u27BF\U0001F000-\U0001FAFF!$&'()*+,;=\[\]^{{|}}~._-]")
_GOES_ON_UNSEEN = re.compile(f"[{_UNSEEN}]{{1,64}}[^{_ENDS}{EAST_ASIAN}]")
_LONGEST_ADDRESS = 2_048  # characters; browsers and servers take no longer ones

_LOCAL_PART = re.compile(r"[0-9A-Za-z._%+-]")
_LONGEST_LOCAL_PART = 64  # characters: RFC 5321
_DOMAIN = re.compile("[0-9A-Za-z.-]{1,253}")
_MAIL_ENDING = re.compile(r"\.(?:[A-Za-z]{2,63}|xn--[0-9A-Za-z-]+)\Z")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Link:
    """Where in the text it stands, and where it leads."""

    start: int
    end: int
    href: str


def links_of(text: str) -> Iterator[Link]:
    """The links of a text, in order."""
    behind = at = 0  # the end of the last link; where to look on
    while hint := _HINT.search(text, at):
        found = _read(text, hint, behind)
        if isinstance(found, Link):
            yield found
            behind = at = found.end
        else:
            at = found


def _read(text: str, hint: re.Match[str], behind: int) -> Link | int:
    """What a hint leads to: a link, or where to look on."""
    sign, at = hint.group(), hint.start()
    if sign == "@":
        return _mail(text, at, behind)
    if sign == "://":
        scheme = _SCHEME.search(text[max(behind, at - 6) : at])
        start = at - len(scheme.group(1)) if scheme else at
        if not scheme or _continues(text, start):
            return _past(_RUN, text, at)
        return _web(text, start, at + 3)
    if sign.endswith("."):
        return at + 4 if _continues(text, at, "./@-") else _web(text, at, at, "https://")
    end, href = number_at(text, at)
    return Link(at, end, href) if href else end


def _web(text: str, start: int, at: int, scheme: str = "") -> Link | int:
    """`at`: where the host begins; `scheme`: what stands in the address and not in the text."""
    dead = _past(_RUN, text, at)
    host = host_at(text, at)
    if not host or (scheme and host.count(".") < 2) or "@" in text[at : _past(_AUTHORITY, text, at)]:
        return dead
    end = at + len(host)
    port = _PORT.match(text, end)
    if port and int(port.group(2)) <= _MOST_PORT:
        end = port.end()
    if _GOES_ON_UNSEEN.match(text, end):
        return dead  # more of a host than is underlined
    if text[end : end + 1] in ("/", "?", "#"):
        end = _trimmed(text, start, _past(_RUN, text, end))
    elif not _AFTER_HOST.match(text, end + 1 if text[end : end + 1] == ":" else end):
        return dead
    return dead if end - start > _LONGEST_ADDRESS else Link(start, end, scheme + text[start:end])


def _trimmed(text: str, start: int, end: int) -> int:
    """Without the punctuation of the sentence behind it, and brackets that were opened before it."""
    unopened = {
        close: text.count(close, start, end) - text.count(open, start, end) for open, close in _BRACKETS.items()
    }
    while True:
        last = text[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in ".,!?:;'*":
            return end
        end -= 1


def _mail(text: str, at: int, behind: int) -> Link | int:
    start = at
    while start > max(behind, at - _LONGEST_LOCAL_PART) and _LOCAL_PART.match(text, start - 1):
        start -= 1
    local = text[start:at].lstrip(".%+-")
    host = _DOMAIN.match(text, at + 1)
    domain = host.group().rstrip(".-") if host else ""
    start, end = at - len(local), at + 1 + len(domain)
    if not local or not domain or local.endswith(".") or ".." in local:
        return at + 1
    if _continues(text, start, "@%.") or _WORD.match(text, end) or text[end : end + 1] == "@":
        return at + 1
    if not _MAIL_ENDING.search(domain) or host_at(domain, 0) != domain:
        return at + 1
    return Link(start, end, f"mailto:{local.replace('%', '%25')}@{domain}")


def _continues(text: str, start: int, signs: str = "") -> bool:
    """Whether a word goes on at this place, or stands behind one of `signs`."""
    return start > 0 and (_WORD.match(text[start - 1]) is not None or text[start - 1] in signs)


def _past(run: re.Pattern[str], text: str, at: int) -> int:
    found = run.match(text, at)
    return found.end() if found else at
