"""Scripts, styles, pictures: read once, when first asked for, and served from memory.

As delivered (tools/pages.mjs makes them) each has a hash of what it is in its name, so browsers keep it for a year. A
name that this build does not have is not found, though another build had it: parts of two builds do not fit together,
and the page offers to be loaded anew. From source the modules and sheets are served as they lie there, and browsers
ask each time whether they have changed.
"""

import json
import mimetypes
import posixpath
import re
import zlib
from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256
from typing import Any, NamedTuple

from quart import Blueprint, Response, request

from app import resources, words
from app.chat import protocol
from app.chat.errors import Refusal

blueprint = Blueprint("static", __name__)

# The file that says what each page of a build begins with: `{page: {script, sheet, words: {language: name}, framed}}`;
# and the two parts of what shops load, which have nothing but a script.
BUILT = "pages.json"
PAGES = ("visitor", "console", "setup")
WORDLESS = ("preview",)  # pages that say all they say in their document
# What has an address of its own, and so no hash in its name (widget_script.py).
_OF_THE_SHOP_S_SITE = ("loader.js", "panel.js", "widget.d.ts")
_FOLDER = "static"
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for what gzip makes
_MESSAGES = "messages"  # the folder of the catalogues, which are read here and served as modules
_FOR_A_YEAR, _ASKED_EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
# What makes modules of scripts, and is dropped where they are put behind one another.
_IMPORT = re.compile(r'^import\s[^;]*?"(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default )", re.MULTILINE)
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".ts": "text/plain"}


# The section of the catalogue with what the chunks of several pages say, and those with what one page's alone do: a
# module that comes with the first of them.
LATER = "chunks"
LATER_OF = {"console": "console_chunks"}


class Start(NamedTuple):
    """What a page begins with: the names of its script, of its style sheet, and of its words in each language.

    `framed`: of the script that it begins with besides where it is in a frame, "" for none.
    """

    script: str
    sheet: str
    words: dict[str, str]  # none of a page that is WORDLESS
    framed: str = ""


class File(NamedTuple):
    """What is served, its type, and a digest of it; `compressed` (gzip) where that is shorter."""

    content: bytes
    compressed: bytes | None
    type: str
    digest: str


@cache
def start(page: str) -> Start:
    """What `page`, one of PAGES or WORDLESS, begins with."""
    if _is_built():
        return Start(**{"words": {}, **_built()[page]})
    return Start(
        f"js/{page}/main.js",
        f"css/pages/{page}.css",
        {} if page in WORDLESS else {language: f"words/{page}.{language}.js" for language in spoken(page)},
        "js/visitor/framed.js" if page == "visitor" else "",
    )


def spoken(page: str) -> tuple[str, ...]:
    """The languages in which one of PAGES is there."""
    return words.languages(team=page != "visitor")


def module(page: str, language: str, later: str) -> bytes:
    """What a page says in a language, as the script module it loads; `later` is that of its chunks, beside it."""
    said = words.section("shared", language) | words.section(page, language)
    rest = protocol.encode(f"./{later}")
    return b"export default %b;\nexport const later = () => import(%b);\n" % (protocol.encode(said), rest)


def module_of_chunks(section: str, language: str) -> bytes:
    """What chunks say besides: LATER, or what is of LATER_OF, and with that LATER."""
    return b"export default %b;\n" % protocol.encode(words.section(LATER, language) | words.section(section, language))


@cache
def _is_built() -> bool:
    return resources.exists(f"{_FOLDER}/{BUILT}")


@cache
def _built() -> dict[str, Any]:
    return dict(json.loads(resources.read(f"{_FOLDER}/{BUILT}")))


@cache
def loader() -> bytes:
    """What a shop's own page loads (`/widget.js`), with a name in the place of its configuration."""
    return _one("loader") or b'(() => {\n"use strict";\n%b})();\n' % _joined("loader/main.js")


@cache
def panel() -> bytes:
    """The module that the loader imports (`/widget-panel.js`), with a name in the place of its words."""
    return _one("panel") or _joined("loader/panel/main.js")


@cache
def types() -> File:
    """What a shop's own scripts may ask of the loader (`/widget.d.ts`)."""
    return _load("widget.d.ts")


def _one(part: str) -> bytes:
    """A part of what shops load, as it was built; nothing from source."""
    return resources.read(f"{_FOLDER}/{_built()[part]['script']}") if _is_built() else b""


def _joined(name: str) -> bytes:
    """A script of static/js and all that it imports as one, which exports at most what is `default` in it."""
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in _modules(name).values()).encode()


def _modules(name: str, found: dict[str, str] | None = None) -> dict[str, str]:
    """The text of a script of static/js and, before it, of all that it imports, by name."""
    found = {} if found is None else found
    text = resources.text(f"{_FOLDER}/js/{name}")
    for imported in _IMPORT.findall(text):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))
        if path not in found:
            _modules(path, found)
    found[name] = text
    return found


@cache
def _files() -> dict[str, Callable[[], File]]:
    """What there is to be served, each read when it is first asked for."""
    found: dict[str, Callable[[], File]] = {
        name: cache(partial(_load, name))
        for name in (name.removesuffix(".gz") for name in resources.names(_FOLDER))
        if not name.endswith(".json") and not name.startswith(f"{_MESSAGES}/")
    }
    for name in _OF_THE_SHOP_S_SITE:
        found.pop(name, None)
    if not _is_built():
        for page in PAGES:
            for language, name in start(page).words.items():
                section = LATER_OF.get(page, LATER)
                later = f"{section}.{language}.js"  # another page's too
                found[f"words/{later}"] = cache(partial(_made_of_chunks, later, section, language))
                found[name] = cache(partial(_made_of_words, name, page, language, later))
    return found


def _made_of_chunks(name: str, section: str, language: str) -> File:
    return made(name, module_of_chunks(section, language))


def _made_of_words(name: str, page: str, language: str, later: str) -> File:
    return made(name, module(page, language, later))


def _load(name: str) -> File:
    place = f"{_FOLDER}/{name}"
    if not resources.exists(f"{place}.gz"):
        return made(posixpath.basename(name), resources.read(place))
    packed = resources.read(f"{place}.gz")  # in the frozen program it has no other
    return made(posixpath.basename(name), zlib.decompress(packed, _GZIP), packed)


def made(name: str, content: bytes, compressed: bytes | None = None) -> File:
    """A file of that name."""
    kind = _TYPES.get(posixpath.splitext(name)[1]) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    full = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return File(content, compressed, full, sha256(content).hexdigest()[:16])


@blueprint.get("/static/<path:name>")
async def file(name: str) -> Response:
    """One of the files."""
    found = _files().get(name)
    if found is None:
        raise Refusal("not_found")
    return answer(found(), _FOR_A_YEAR if _is_built() else _ASKED_EACH_TIME)


def answer(file: File, kept: str) -> Response:
    """A file for whoever asks: compressed for those who take that, and nothing of it for those who have it.

    `kept`: what browsers are told of how long to keep it (Cache-Control).
    """
    headers = {"Content-Type": file.type, "Vary": "Accept-Encoding", "Cache-Control": kept}
    zipped = file.compressed is not None and request.accept_encodings.quality("gzip") > 0
    if zipped:
        headers["Content-Encoding"] = "gzip"
    response = Response(file.compressed if zipped else file.content, headers=headers)
    etag = f"{file.digest}-gzip" if zipped else file.digest
    response.set_etag(etag)
    if request.if_none_match.contains_weak(etag):
        kept_headers = {name: response.headers[name] for name in ("ETag", "Vary", "Cache-Control")}
        response = Response(b"", 304, kept_headers)
    return response
