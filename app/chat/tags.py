"""Tags: short labels that agents put on conversations."""

import unicodedata

from app.chat.errors import Refusal
from app.chat.names import visible

# Tags of one conversation, and characters of one tag: what a row and a narrow pane can show.
MAX_TAGS, TAG_LENGTH = 10, 30


def clean(text: str) -> str:
    """The tag as it is kept: NFKC, trimmed, spaces folded into one, 1 to 30 characters. Raises Refusal bad_tag."""
    # Cut before the work: normalising a megabyte is not worth a refusal.
    label = " ".join(unicodedata.normalize("NFKC", text[: TAG_LENGTH * 8]).split())
    if not 1 <= len(label) <= TAG_LENGTH or not all(map(_fit, label)) or not any(map(visible, label)):
        raise Refusal("bad_tag")
    return label


def _fit(character: str) -> bool:
    """Not a control character or a line break: they would end up in logs, and tags are kept as lines."""
    return unicodedata.category(character) not in ("Cc", "Zl", "Zp", "Cs")
