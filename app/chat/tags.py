"""Tags: short labels that agents put on conversations."""

import unicodedata

from app.chat.errors import Refusal
from app.chat.names import control, forbidden, visible

# Tags of one conversation, and characters of one tag: what a row and a narrow pane can show.
MAX_TAGS, TAG_LENGTH = 10, 30


def clean(text: str) -> str:
    """A new tag as it is kept: as `known`, and nothing in it turns its neighbours around. Raises Refusal bad_tag."""
    label = known(text)
    if any(map(forbidden, label)):
        raise Refusal("bad_tag")
    return label


def known(text: str) -> str:
    """A tag as it is or was kept: NFKC, trimmed, spaces folded into one, 1 to 30 characters. Raises Refusal bad_tag."""
    # Cut before the work: normalising a megabyte is not worth a refusal.
    label = " ".join(unicodedata.normalize("NFKC", text[: TAG_LENGTH * 8]).split())
    # Control characters would end up in logs, and tags are kept as lines.
    if not 1 <= len(label) <= TAG_LENGTH or any(map(control, label)) or not any(map(visible, label)):
        raise Refusal("bad_tag")
    return label
