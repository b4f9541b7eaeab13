"""What a browser can be tricked into sending: checked by Host and Origin, before anything else is looked at."""

import socket
from functools import cache
from urllib.parse import urlsplit

from app.chat.errors import Refusal
from app.web.context import incoming, ip, secure, settings

_DEFAULT_PORT = {"http": 80, "https": 443}


@cache
def _machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name.partition('.')[0]}.local"})


def check_host() -> None:
    """Answer to our own names only, so that no other name can be rebound to us. Raises Refusal bad_host."""
    host = _hostname(incoming().host)
    if not host or not (host in _machine() or host in map(str.lower, settings().hosts) or _own_address(host)):
        raise Refusal("bad_host")


def _hostname(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _own_address(host: str) -> bool:
    """A loopback address, or the one this connection came in by."""
    named = ip(host)
    server = incoming().scope.get("server") or ("",)
    return named is not None and (named.is_loopback or named == ip(str(server[0])))


def _ours(origin: str) -> bool:
    if origin in settings().origins:
        return True
    try:
        named = urlsplit(origin)
        here = urlsplit(f"//{incoming().host}")
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
    origin = incoming().headers.get("Origin")
    if origin is not None and not _ours(origin):
        raise Refusal("bad_origin")


def check_cookie() -> None:
    """A browser adds cookies by itself, so what they authenticate must say where it comes from."""
    if "Origin" not in incoming().headers:
        raise Refusal("bad_origin")
