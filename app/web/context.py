"""What a request is served with: the node, the settings, and facts about whoever sent it."""

import ipaddress
from typing import Any, cast

from quart import current_app, has_request_context, request, websocket
from quart.wrappers import Request, Websocket

from app import words
from app.config import Settings
from app.live.node import Node


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


def language() -> str:
    """The best of the languages there are, as `?lang=` or else Accept-Language ask."""
    accepted = [tag for tag, quality in incoming().accept_languages if quality > 0]
    return words.best([incoming().args.get("lang") or "", *accepted])


def ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, an IPv4 one that came in over an IPv6 socket as itself; None for what is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def _trusts(address: str) -> bool:
    peer = ip(address)
    return peer is not None and any(
        peer in ipaddress.ip_network(proxy, strict=False) for proxy in settings().trusted_proxies
    )


def proxied() -> bool:
    """Whether a proxy that is not trusted passed this on: then nobody knows who stands behind it."""
    headers = incoming().headers
    known = any(name in headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return known and not _trusts(incoming().remote_addr or "")


def address() -> str:
    """The network address of the client: the peer, or who a trusted proxy says stands behind it."""
    peer = incoming().remote_addr or ""
    hops = [hop.strip() for hop in incoming().headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _trusts(peer):
        peer = hops.pop()
    return peer


def secure() -> bool:
    """Whether the browser speaks TLS, to us or to a trusted proxy."""
    if incoming().scheme in ("https", "wss"):
        return True
    return _trusts(incoming().remote_addr or "") and incoming().headers.get("X-Forwarded-Proto") == "https"
