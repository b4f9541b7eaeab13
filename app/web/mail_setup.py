"""Setting up mail in the console: what is in force, and the trial of what an administrator would like to have."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from quart import Blueprint, Response

from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.chat.mail_providers import PROVIDERS
from app.config import MailServer
from app.web.answer import body, ok
from app.web.context import language, node, settings
from app.web.session import current_session

blueprint = Blueprint("mail_setup", __name__)

_Text = Annotated[str, msgspec.Meta(max_length=254)]


class Typed(msgspec.Struct, kw_only=True):
    """A server as it was typed, and the address that mail shall come from. `tls`: encrypted from the start."""

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[^\s/@:]+$|^[0-9a-fA-F:.]+$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    tls: bool
    user: _Text = ""
    password: Annotated[str, msgspec.Meta(max_length=500)] = ""
    sender: Annotated[str, msgspec.Meta(min_length=1)]


class Trial(msgspec.Struct, kw_only=True):
    """A mail to `to`, by what was typed or else by what is in force."""

    to: Annotated[str, msgspec.Meta(min_length=1)]
    typed: Typed | None = None


@blueprint.get("/v1/mail")
async def mail() -> Response:
    """What is in force, without a word of the log-in, and who sends mail for shops."""
    found = settings()
    server = found.mail.server if found.mail.smtp else None
    known = {"host": server.host, "port": server.port, "tls": server.tls, "user": bool(server.user)} if server else None
    offered = [msgspec.to_builtins(one) for one in PROVIDERS]
    for one in offered:
        del one["labels"], one["spf"], one["own_bounces"]
    return ok(
        {
            "url": found.url,
            "sender": found.mail.sender,
            "server": known,
            "sends": found.sends_mail,
            "providers": offered,
        }
    )


@blueprint.post("/v1/mail/trial")
async def trial() -> Response:
    """Send one, and tell what came of each step. What was typed is in memory alone, and only until then."""
    wanted = await body(Trial)
    server, sender = _server(wanted.typed)
    asked = {
        "server": msgspec.to_builtins(server),
        "sender": _address("sender", sender),
        "to": _address("to", wanted.to),
        "host": urlsplit(settings().url).hostname or sender.rpartition("@")[2],
        "shop": node().shop.settings.name or sender.rpartition("@")[2],
        "language": language(),
        "anywhere": _named(server),
        "private": settings().outbound.private,
    }
    return ok(await node().mail_trial.run(current_session().uid, asked))


def _server(typed: Typed | None) -> tuple[MailServer, str]:
    """Raises Refusal mail_not_set_up."""
    if typed is not None:
        return MailServer(typed.host, typed.port, typed.user, typed.password, typed.tls), typed.sender
    if not (settings().mail.smtp and settings().mail.sender):
        raise Refusal("mail_not_set_up")
    return settings().mail.server, settings().mail.sender


def _named(server: MailServer) -> bool:
    """Whether it is the operator's own choice, which may be anywhere."""
    known = settings().mail.server if settings().mail.smtp else None
    return known is not None and (known.host, known.port) == (server.host, server.port)


def _address(field: str, text: str) -> str:
    """Raises Refusal bad_request."""
    try:
        return Entered(email=text).checked().email
    except Refusal:
        raise Refusal("bad_request", field=field) from None
