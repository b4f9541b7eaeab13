"""Who is asking: the session in a header, a cookie or, where nothing else can carry it, the query."""

from typing import Literal, cast

from quart import Response, g, has_request_context

from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.hashes import hash_of
from app.store.sessions import Session
from app.web.context import incoming, node, secure
from app.web.origin import check_cookie

Kind = Literal["visitor", "agent"]

_SAFE = ("GET", "HEAD", "OPTIONS")
# EventSource and WebSocket cannot set headers.
_QUERY_TOKEN = ("/v1/chat", "/v1/stream")


def cookie(kind: Kind) -> str:
    """The name of a party's cookie: each its own, so that both can be tried in one browser."""
    return f"chatadmin_{kind}"


def _tokens(who: Kind | None) -> list[tuple[str, bool]]:
    """Where a token may be, best first, and whether a browser would have added it by itself."""
    asking = incoming()
    if header := asking.headers.get("Authorization"):
        return [(header.removeprefix("Bearer ").strip(), False)]
    if asking.path in _QUERY_TOKEN and (token := asking.args.get("token")):
        return [(token, False)]
    wanted = asking.args.get("as")
    if wanted in ("visitor", "agent"):
        kinds = [wanted]
    else:
        first = who or ("agent" if "client" in asking.args else "visitor")
        kinds = ["agent", "visitor"] if first == "agent" else ["visitor", "agent"]
    return [(token, True) for kind in kinds if (token := asking.cookies.get(f"chatadmin_{kind}"))]


async def session_of(who: Kind | None) -> Session:
    """The session of this request or handshake; `who`: which cookie comes first, of two and where `?as=` does not say.

    Raises Refusal no_session, bad_origin.
    """
    changes = not has_request_context() or incoming().method not in _SAFE
    for token, by_cookie in _tokens(who):
        if by_cookie and changes:
            check_cookie()
        if not node().started:  # it would answer from an empty dashboard: no agents, nobody online
            raise Refusal("store_unavailable")
        session = await node().sessions.get(token)
        if session is not None:
            return session
    raise Refusal("no_session")


def current_session() -> Session:
    """Who is asking, of a route whose policy lets nobody through without a session."""
    return cast(Session, g.session)


def remember(response: Response, session: Session, token: str) -> Response:
    """Put the session in the browser's cookie, for as long as it lasts."""
    response.set_cookie(
        cookie(session.kind),
        token,
        max_age=(session.expires_at - now_ms()) // 1000,
        httponly=True,
        secure=secure(),
        samesite="Lax",
        path="/",
    )
    return response


def renew(response: Response, session: Session) -> Response:
    """Let the cookie last as long as the session does now, if it is by the cookie that they came."""
    token = incoming().cookies.get(cookie(session.kind), "")
    return remember(response, session, token) if hash_of(token) == session.hash else response


def forget(response: Response, kind: Kind) -> Response:
    """Take the cookie back."""
    response.delete_cookie(cookie(kind), path="/", httponly=True, secure=secure(), samesite="Lax")
    return response
