"""What a file is called: as its sender does, so far as that misleads nobody who sees or saves it."""

import unicodedata

from app.chat import names
from app.chat.errors import Refusal
from app.chat.file_types import FileType, extension_of

LONGEST = 120
# Characters that are looked at, at the beginning and at the end: to put marks in a row in order takes the square of
# their number.
_LOOKED_AT, _ENDING = LONGEST * 8, 16


def clean(name: str, type: FileType) -> str:
    """The name by which a file of that type is shown and saved.

    NFC, at most 120 code points, with an extension of the type at its end. Folders before it, control characters and
    those that turn around how text is read are left out, and so are dots and spaces at its ends, which would hide a
    file or be lost. Raises Refusal bad_name where nothing that can be seen is left.
    """
    text = name.replace("\\", "/").rpartition("/")[2]
    text = text[:-_ENDING][:_LOOKED_AT] + text[-_ENDING:]
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = names.permitted(text).strip(". ")
    stem, ending = text, type.extensions[0]
    if extension_of(text) in type.extensions:
        stem, _, ending = text.rpartition(".")
    stem = stem[: LONGEST - len(ending) - 1].strip(". ")
    if not any(map(names.visible, stem)):
        raise Refusal("bad_name")
    return f"{stem}.{ending}"
