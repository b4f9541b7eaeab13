"""How our mails look: the shop's name, logo and colour around what is said, as HTML and as plain text."""

from functools import cache
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, select_autoescape
from markupsafe import Markup

from app import templates, words
from app.chat import colour, faces
from app.chat.markup import linked
from app.chat.shop import Shop
from app.courier.mail.letter import Attachment

# The product's own colour, where the shop chose none: --accent of static/css/tokens.css.
_OWN_ACCENT = "#2f5bd3"
_LOGO = "logo"
FOLDER = "templates/mail"
_LINK = Markup('<a class="ink" href="{}" target="_blank" style="color: inherit" dir="ltr">{}</a>')


class Rendered(NamedTuple):
    """The two parts of a letter."""

    text: str
    html: str


def render(name: str, language: str, shop: Shop, **values: object) -> Rendered:
    """Both templates `templates/mail/<name>` filled in, for who reads `language`.

    `notice` is for whatever has a `title`, `paragraphs` (texts), a `button` (label and address, or None) and a `foot`
    (a text, or ""). Where the shop has a logo, `logo` goes with the letter.
    """
    shown = {
        "language": words.section("language", language),
        "shop": shop,
        "palette": colour.palette(shop.accent or _OWN_ACCENT),
        "logo": f"cid:{_LOGO}" if shop.logo else "",
        **values,
    }
    text, html = (_templates().get_template(f"{name}.{kind}").render(shown) for kind in ("txt", "html"))
    return Rendered(text, html)


def logo(picture: bytes | None) -> list[Attachment]:
    """The shop's logo as the letter shows it; nothing where it has none."""
    if picture is None:
        return []
    type = faces.type_of(picture)
    return [Attachment(f"{_LOGO}.{type.partition('/')[2]}", type, picture, _LOGO)]


def prepare() -> None:
    """Read all there is to read: later an upgrade may have replaced it."""
    for name in _templates().list_templates():
        _templates().get_template(name)


@cache
def _templates() -> Environment:
    made = environment()
    made.loader = templates.loader(FOLDER)
    return made


def environment() -> Environment:
    """Whatever a person typed is text in HTML; in the plain part all is."""
    made = Environment(
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters["linked"] = _linked
    return made


def _linked(text: str) -> Markup:
    """What a person wrote; its lines end where they should in mailboxes that know no `white-space` too."""
    return Markup("<br>").join(linked(line, _LINK) for line in text.split("\n"))
