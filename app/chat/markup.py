"""What a person wrote as HTML: text, whose links lead somewhere."""

from markupsafe import Markup, escape

from app.chat.links import links_of


def linked(text: str, link: Markup) -> Markup:
    """The text, and in it each link as `link` says: with places for its address and its words."""
    pieces, at = [], 0
    for found in links_of(text):
        pieces += [escape(text[at : found.start]), link.format(found.href, text[found.start : found.end])]
        at = found.end
    return Markup("").join([*pieces, escape(text[at:])])
