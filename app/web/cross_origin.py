"""Cross-origin resource sharing: what browsers ask, and want to hear, before a page of another site may read an answer.

Such a page carries its token itself: credentials are never allowed, and its cookies never count (origin.py).
"""

from collections.abc import Iterable
from typing import Any

_Headers = list[tuple[bytes, bytes]]

_STARTS = ("http.response.start", "websocket.http.response.start")
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_HEADERS = b"Authorization, Content-Type, Last-Event-ID"  # where a preflight names none
_MAX_AGE = b"7200"  # seconds that browsers may remember the answer to a preflight; Chromium does for no longer


class CrossOrigin:
    """An ASGI application whose answers pages of the listed `origins` may read, refusals too."""

    def __init__(self, app: Any, origins: Iterable[str]) -> None:
        self._app, self._origins = app, frozenset(origin.lower().encode() for origin in origins)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or handshake; a preflight is answered here, and needs no session."""
        if scope["type"] == "lifespan" or not self._origins:
            await self._app(scope, receive, send)
            return
        asked: dict[bytes, bytes] = dict(scope["headers"])
        origin = asked.get(b"origin", b"")
        listed = origin in self._origins

        async def told(message: Any) -> None:
            if message["type"] in _STARTS:
                message = {**message, "headers": _readable(message["headers"], origin if listed else b"")}
            await send(message)

        if listed and scope.get("method") == "OPTIONS" and b"access-control-request-method" in asked:
            await told({"type": "http.response.start", "status": 204, "headers": _allowed(asked)})
            await told({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self._app(scope, receive, told)


def _readable(headers: Iterable[tuple[bytes, bytes]], origin: bytes) -> _Headers:
    """The headers of an answer that `origin` may read; b"" is nobody."""
    replaced = (b"vary", b"access-control-allow-origin") if origin else (b"vary",)
    kept = [pair for pair in headers if pair[0].lower() not in replaced]
    varies = [value for name, value in headers if name.lower() == b"vary"]
    kept.append((b"vary", b", ".join(dict.fromkeys((*varies, b"Origin")))))
    if origin:
        kept += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", b"Token")]
    return kept


def _allowed(asked: dict[bytes, bytes]) -> _Headers:
    return [
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", asked.get(b"access-control-request-headers") or _HEADERS),
        (b"access-control-max-age", _MAX_AGE),
    ]
