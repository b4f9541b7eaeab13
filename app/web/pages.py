"""The three pages. Everything on them is drawn by their scripts."""

from quart import Blueprint, Response, current_app

from app import words
from app.chat import protocol
from app.web import static
from app.web.context import language, node, settings

blueprint = Blueprint("pages", __name__)

_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
TEMPLATES = ("index.html", "admin.html", "setup.html")


async def _page(name: str, section: str) -> Response:
    chosen = language()
    template = current_app.jinja_env.get_template(name)
    shop = node().front.shop
    text = await template.render_async(
        static=static.prefix(),
        language=words.section("language", chosen),
        words=f"{section}.{chosen}",
        shop_name=shop.name,
        shop=protocol.encode(shop.front()).decode(),
        demo=settings().demo,
    )
    return Response(text, content_type="text/html; charset=utf-8", headers=_HEADERS)


@blueprint.get("/")
async def visitor() -> Response:
    """The visitor's page."""
    return await _page("index.html", "visitor")


@blueprint.get("/admin")
async def console() -> Response:
    """The agents' console."""
    return await _page("admin.html", "console")


@blueprint.get("/setup")
async def set_up() -> Response:
    """The page that creates the first administrator; its secret stays in the URL's fragment."""
    return await _page("setup.html", "setup")
