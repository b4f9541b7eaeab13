"""Which page of the shop somebody looks at and where they come from, as far as anybody needs to know it.

All of it is told by a browser, so by anybody: what is kept of it is cut to bounds, and nothing in it is unseen, turns
around how the text beside it is read, or can be opened that is no page.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import msgspec

from app.chat import names

# Characters that are kept: of an address enough for a product's page, of its title, and of a word about a campaign.
LONGEST, LONGEST_TITLE, LONGEST_WORD = 300, 150, 100
# Words about a campaign, and languages: more than any campaign has, and than anybody reads.
MOST_WORDS, MOST_LANGUAGES = 8, 5
# Characters that are looked at: what is longer is no address that anybody would open.
_LONGEST_TOLD = 2000
# By which id a page tells that it is looked at, or with none.
LIFE = r"^([A-Za-z0-9_-]{8,64})?\Z"
_HOST = re.compile(r"[^\s\\@/?#]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_CAMPAIGN = "utm_"


class Page(msgspec.Struct, frozen=True, gc=False):
    """A page that was looked at. `at`: since when, RFC 3339."""

    page: str
    title: str
    at: str


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is: on which page, and by whom they were led there; what their browser says of them.

    `utm`: of the campaign, `{"source": ...}`. `tz`: their time zone. `country`: two letters (ISO 3166), as their
    time zone or a proxy says. `pages`: those before this one, the oldest first, where they may be known.
    """

    page: str = ""
    title: str = ""
    referrer: str = ""
    utm: dict[str, str] = {}
    languages: list[str] = []
    tz: str = ""
    country: str = ""
    pages: list[Page] = []

    @property
    def here(self) -> dict[str, Any]:
        """All of it but the pages before."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if name != "pages"}


def shown(address: str) -> str:
    """The address without its fragment, and of its query only what tells a campaign (`utm_...`): the rest may hold an
    order, a search, a name. "" for what is none of a page, http or https."""
    if len(address) > _LONGEST_TOLD or not address.isprintable():
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or "\\" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}{parts.path}{campaign_query(parts.query)}"[:LONGEST]


def campaign_query(query: str) -> str:
    """Of the query of an address what tells a campaign, behind a question mark; "" for nothing."""
    told = "&".join(pair for pair in query.split("&") if pair.startswith(_CAMPAIGN))
    return f"?{told}" if told else ""


def titled(title: str) -> str:
    """What a page is called, on one line."""
    return _said(title, LONGEST_TITLE)


def campaign(address: str) -> dict[str, str]:
    """What an address tells of a campaign: `{"source": "mail"}` of `utm_source=mail`."""
    pairs = [pair.partition("=") for pair in urlsplit(shown(address)).query.split("&")]
    told = {name.removeprefix(_CAMPAIGN): unquote_plus(value, errors="replace") for name, _, value in pairs if value}
    known = {_said(name, LONGEST_WORD): _said(value, LONGEST_WORD) for name, value in told.items()}
    return dict([(name, value) for name, value in known.items() if name and value][:MOST_WORDS])


def languages(told: Iterable[str]) -> list[str]:
    """Those that are some, the best first."""
    return list(dict.fromkeys(filter(_LANGUAGE.fullmatch, told)))[:MOST_LANGUAGES]


def _said(text: str, limit: int) -> str:
    """Of what was told what can be shown, on one line."""
    text = " ".join(text[: limit * 4].split())
    return (text if text.isprintable() else names.permitted(text))[:limit].strip()
