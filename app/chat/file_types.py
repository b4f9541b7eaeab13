"""Which files may be sent: our own table, by which they are told apart, named, and shown or handed over to be saved."""

from dataclasses import dataclass
from typing import Literal

# Pictures of more pixels are not shown in place: a browser decodes all of them, and has four bytes for each.
MOST_PIXELS = 50_000_000
# As what a file is handed over that browsers shall only save.
UNSHOWN = "application/octet-stream"

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_MATROSKA = (b"\x1a\x45\xdf\xa3",)
_MP3 = (b"ID3", *(bytes((0xFF, code)) for code in (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3)))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class FileType:
    """`media_type` as frames and headers say it; `extensions` by which files of it are named, the usual one first."""

    media_type: str
    extensions: tuple[str, ...]
    kind: Literal["picture", "audio", "video", "other"] = "other"
    # How a file of it begins, from the byte `at` on; () where that can be anything.
    beginnings: tuple[bytes, ...] = ()
    at: int = 0

    def agrees(self, first: bytes) -> bool:
        """Whether a file that begins like this may be of this type; 16 bytes are enough to say."""
        return not self.beginnings or first[self.at :].startswith(self.beginnings)

    def inline(self, width: int, height: int) -> bool:
        """Whether a browser may show it in place, as a document: pictures that their walker passed, of so many pixels.

        Audio and video play in a page of ours although they are handed over to be saved.
        """
        return self.kind == "picture" and width * height <= MOST_PIXELS

    @property
    def served_as(self) -> str:
        """The media type that an answer says: its own, of what is seen or heard in place."""
        return UNSHOWN if self.kind == "other" else self.media_type


# Where two have an extension in common the first is meant, unless the other was declared.
TYPES = (
    FileType("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "picture", (b"\xff\xd8\xff",)),
    FileType("image/png", ("png",), "picture", (b"\x89PNG\r\n\x1a\n",)),
    FileType("image/gif", ("gif",), "picture", (b"GIF87a", b"GIF89a")),
    FileType("image/webp", ("webp",), "picture", (b"WEBP",), 8),
    FileType("audio/mpeg", ("mp3",), "audio", _MP3),
    FileType("audio/mp4", ("m4a",), "audio", (b"ftyp",), 4),
    FileType("audio/ogg", ("ogg", "oga", "opus"), "audio", (b"OggS",)),
    FileType("audio/wav", ("wav",), "audio", (b"WAVE",), 8),
    FileType("video/mp4", ("mp4", "m4v"), "video", (b"ftyp",), 4),
    FileType("video/quicktime", ("mov", "qt"), "video", (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"), 4),
    FileType("video/webm", ("webm",), "video", _MATROSKA),
    FileType("audio/webm", ("weba", "webm"), "audio", _MATROSKA),
    FileType("video/ogg", ("ogv", "ogg"), "video", (b"OggS",)),
    FileType("application/pdf", ("pdf",)),
    FileType("text/plain", ("txt", "text", "log")),
    FileType("text/csv", ("csv",)),
    FileType("application/zip", ("zip",), beginnings=_ZIP),
    FileType(_OPEN_XML + "wordprocessingml.document", ("docx",), beginnings=_ZIP),
    FileType(_OPEN_XML + "spreadsheetml.sheet", ("xlsx",), beginnings=_ZIP),
    FileType(_OPEN_XML + "presentationml.presentation", ("pptx",), beginnings=_ZIP),
    FileType("application/msword", ("doc",), beginnings=_COMPOUND),
    FileType("application/vnd.ms-excel", ("xls",), beginnings=_COMPOUND),
    FileType("application/vnd.ms-powerpoint", ("ppt",), beginnings=_COMPOUND),
    FileType(_ODF + "text", ("odt",), beginnings=_ZIP),
    FileType(_ODF + "spreadsheet", ("ods",), beginnings=_ZIP),
    FileType(_ODF + "presentation", ("odp",), beginnings=_ZIP),
)
_BY_MEDIA_TYPE = {type.media_type: type for type in TYPES}


def by_media_type(media_type: str) -> FileType | None:
    """The type of that name, which may have parameters behind it; None where such files are not taken."""
    return _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())


def by_name(name: str, declared: str) -> FileType | None:
    """What a file of that name is, which its sender declared to be of a media type; None where such are not taken.

    The name decides, since what is saved is opened by it; the declaration does where the name ends in nothing known.
    """
    meant = by_media_type(declared)
    extension = extension_of(name)
    found = [type for type in TYPES if extension in type.extensions]
    return meant if meant in found or not found else found[0]


def extension_of(name: str) -> str:
    """What stands behind a name's last dot, in lower case; "" without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""
