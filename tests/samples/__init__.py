"""Small pictures as programs write them, of each container and its kinds, most of them with what a camera adds.

All show the same: 32 by 20 pixels, a red triangle to the left, a blue box to the right. They were made by Pillow 12;
those whose name has `profile`, `colours` or `alpha` hold an ICC profile that exchanges red and green.
"""

from pathlib import Path

# What stands in them as camera's name, author, comment, place.
SECRET = b"Kilroy"
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}
SAMPLES = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in MEDIA_TYPES)


def media_type(path: Path) -> str:
    """Of which media type a sample is."""
    return MEDIA_TYPES[path.suffix]
