"""A file for the browser to keep: its name in a header, safe whatever a person typed."""

import unicodedata
from urllib.parse import quote

# Characters of a name's part that a person typed.
_MAX_TYPED_CHARACTERS = 40


def disposition(stem: str, typed: str, tail: str) -> str:
    """`Content-Disposition` for `<stem>-<typed>-<tail>` (RFC 6266): in ASCII for old readers, whole by RFC 8187."""
    basic = "-".join(part for part in (stem, _safe(typed, ascii=True), tail) if part)
    whole = "-".join(part for part in (stem, _safe(typed, ascii=False), tail) if part)
    return _header("attachment", basic, whole)


def named(name: str, *, inline: bool = False) -> str:
    """`Content-Disposition` for a file of that name, to be shown in place or to be kept."""
    basic = "".join(character if character.isascii() and character not in '"\\%' else "_" for character in name)
    return _header("inline" if inline else "attachment", basic, name)


def _header(what: str, basic: str, whole: str) -> str:
    extended = f"; filename*=UTF-8''{quote(whole, safe='')}" if whole != basic else ""
    return f'{what}; filename="{basic}"{extended}'


def _safe(typed: str, *, ascii: bool) -> str:
    """Letters, digits and their marks: no path, no quote, no line break, nothing that turns the name around."""
    kept = (
        character if unicodedata.category(character)[0] in "LMN" and (character.isascii() or not ascii) else "-"
        for character in typed[:_MAX_TYPED_CHARACTERS]
    )
    return "-".join(part for part in "".join(kept).split("-") if part)
