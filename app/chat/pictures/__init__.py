"""Pictures as they are kept: their containers are walked, and of what is in them only what is seen is passed on.

Nothing is decoded. What is said of a place, a camera or a person goes, what turns a picture upright and gives it its
colours stays, and so does nothing that stands behind its end.
"""

from collections.abc import Callable
from typing import BinaryIO

from app.chat.pictures import jpeg, png
from app.chat.pictures.reading import NotAPicture

__all__ = ["NotAPicture", "clean"]

_WALKERS: dict[str, Callable[[BinaryIO, BinaryIO], tuple[int, int]]] = {"image/jpeg": jpeg.walk, "image/png": png.walk}


def clean(type: str, source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    """Copy a picture of that media type as it is kept; its width and height in pixels, as it is shown upright.

    Both files are read and written in bounded pieces. Raises NotAPicture for what is none of that type, or not whole.
    """
    if type not in _WALKERS:
        raise NotAPicture
    return _WALKERS[type](source, target)
