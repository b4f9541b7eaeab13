"""What a request is served with: the node, the settings, and facts about whoever sent it."""

import ipaddress
from typing import Any, cast

from quart import current_app, has_request_context, request, websocket
from quart.wrappers import Request, Websocket

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
    """ "en" or "zh", as `?lang=` or Accept-Language ask."""
    asked = incoming().args.get("lang") or incoming().accept_languages.best_match(["en", "zh"]) or "en"
    return "zh" if asked.lower().startswith("zh") else "en"


def _trusts(address: str) -> bool:
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False  # a Unix socket has no address
    return any(peer in ipaddress.ip_network(proxy, strict=False) for proxy in settings().trusted_proxies)


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
