"""The web application: the routes put together, and what applies to all of them."""

import logging
from collections.abc import Callable

from quart import Quart, Response, has_request_context
from quart.routing import QuartRule
from werkzeug.exceptions import HTTPException

from app import templates
from app.chat.errors import Refusal
from app.config import Settings
from app.live.node import Node
from app.store.errors import Erased, NotNow
from app.web import (
    agents,
    backups,
    browsing,
    chat,
    contact,
    conversations,
    delivery,
    faces,
    files,
    identity_keys,
    login,
    login_help,
    login_widget,
    look,
    mail_setup,
    messages,
    operator,
    pages,
    rating,
    replies,
    reports,
    search,
    setup,
    shop,
    static,
    stockchannel,
    stream,
    token_code,
    transcript,
    transcript_page,
    unsubscribe,
    visitors,
    widget,
    widget_script,
)
from app.web.admission import BoundedRequest, admit, told_of_route
from app.web.answer import by_status, refused
from app.web.context import incoming, policy, secure
from app.web.cross_origin import CrossOrigin
from app.web.origin import check_host, check_origin, check_site, let_site_read
from app.web.policies import NOWHERE

log = logging.getLogger("chatadmin.web")

_ROUTES = (
    *(pages, unsubscribe, static, login, login_widget, login_help, identity_keys, look, setup, operator),
    *(messages, files, search, transcript, conversations, visitors, contact, rating, reports),
    *(shop, replies, agents, faces, mail_setup, delivery, backups),
    *(widget, widget_script, token_code, browsing),
    *(chat, stream),
)

# What every answer says, whatever its route (policies.py).
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


class _Route(QuartRule):
    """A route from which no address is ever made: to write and compile the code for that is a good part of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return _never_built


class _App(Quart):
    url_rule_class = _Route


def _never_built(*_: object, **__: object) -> tuple[str, str]:
    raise NotImplementedError("addresses are written out, not made of routes")


def create_app(settings: Settings, node: Node | None = None) -> Quart:
    """The application over a node that is started, or about to be; None: `put_over` says which before it serves."""
    app = _App("chatadmin", static_folder=None, template_folder=None)
    app.jinja_env.loader = templates.loader(templates.PAGES)
    app.config.update(
        NODE=node,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=NOWHERE.largest_body,
        BODY_TIMEOUT=NOWHERE.slowest_body,
        RESPONSE_TIMEOUT=None,  # an event stream has no end
        TEMPLATES_AUTO_RELOAD=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.url_map.merge_slashes = False  # `//x` is an address that is not there, not a redirect to it
    for module in _ROUTES:
        app.register_blueprint(module.blueprint)
    app.asgi_app = CrossOrigin(app.asgi_app, settings.origins)  # type: ignore[method-assign]
    app.asgi_http_class = BoundedRequest
    app.asgi_websocket_class = stockchannel.BoundedConnection
    app.before_request(_check)
    app.before_request(admit)
    app.before_websocket(_check)
    app.before_websocket(admit)
    app.after_request(_protect)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotNow, _store_refused)
    app.register_error_handler(Erased, _store_refused)
    app.register_error_handler(Exception, _broken)
    # Loaded now, once for all workers: the first visitor of a page need not wait.
    for name in (pages.TEMPLATE, transcript_page.TEMPLATE, unsubscribe.TEMPLATE):
        app.jinja_env.get_template(name)
    app.url_map.update()
    return app


def put_over(app: Quart, node: Node) -> None:
    """Have the application speak for this node."""
    app.config["NODE"] = node


async def _check() -> None:
    if not policy().any_host:
        check_host()
    if policy().for_sites:
        check_site()
    elif not has_request_context() or incoming().method not in ("GET", "HEAD"):
        check_origin()


async def _protect(response: Response) -> Response:
    for name, value in {**_HEADERS, **told_of_route()}.items():
        response.headers.setdefault(name, value)
    if policy().for_sites:
        let_site_read(response)
    if secure():  # elsewhere browsers ignore it, and say so on every page
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _refused(refusal: Refusal) -> Response:
    return refused(refusal)


async def _http(error: HTTPException) -> Response:
    return refused(by_status(error.code or 500))


async def _store_refused(error: NotNow | Erased) -> Response:
    return refused(error.refusal())


async def _broken(error: Exception) -> Response:
    log.error("a request failed", exc_info=error)
    return refused(Refusal("internal"))
