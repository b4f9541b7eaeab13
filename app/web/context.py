"""What a request is served with: the node, the settings, and facts about whoever sent it."""

import ipaddress
from typing import Any, NamedTuple, cast

from quart import current_app, g, has_request_context, request, websocket
from quart.wrappers import Request, Websocket

from app import words
from app.config import Settings
from app.live.node import Node
from app.web.policies import NOWHERE, POLICIES, Policy

# Cloudflare's word for an address of which it knows no country; that for Tor's, T1, is none by its digit.
_NOWHERE = ("XX",)
_TLS = ("https", "wss")  # Traefik names the latter for a WebSocket


def node() -> Node:
    """The node of this worker."""
    return cast(Node, current_app.config["NODE"])


def settings() -> Settings:
    """The settings in force."""
    return cast(Settings, current_app.config["SETTINGS"])


def incoming() -> Request | Websocket:
    """The request, or the handshake of a socket, that is being served."""
    found: Any = request if has_request_context() else websocket
    return cast("Request | Websocket", found)


def authorization() -> str:
    """The token in the header `Authorization`, with or without `Bearer` before it; "" where there is none."""
    given = incoming().headers.get("Authorization", "").strip()
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else given


def policy() -> Policy:
    """What applies to the request, or the handshake, that is being served."""
    endpoint = incoming().endpoint
    return POLICIES[endpoint] if endpoint else NOWHERE


def language() -> str:
    """The best of the languages that who asks is spoken to in, as `?lang=` or else Accept-Language ask."""
    accepted = [tag for tag, quality in incoming().accept_languages if quality > 0]
    team = policy().for_team or ("session" in g and g.session.kind == "agent")
    return words.best([incoming().args.get("lang") or "", *accepted], team=team)


def ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, an IPv4 one that came in over an IPv6 socket as itself; None for what is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def _trusts(address: str) -> bool:
    proxies = settings().trusted_proxies
    peer = ip(address) if proxies else None
    return peer is not None and any(peer in ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def proxied() -> bool:
    """Whether a proxy that is not trusted passed this on: then nobody knows who stands behind it."""
    headers = incoming().headers
    known = any(name in headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return known and not _trusts(incoming().remote_addr or "")


def _listed(header: str) -> list[str]:
    """What a header lists, in one line or in several: each proxy adds at the end what it saw."""
    lines = incoming().headers.getlist(header)
    return [part for line in lines for part in (part.strip() for part in line.split(",")) if part]


class _Client(NamedTuple):
    """The browser or program at the far end, as the peer says or trusted proxies do."""

    address: str
    host: str
    scheme: str


def _client() -> _Client:
    """Found once for a request, in which a handful of checks ask for it."""
    if "client" not in g:
        g.client = _followed()
    return cast(_Client, g.client)


def _followed() -> _Client:
    """Go from proxy to proxy for as long as they are trusted; what anybody else claims stands further to the left."""
    peer, host, scheme = incoming().remote_addr or "", incoming().host, incoming().scheme
    if not _trusts(peer):
        return _Client(peer, host, scheme)
    hops, hosts, schemes = (_listed(f"X-Forwarded-{what}") for what in ("For", "Host", "Proto"))
    while _trusts(peer):
        host = hosts.pop() if hosts else host
        scheme = schemes.pop() if schemes else scheme
        if not hops:
            break
        peer = hops.pop()
    return _Client(peer, host, scheme)


def address() -> str:
    """The network address of the client: the peer, or who a trusted proxy says stands behind it."""
    return _client().address


def host() -> str:
    """The name, and perhaps the port, by which the browser reached us or a trusted proxy."""
    return _client().host


def country() -> str:
    """Where a trusted proxy saw the client come from, two letters (ISO 3166); "" where none says."""
    told = incoming().headers.get("CF-IPCountry", "").upper()
    known = len(told) == 2 and told.isascii() and told.isalpha() and told not in _NOWHERE
    return told if known and _trusts(incoming().remote_addr or "") else ""


def secure() -> bool:
    """Whether the browser speaks TLS, to us or to a trusted proxy."""
    return incoming().scheme in _TLS or _client().scheme in _TLS
