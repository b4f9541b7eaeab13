"""Who is asking: the session in a header, a cookie or, where nothing else can carry it, the query."""

from typing import Literal, cast

from quart import Response, g, has_request_context

from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.hashes import hash_of
from app.store.sessions import Session
from app.web.context import authorization, incoming, node, secure
from app.web.origin import check_cookie, elsewhere

Kind = Literal["visitor", "agent"]

_SAFE = ("GET", "HEAD", "OPTIONS")
# EventSource and WebSocket cannot set headers.
_QUERY_TOKEN = ("/v1/chat", "/v1/stream")
# What a ticket in the address opens: all there but another ticket, or it would never end.
_FILES, _TICKET = "/v1/files/", "/v1/files/ticket"
# Cookies of one name that are looked at: whoever serves a neighbouring name may put some in front of ours.
_MOST_COOKIES = 20


def cookie(kind: Kind) -> str:
    """The name of a party's cookie: each its own, so that both can be tried in one browser."""
    return f"chatadmin_{kind}"


def _tokens(who: Kind | None) -> list[tuple[str, bool]]:
    """Where a token may be, best first, and whether a browser would have added it by itself."""
    asking = incoming()
    if asking.headers.get("Authorization"):
        return [(authorization(), False)]
    if asking.path in _QUERY_TOKEN and (token := asking.args.get("token")):
        return [(token, False)]
    if elsewhere():
        return []
    wanted = asking.args.get("as")
    kinds: list[Kind] = ["visitor", "agent"]
    if wanted in kinds:
        kinds = [wanted]
    elif who == "agent" or (who is None and "client" in asking.args):
        kinds.reverse()
    return [(token, True) for kind in kinds for token in cookies(kind)]


def cookies(kind: Kind) -> list[str]:
    """What a party's cookie may be: there are several of one name where they were set for several paths or domains."""
    return list(dict.fromkeys(incoming().cookies.getlist(cookie(kind))))[:_MOST_COOKIES]


async def session_of(who: Kind | None) -> Session:
    """The session of this request or handshake; `who`: which cookie comes first, of two and where `?as=` does not say.

    Raises Refusal no_session, bad_origin.
    """
    changes = not has_request_context() or incoming().method not in _SAFE
    path = incoming().path
    if not changes and path.startswith(_FILES) and path != _TICKET and (ticket := incoming().args.get("t")):
        return await _of_ticket(ticket)
    for token, by_cookie in _tokens(who):
        if by_cookie and changes:
            check_cookie()
        if not node().started:  # it would answer from an empty dashboard: no agents, nobody online
            raise Refusal("store_unavailable")
        session = await node().sessions.get(token)
        if session is not None:
            return session
    raise Refusal("no_session")


async def _of_ticket(ticket: str) -> Session:
    """Raises Refusal no_session."""
    session = await node().files.tickets.session(ticket) if node().started else None
    if session is None:
        raise Refusal("no_session")
    return session


def check_meant(session: Session) -> None:
    """Do nothing for a page whose browser is somebody else's meanwhile. Raises Refusal other_session."""
    if incoming().args.get("me", session.uid) != session.uid:
        raise Refusal("other_session")


def current_session() -> Session:
    """Who is asking, of a route whose policy lets nobody through without a session."""
    return cast(Session, g.session)


def keep(response: Response, name: str, value: str, seconds: int) -> Response:
    """Put a cookie in the browser, where the page is our own."""
    if not elsewhere():
        response.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure(), samesite="Lax", path="/")
    return response


def remember(response: Response, session: Session, token: str) -> Response:
    """Put the session in the browser's cookie, for as long as it lasts."""
    return keep(response, cookie(session.kind), token, (session.expires_at - now_ms()) // 1000)


def renew(response: Response, session: Session) -> Response:
    """Let the cookie last as long as the session does now, if it is by the cookie that they came."""
    own = [token for token in cookies(session.kind) if hash_of(token) == session.hash]
    return remember(response, session, own[0]) if own else response


def forget(response: Response, kind: Kind) -> Response:
    """Take the cookie back."""
    if not elsewhere():
        response.delete_cookie(cookie(kind), path="/", httponly=True, secure=secure(), samesite="Lax")
    return response
