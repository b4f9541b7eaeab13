"""Each request is judged by its route's policy (policies.py): who may ask it, and what its body may be."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from quart import Quart, g
from quart.asgi import ASGIHTTPConnection
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.exceptions import HTTPException

from app.chat.errors import Refusal
from app.web.context import address, authorization, incoming, ip, node, policy, proxied, settings
from app.web.policies import NOWHERE, POLICIES, Policy, Who
from app.web.session import Kind, check_meant, session_of
from app.web.streamed import Receive, StreamedBody

Send = Callable[[Any], Awaitable[None]]

# Whose session a route needs; None: either's.
_KINDS: dict[Who, Kind | None] = {"session": None, "visitor": "visitor", "agent": "agent", "admin": "agent"}

# The routes that do without the store: of what is in one that is not whole nobody may be told.
_ANSWERED_ANYHOW = ("operator", "static", "pages")


def told_of_route() -> dict[str, str]:
    """What the answer says, since it is of this route."""
    return policy().headers(node().widget.sites)


async def admit() -> None:
    """Let the request through to its route, which finds its session in `current_session`.

    Raises Refusal no_session, other_session, forbidden, bad_origin, restore_incomplete.
    """
    if node().unfinished and incoming().blueprint not in _ANSWERED_ANYHOW:
        raise Refusal("restore_incomplete")
    who = policy().who
    if who == "operator":
        _check_operator()
    elif who != "anybody":
        kind = _KINDS[who]
        session = g.session = await session_of(kind)
        if kind not in (None, session.kind) or (who == "admin" and session.role != "admin"):
            raise Refusal("forbidden")
        check_meant(session)


def _check_operator() -> None:
    """Raises Refusal forbidden."""
    if not asked_by_operator():
        raise Refusal("forbidden")


def asked_by_operator() -> bool:
    """Whether it is this machine that asks, or whoever has the token."""
    here, token = ip(address()), settings().metrics_token
    known = bool(token) and secrets.compare_digest(authorization().encode(), token.encode())
    return known or (here is not None and here.is_loopback and not proxied())


class BoundedRequest(ASGIHTTPConnection):
    """For `app.asgi_http_class`: the body has its route's bounds from its first byte on.

    Quart would give all of them the same ones, and looks at no other once it has made the request.
    """

    def _create_request_from_scope(self, send: object) -> Request:
        request = super()._create_request_from_scope(send)  # type: ignore[arg-type]
        if request.method not in ("GET", "HEAD"):
            found = _policy_of(self.app, request)
            request.body_timeout = found.slowest_body
            bounded = Body(request.content_length, found.largest_body)
            request.body = StreamedBody() if found.streamed else bounded
        return request

    async def handle_messages(self, request: Request, receive: Receive) -> None:
        """Take in what comes, of a streamed body no faster than its route."""
        body = request.body
        await super().handle_messages(request, body.paced(receive) if isinstance(body, StreamedBody) else receive)

    async def handle_request(self, request: Request, send: Send) -> None:
        """Have it answered."""

        async def answer(message: Any) -> None:
            if isinstance(request.body, StreamedBody):
                request.body.discard()
            await send(message)

        await super().handle_request(request, answer)


def _policy_of(app: Quart, request: Request) -> Policy:
    try:
        endpoint, _ = app.url_map.bind("").match(request.path, request.method)
    except HTTPException:
        return NOWHERE
    return POLICIES[endpoint]
