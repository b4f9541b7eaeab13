"""The three pages. Everything on them is drawn by their scripts."""

from quart import Blueprint, Response, current_app

from app import words
from app.chat import protocol
from app.web import static
from app.web.context import language, node, settings

blueprint = Blueprint("pages", __name__)

_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
TEMPLATE = "page.html"


async def _page(name: str) -> Response:
    chosen = language()
    start = static.start(name)
    shop = node().front.shop
    text = await current_app.jinja_env.get_template(TEMPLATE).render_async(
        page=name,
        language=words.section("language", chosen),
        script=start.script,
        sheet=start.sheet,
        words=start.words[chosen],
        shop_name=shop.name,
        shop=protocol.encode(shop.front()).decode(),
        demo=settings().demo,
    )
    return Response(text, content_type="text/html; charset=utf-8", headers=_HEADERS)


@blueprint.get("/")
async def visitor() -> Response:
    """The visitor's page."""
    return await _page("visitor")


@blueprint.get("/admin")
async def console() -> Response:
    """The agents' console."""
    return await _page("console")


@blueprint.get("/setup")
async def set_up() -> Response:
    """The page that creates the first administrator; its secret stays in the URL's fragment."""
    return await _page("setup")
