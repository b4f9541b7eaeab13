"""A face: the small picture by which a shop, then its logo, or an agent is shown. It is cut in the browser."""

import io

from app.chat import pictures
from app.chat.errors import Refusal

# Pixels of a side: twice what our pages send, which is twice what they show on a fine screen.
LONGEST_SIDE = 512
_PNG, _JPEG = "image/png", "image/jpeg"


def checked(type: str, picture: bytes) -> bytes:
    """The picture as it is kept, with nothing in it but what is seen.

    Raises Refusal bad_type where it is not what `type` says, or that is neither JPEG nor PNG; bad_face where it is too
    wide or too high.
    """
    kept = io.BytesIO()
    try:
        if type not in (_PNG, _JPEG):
            raise pictures.NotAPicture
        sides = pictures.clean(type, io.BytesIO(picture), kept)
    except pictures.NotAPicture:
        raise Refusal("bad_type", type=type) from None
    if max(sides) > LONGEST_SIDE:
        raise Refusal("bad_face", limit=LONGEST_SIDE)
    return kept.getvalue()


def type_of(kept: bytes) -> str:
    """The media type of a picture that was `checked`."""
    return _PNG if kept.startswith(b"\x89PNG") else _JPEG
