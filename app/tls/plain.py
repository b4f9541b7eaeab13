"""What comes without TLS where HTTPS is spoken: the authority's question is answered, and all else is sent on."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from app.config import Settings
from app.config.hosts import name_of
from app.store.challenges import Challenges
from app.store.errors import StoreError

# RFC 8555, 8.3; a token is at least 128 bits in base64url.
_QUESTION = re.compile(r"/\.well-known/acme-challenge/([\w-]{16,128})", re.ASCII)

Asgi = Callable[..., Awaitable[None]]


class Plain:
    """In front of the application: passes on what came by TLS, and nothing else."""

    def __init__(self, app: Asgi, settings: Settings, challenges: Challenges, port: int) -> None:
        """`port`: on which HTTPS is spoken, where `url` does not say what people open."""
        self._app, self._challenges, self._names = app, challenges, settings.certified
        url = urlsplit(settings.url)
        self._public = {url.hostname: url.netloc} if url.scheme == "https" else {}
        self._behind = "" if port == 443 else f":{port}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        if scope["type"] == "websocket" and scope["scheme"] == "ws":
            await send({"type": "websocket.close"})  # before it is accepted: refused
        elif scope["type"] == "http" and scope["scheme"] == "http":
            status, headers, body = await self._answer(scope)
            headers.append((b"content-length", str(len(body)).encode()))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        if question := _QUESTION.fullmatch(scope["path"]):
            try:
                answer = await self._challenges.answer(question[1])
            except StoreError:
                return 503, [], b""
            return (200 if answer else 404), [(b"content-type", b"application/octet-stream")], answer.encode()
        headers = dict(scope["headers"])
        name = name_of(headers.get(b"host", b"").decode("latin-1"))
        if name not in self._names and name not in self._public:  # its address, say
            name = self._names[0]
        place = self._public.get(name) or name + self._behind
        # as it was asked for: what is in it is a browser's to read, and a control character never gets here
        path = scope["raw_path"] if scope["raw_path"].startswith(b"/") else b"/"  # `OPTIONS *` has another
        asked = path + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        return 308, [(b"location", b"https://" + place.encode("ascii") + asked)], b""
