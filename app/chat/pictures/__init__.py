"""Pictures as they are kept: the container is walked, and of what is in it only what is seen is passed on.

Nothing is decoded. What tells of a place, a camera or a person goes, and so does whatever stands behind the end; what
turns a picture upright, gives it its colours or makes it move stays as it is, byte for byte.
"""

from collections.abc import Callable
from typing import BinaryIO

from app.chat.pictures import gif, jpeg, png, webp
from app.chat.pictures.reading import NotAPicture, Reader

__all__ = ["NotAPicture", "clean"]

_WALKERS: dict[str, Callable[[Reader, BinaryIO], tuple[int, int]]] = {
    "image/jpeg": jpeg.walk,
    "image/png": png.walk,
    "image/gif": gif.walk,
    "image/webp": webp.walk,
}


def clean(type: str, source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    """Copy a picture of that media type as it is kept; its width and height in pixels, as it is shown upright.

    Both are read and written in bounded pieces, the source from where it stands and once; the target must be
    seekable, since WebP says its length at its beginning.
    Raises NotAPicture for what is none of that type, or not whole: what was written by then is worth nothing.
    """
    if type not in _WALKERS:
        raise NotAPicture
    return _WALKERS[type](Reader(source), target)
