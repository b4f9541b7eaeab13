"""The three pages, on which everything is drawn by their scripts; and one on which the widget can be looked at."""

from functools import cache

from markupsafe import Markup
from quart import Blueprint, Response, current_app

from app import words
from app.chat import protocol
from app.live.clock import now_ms
from app.web import static
from app.web.context import language, node, settings
from app.web.initial_data import InitialData
from app.web.look import Look, framed
from app.web.look import look as chosen_look
from app.web.origin import note_framing
from app.web.session import renew

blueprint = Blueprint("pages", __name__)

TEMPLATE, PREVIEW_TEMPLATE = "page.html", "preview.html"


async def _page(
    name: str, initial: InitialData, look: Look | None = None, frame: tuple[str, ...] | None = None
) -> Response:
    """`frame`: the sites whose pages may talk with this one, where it is made for a frame."""
    look = look or Look()
    chosen = look.language or language()
    start = static.start(name)
    shop = node().shop.settings if frame is None else node().widget.coloured(node().shop.settings)
    text = await current_app.jinja_env.get_template(TEMPLATE).render_async(
        page=name,
        language=words.section("language", chosen),
        languages=_names(),
        spoken=protocol.encode(tuple(start.words)).decode(),
        said=words.section("document", chosen),
        script=start.script,
        sheet=start.sheet,
        words=start.words[chosen],
        besides="" if frame is None else start.framed,
        look=look,
        shop_name=shop.name,
        shop=protocol.encode(shop.public(chosen) | {"faces": node().team.faces}).decode(),
        frame=None if frame is None else protocol.encode(frame).decode(),
        demo=settings().demo,
        vacant=initial.vacant,
        siteless=initial.siteless,
        by_mail=settings().sends_mail,
        now=protocol.timestamp(now_ms()),
        # "<" alone could end the element; in JSON it stands in strings alone.
        answers=Markup(protocol.encode(initial.answers).decode().replace("<", "\\u003c")),
    )
    # Never kept, not even for the way back: it says who is here.
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    response = Response(text, content_type="text/html; charset=utf-8", headers=headers)
    return renew(response, initial.session) if initial.session else response


@cache
def _names() -> str:
    """What every language calls itself, as JSON."""
    return protocol.encode({one: words.section("language", one)["name"] for one in words.languages()}).decode()


@blueprint.get("/")
async def visitor() -> Response:
    """The visitor's page."""
    return await _page("visitor", await InitialData().gather("visitor"))


@blueprint.get("/widget")
async def widget() -> Response:
    """The same in a frame on a shop's own site: no cookie is looked at, and none is given."""
    note_framing()
    return await _page("visitor", await InitialData().gather("frame"), framed(), node().widget.sites)


@blueprint.get("/widget/preview")
async def preview() -> Response:
    """A page as a shop has it, for the console to show in a frame: its script puts the tag into it."""
    chosen = language()
    start = static.start("preview")
    text = await current_app.jinja_env.get_template(PREVIEW_TEMPLATE).render_async(
        language=words.section("language", chosen),
        said=words.section("preview", chosen),
        script=start.script,
        sheet=start.sheet,
        shop_name=node().shop.settings.name,
    )
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    return Response(text, content_type="text/html; charset=utf-8", headers=headers)


@blueprint.get("/admin")
async def console() -> Response:
    """The agents' console."""
    return await _page("console", await InitialData().gather("agent"), chosen_look())


@blueprint.get("/setup")
async def set_up() -> Response:
    """The page that creates the first administrator; its secret stays in the URL's fragment."""
    return await _page("setup", InitialData())
