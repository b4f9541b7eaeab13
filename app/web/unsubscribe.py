"""The page by which whoever gets our mails stops them: its link stands at the end of each.

What fetches links to look at them stops nothing: that is a POST, of the page's button or of a mailbox (RFC 8058).
"""

from quart import Blueprint, Response, current_app

from app import words
from app.chat import contact
from app.web import static
from app.web.context import language, node

blueprint = Blueprint("unsubscribe", __name__)

TEMPLATE = "unsubscribe.html"


@blueprint.get("/mail/stop/<id>")
async def page(id: str) -> Response:
    """Asks whether to."""
    found = await node().mail.of_link(id)
    if found is None:
        return await _answer(404, "stop.over")
    return await _answer(200, "stop.ask", address=contact.masked(found[1]), ask=True)


@blueprint.post("/mail/stop/<id>")
async def stop(id: str) -> Response:
    """No mail goes there any more; whoever says it again is told the same."""
    found = await node().mail.of_link(id)
    if found is None:
        return await _answer(404, "stop.over")
    uid, address = found
    await node().mail.stop(address)
    await node().contacts.stop(uid, address)
    return await _answer(200, "stop.done", address=contact.masked(address))


async def _answer(status: int, said: str, *, address: str = "", ask: bool = False) -> Response:
    chosen = language()
    shop = node().shop.settings
    whole = address.replace("…", "…\u2060")  # no line ends at its dots
    text = await current_app.jinja_env.get_template(TEMPLATE).render_async(
        language=words.section("language", chosen),
        said=words.section("mail", chosen),
        text=words.say("mail", said, chosen, address=f"\u2066{whole}\u2069"),
        ask=ask,
        shop=shop,
        sheet=static.start("setup").sheet,  # its card
    )
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    return Response(text, status, content_type="text/html; charset=utf-8", headers=headers)
