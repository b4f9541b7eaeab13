"""Every route has a policy and every policy a route; and each route does what its policy says, whoever asks."""

from typing import Any, NamedTuple, cast

import pytest
from quart.wrappers import Request
from werkzeug.exceptions import RequestEntityTooLarge

from app import config
from app.live.node import Node
from app.web.app import create_app
from app.web.policies import NOWHERE, POLICIES, Policy
from tests.clients.api import PASSWORD, Answer, ask, handshake, log_in
from tests.running import Chatadmin

APP = create_app(config.load({}, {}, None).settings, cast(Node, None))
STRICT = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
}


class Route(NamedTuple):
    """One address, with something in the place of each argument, and one of its methods."""

    endpoint: str
    path: str
    method: str

    @property
    def policy(self) -> Policy:
        return POLICIES[self.endpoint]


def _path(rule: Any) -> str:
    return str(rule.rule).replace("<path:name>", "x").replace("<uid>", "nobody").replace("<id>", "none")


# HEAD stands for GET, which it is but for the body: an event stream has no end.
ROUTES = [
    Route(rule.endpoint, _path(rule), method)
    for rule in APP.url_map.iter_rules()
    if not rule.websocket
    for method in sorted((rule.methods or set()) - {"GET", "OPTIONS"})
]
SOCKETS = [Route(rule.endpoint, _path(rule), "") for rule in APP.url_map.iter_rules() if rule.websocket]
IDS = [f"{route.method} {route.path}" for route in ROUTES]


def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    assert {rule.endpoint for rule in APP.url_map.iter_rules()} == set(POLICIES)
    assert {route.endpoint for route in [*ROUTES, *SOCKETS]} == set(POLICIES)


SITES = ("https://shop.example.com", "https://*.example.org")


def _with(more: str, ancestors: str = "'none'") -> dict[str, str]:
    strict = STRICT["content-security-policy"]
    return {"content-security-policy": strict.replace("frame-ancestors 'none'", f"{more}; frame-ancestors {ancestors}")}


LOOSER: dict[str, dict[str, str]] = {
    "pages.visitor": _with("media-src 'self'"),
    "pages.console": _with("media-src 'self'; frame-src 'self'"),
    "pages.preview": _with("frame-src 'self'", "'self'"),
    "pages.widget": {
        **_with("media-src 'self'", "'self' https://shop.example.com https://*.example.org"),
        "cross-origin-resource-policy": "cross-origin",
        "cross-origin-embedder-policy": "require-corp",
    },
    "faces.face": {"content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'"},
    "files.file": {"content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'"},
    "widget_script.script": {"cross-origin-resource-policy": "cross-origin"},
    "widget_script.panel": {"cross-origin-resource-policy": "cross-origin"},
    "widget_script.types": {"cross-origin-resource-policy": "cross-origin"},
}
BODIES = {"widget.seen": (2048, 10)}


@pytest.mark.parametrize(("endpoint", "policy"), [*POLICIES.items(), ("nowhere", NOWHERE)], ids=[*POLICIES, "nowhere"])
def test_no_policy_is_looser_than_the_strictest(endpoint: str, policy: Policy) -> None:
    """One that has to be says so here as well."""
    told = {name.lower(): value for name, value in policy.headers(SITES).items()}
    assert told == STRICT | LOOSER.get(endpoint, {})
    assert (policy.largest_body, policy.slowest_body) == BODIES.get(endpoint, (64 * 1024, 60))
    assert policy.for_sites == (endpoint == "widget.seen")


def send(url: str, route: Route, token: str = "", **headers: str) -> Answer:
    """Ask it, with a body where one belongs that nothing can be done with."""
    named = {**headers, **({"Authorization": token} if token else {})}
    return ask(url, route.path, None if route.method == "HEAD" else b"[]", method=route.method, **named)


def turned_away(answer: Answer) -> str:
    """Why somebody was not let through to the route; "" who was. A HEAD says no more than its status."""
    if answer.status not in (401, 403):
        return ""
    return answer.code if answer.body else {401: "no_session", 403: "forbidden"}[answer.status]


@pytest.fixture(scope="module")
def boss(shop: Chatadmin) -> str:
    """An administrator's token."""
    return log_in(shop.url, "Olga", PASSWORD)


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_who_may_is_let_through_and_nobody_else(url: str, visitor: str, pavel: str, boss: str, route: Route) -> None:
    if route.path == "/logout":
        pavel, boss = log_in(url, "Pavel", PASSWORD), log_in(url, "Olga", PASSWORD)
    at = {"Origin": url} if route.policy.for_sites else {}
    stranger = send(url, route, X_Forwarded_For="203.0.113.7", **at)
    answers = [stranger, *(send(url, route, token, **at) for token in (visitor, pavel, boss))]
    told = {
        "anybody": ["", "", "", ""],
        "session": ["no_session", "", "", ""],
        "visitor": ["no_session", "", "forbidden", "forbidden"],
        "agent": ["no_session", "forbidden", "", ""],
        "admin": ["no_session", "forbidden", "forbidden", ""],
        "operator": ["forbidden", "", "", ""],  # the others ask from this machine
    }
    assert [turned_away(answer) for answer in answers] == told[route.policy.who]
    for answer in answers:
        assert answer.status < 500
        says = {name.lower(): value for name, value in route.policy.headers(()).items()}
        assert {name: answer.headers[name] for name in says} == says


@pytest.mark.parametrize("route", SOCKETS, ids=[route.path for route in SOCKETS])
def test_a_socket_is_for_whom_its_policy_says(url: str, visitor: str, olga: str, route: Route) -> None:
    assert route.policy.who == "session"
    assert handshake(url, route.path) == 401
    assert handshake(url, route.path, Authorization=visitor) == 101
    assert handshake(url, f"{route.path}?client=nobody", Authorization=olga) == 404


def request(route: Route, *headers: tuple[bytes, bytes]) -> Request:
    """What Quart makes of a request to it."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": route.method,
        "scheme": "http",
        "path": route.path,
        "http_version": "1.1",
    }
    scope |= {"query_string": b"", "headers": [(b"host", b"localhost"), *headers]}
    made: Any = APP.asgi_http_class(APP, cast(Any, scope))
    return cast(Request, made._create_request_from_scope(None))


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
async def test_a_body_has_the_bounds_of_its_route(route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    if route.method != "HEAD":
        monkeypatch.setitem(POLICIES, route.endpoint, Policy("anybody", largest_body=100_000, slowest_body=7))
    most = 100_000 if route.method != "HEAD" else NOWHERE.largest_body
    found = request(route)
    assert found.body_timeout == (7 if route.method != "HEAD" else NOWHERE.slowest_body)
    found.body.append(b"x" * most)
    found.body.set_complete()
    assert len(await found.body) == most
    found.body.append(b"x")
    with pytest.raises(RequestEntityTooLarge):
        await found.body
    with pytest.raises(RequestEntityTooLarge):
        await request(route, (b"content-length", str(most + 1).encode())).body
