"""The sites that may show the chat in a frame: their origins, each written in one way alone, as browsers write it.

What is written here goes into a header (`frame-ancestors`), so it is made anew from its parts and never passed on.
"""

import ipaddress
import re
from collections.abc import Iterable

from app.chat.errors import Refusal

# The whole list of a shop: how many, and characters with a space between each.
MOST, LONGEST = 100, 4096
# Characters of one as it is typed, and of a host: RFC 1035.
_LONGEST_TYPED, _LONGEST_HOST = 1000, 253
_DEFAULT_PORT = {"http": 80, "https": 443}

_TYPED = re.compile(r"(https?)://(\*\.)?([^\s/?#@:;,*%\\\[\]]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://[a-z0-9._-]+(:[0-9]+)?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# What browsers take for a number at the end of a host, and then all of it for an IPv4 address.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Letters that the older rule of international names (Python's, RFC 3490) maps to others, so to another's name, and that
# browsers keep.
_DEVIANT = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")


def parse(typed: str) -> str:
    """The site as browsers write its origin; `https://*.example.com` is each name under that one, but not itself.

    Raises Refusal bad_site_address.
    """
    found = _TYPED.fullmatch(typed.strip()) if len(typed) <= _LONGEST_TYPED else None
    host = _host(found[3], under=bool(found[2])) if found else ""
    if not found or not host:
        raise Refusal("bad_site_address", site=typed[:100])
    scheme, port = found[1].lower(), int(found[4] or 0)
    if found[4] and not 0 < port < 65536:
        raise Refusal("bad_site_address", site=typed[:100])
    shown = "" if port in (0, _DEFAULT_PORT[scheme]) else f":{port}"
    return f"{scheme}://{'*.' if found[2] else ''}{host}{shown}"


def _host(typed: str, *, under: bool) -> str:
    """The host in its ASCII form, "" for what is none; `under`: whether a name before it is left open."""
    if len(typed) > _LONGEST_HOST or _DEVIANT & set(typed):
        return ""
    try:
        host = typed.lower() if typed.isascii() else typed.encode("idna").decode()
    except UnicodeError:
        return ""
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)) or (under and len(labels) < 2):
        return ""
    return host if not _NUMBER.fullmatch(labels[-1]) or (not under and _is_address(host)) else ""


def _is_address(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def listed(typed: Iterable[str]) -> tuple[str, ...]:
    """All of them, each once, in their order. Raises Refusal bad_site_address, too_many_sites."""
    sites = tuple(dict.fromkeys(map(parse, typed)))
    if not fit(sites):
        raise Refusal("too_many_sites", limit=MOST)
    return sites


def fit(sites: Iterable[str]) -> bool:
    """Whether so many may be listed."""
    told = tuple(sites)
    return len(told) <= MOST and len(" ".join(told)) <= LONGEST


def together(*lists: Iterable[str]) -> tuple[str, ...]:
    """Those of all lists, each once: as many as may be listed, the last are left out."""
    sites = list(dict.fromkeys(site for listed in lists for site in listed))
    while not fit(sites):
        sites.pop()
    return tuple(sites)


def is_one(origin: str) -> bool:
    """Whether it is an origin that may be listed, as browsers write it."""
    try:
        return _ORIGIN.fullmatch(origin) is not None and parse(origin) == origin
    except Refusal:
        return False


def covers(sites: Iterable[str], origin: str) -> bool:
    """Whether a page of `origin` is one of a site's."""
    return _ORIGIN.fullmatch(origin) is not None and any(origin == site or _under(site, origin) for site in sites)


def _under(site: str, origin: str) -> bool:
    before, star, after = site.partition("*")
    return bool(star) and origin.startswith(before) and origin.endswith(after) and len(origin) >= len(site)
