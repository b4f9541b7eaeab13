"""What a browser can be tricked into sending: checked by Host and Origin, before anything else is looked at."""

import logging
import socket
import time
from functools import cache
from typing import NoReturn
from urllib.parse import urlsplit

from quart import Response

from app.chat.errors import Refusal
from app.chat.sites import covers
from app.live.rate_limit import TokenBucket
from app.web.context import host, incoming, ip, node, proxied, secure, settings

log = logging.getLogger("chatadmin.web")

_DEFAULT_PORT = {"http": 80, "https": 443}
# Refusals told in the log: so many at once, then one in so many seconds, so that nobody can fill a disk. Characters
# told of a header.
_TOLD, _TOLD_SECONDS, _TOLD_LENGTH = 20, 10, 200
_may_tell = TokenBucket(1 / _TOLD_SECONDS, _TOLD, time.monotonic())


@cache
def _machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name.partition('.')[0]}.local"})


def check_host() -> None:
    """Answer to our own names only, so that no other name can be rebound to us. Raises Refusal bad_host."""
    name = _hostname(host())
    if not name or not (name in _machine() or _listed(name) or _own_address(name)):
        _refuse("bad_host")


def _listed(name: str) -> bool:
    """Whether a name is that of `url:`, or under `hosts:`, where people write it with its port or scheme too."""
    ours = (settings().url, *settings().hosts)
    return any(name in (item.lower(), _hostname(item.rpartition("//")[2])) for item in ours)


def _refuse(code: str) -> NoReturn:
    """Raise the refusal, and tell the operator what was seen: most often it is a proxy that changed one of them."""
    if not _may_tell.take(time.monotonic()):
        names = {"host": "Host", "origin": "Origin", "forwarded_host": "X-Forwarded-Host"}
        given = {field: incoming().headers.get(name) for field, name in names.items()}
        seen = {field: value[:_TOLD_LENGTH] for field, value in given.items() if value is not None}
        unlisted = {"advice": "what passed it on is not listed under trusted_proxies:"} if proxied() else {}
        log.warning("a request was refused by its Host or Origin", extra={"code": code, **seen, **unlisted})
    raise Refusal(code)


def _hostname(place: str) -> str:
    try:
        return (urlsplit(f"//{place}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _own_address(name: str) -> bool:
    """A loopback address, or the one this connection came in by."""
    named = ip(name)
    server = incoming().scope.get("server") or ("",)
    return named is not None and (named.is_loopback or named == ip(str(server[0])))


def _own(origin: str) -> bool:
    """Whether the pages of an origin are our own."""
    try:
        named = urlsplit(origin)
        here = urlsplit(f"//{host()}")
        default = _DEFAULT_PORT[named.scheme]
        return (
            origin == f"{named.scheme}://{named.netloc}"
            # The other way round is a proxy that speaks TLS for us and is not listed as trusted.
            and not (secure() and named.scheme == "http")
            and "@" not in named.netloc
            and named.hostname == here.hostname
            and (named.port or default) == (here.port or default)
        )
    except (KeyError, ValueError):
        return False


def check_origin() -> None:
    """Refuse what another site's page sent, however it is authenticated. Raises Refusal bad_origin."""
    if elsewhere() and incoming().headers["Origin"] not in map(str.lower, settings().origins):
        _refuse("bad_origin")


def check_site() -> None:
    """Hear the pages of the shop's sites, and our own. Raises Refusal bad_site."""
    origin = incoming().headers.get("Origin", "")
    if not _own(origin) and not node().widget.hear(origin):
        raise Refusal("bad_site")


def let_site_read(response: Response) -> None:
    """Let the page of a site read the answer, whatever it says; of a question that came with cookies it cannot."""
    origin = incoming().headers.get("Origin", "")
    response.headers["Vary"] = "Origin"
    if covers(node().widget.sites, origin):
        response.headers["Access-Control-Allow-Origin"] = origin


def note_framing() -> None:
    """Have an administrator know which site shows this answer in a frame, or is refused to. It decides nothing: a site
    need not let its pages be known."""
    place = incoming().headers.get("Referer", "").split("/")
    origin = "/".join(place[:3])
    if incoming().headers.get("Sec-Fetch-Dest") == "iframe" and not _own(origin):
        node().widget.hear(origin)


def elsewhere() -> bool:
    """Whether another site's page asks, listed or not: no cookie counts that comes with it, and none is given."""
    origin = incoming().headers.get("Origin")
    return origin is not None and not _own(origin)


def check_cookie() -> None:
    """A browser adds cookies by itself, so what they authenticate must say where it comes from."""
    if "Origin" not in incoming().headers:
        _refuse("bad_origin")
