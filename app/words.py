"""What the product says to people, one file a language: static/messages/<language>.json.

A file has sections: `language` (its `tag` for HTML, its own `name`, its `dir`ection), `errors` (a sentence for each
code of app/chat/errors.py that a customer can meet) and `team_errors` (for the others), `document` (what a page says
without its script), `plain` (plain mode), `shared`, one for each page, `chunks` (what parts of several pages say that
are loaded later), `console_chunks` (the same of the console alone), `loader` and `panel` (the two parts of what shops
load), `preview` (the made-up shop), `transcript` (what a saved chat says beside the events), `team_transcript` (what
only the team's copy says), `mail` (to customers, and the page that stops it), `team_mail` (to agents), and `table`
(spreadsheets). A language is known by its file's name, and nothing else lists languages. What a file lacks is said in
English.

A language `for` `customers` has none of the sections of TEAM: customers are spoken to in it, and the shop's own people
in the best of the complete ones. `unsure` says, for whoever knows the language better, what its writer was not sure of.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache

from app import resources
from app.chat.errors import Refusal

_FOLDER = "static/messages"
# The language every other one falls back to; its file is complete by definition.
ENGLISH = "en"
# What only the shop's own people are told.
TEAM = frozenset({"console", "console_chunks", "setup", "table", "team_errors", "team_mail", "team_transcript"})
# Characters of a language tag (RFC 5646, 4.4.1): what is longer names no language, and looking it up would take long.
_LONGEST = 35

_Catalogue = dict[str, dict[str, str]]


@cache
def _catalogues() -> dict[str, _Catalogue]:
    found = [name.removesuffix(".json") for name in resources.names(_FOLDER)]
    return {
        language: json.loads(resources.read(f"{_FOLDER}/{language}.json"))
        for language in sorted(found, key=lambda language: (language != ENGLISH, language))
    }


@cache
def languages(*, team: bool = False) -> tuple[str, ...]:
    """The languages there are, English first; `team`: those in which the shop's own people are spoken to as well."""
    return tuple(
        language for language, sections in _catalogues().items() if not (team and "for" in sections["language"])
    )


def best(wanted: Iterable[str], *, team: bool = False) -> str:
    """The first of the language tags `wanted` that there is (`languages`), at least in another country; else English.

    For `zh-Hant-TW` that is `zh-Hant-TW`, `zh-Hant`, `zh` or any other `zh-...`, whichever is found first; as RFC 4647
    looks up.
    """
    known = {language.lower(): language for language in languages(team=team)}
    for tag in wanted:
        if tag == "*":
            return ENGLISH
        if len(tag) > _LONGEST:
            continue
        parts = tag.lower().split("-")
        for length in range(len(parts), 0, -1):
            if found := known.get("-".join(parts[:length])):
                return found
        if relatives := [language for low, language in known.items() if low.split("-")[0] == parts[0]]:
            return relatives[0]
    return ENGLISH


def section(name: str, language: str) -> dict[str, str]:
    """Everything under `name` in `language`; what it lacks, and an unknown language, in English."""
    found = _catalogues()
    return found[ENGLISH].get(name, {}) | found.get(language, {}).get(name, {})


def say(name: str, key: str, language: str, /, **values: object) -> str:
    """The sentence `key` of section `name` in `language`, its `{placeholders}` filled in from `values`."""
    return section(name, language)[key].format(**values)


def day(at: date, language: str) -> str:
    """A day, with its weekday."""
    said = section("transcript", language)
    return said["day"].format(
        weekday=said["weekdays"].split()[at.weekday()],
        day=at.day,
        month=said["months"].split()[at.month - 1],
        year=at.year,
    )


def moment(at: datetime, language: str) -> str:
    """Day and clock."""
    return say("transcript", "moment", language, day=day(at, language), clock=f"{at:%H:%M}")


def size(size: int, language: str) -> str:
    """Bytes as people are told of them, and as the pages do (static/js/files/size.js)."""
    said = section("transcript", language)
    kilo = max(1, round(size / 1024))
    if kilo < 1024:
        return said["kilobytes"].format(n=kilo)
    mega = f"{size / 1024**2:.1f}".removesuffix(".0").replace(".", said["point"])
    return said["megabytes"].format(n=mega)


def sentence(refusal: Refusal, language: str) -> str:
    """What a person reading `language` is told of a refusal."""
    name = "errors" if refusal.code in section("errors", ENGLISH) else "team_errors"
    return say(name, refusal.code, language, **refusal.detail)
