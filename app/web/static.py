"""Scripts, styles, pictures: read once, served from memory, kept by browsers for a year.

Their address carries a digest of them all, so that a new version is a new address and the old one never stale. Script
modules import each other by relative paths, so one digest versions them all. What a page says is a module as well, one
for each page and language: js/messages/<page>.<language>.js. And a page has one style sheet, made of those it needs:
css/pages/<page>.css names them.
"""

import gzip
import mimetypes
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from quart import Blueprint, Response, request

from app import resources, words
from app.chat import protocol
from app.chat.errors import Refusal

blueprint = Blueprint("static", __name__)

# Bytes below which compressing gains nothing.
_SMALL = 600
_MESSAGES = "messages"  # the folder of the catalogues, which are served as modules
# What a page's style sheet says: which sheets it is made of, in their order.
_SHEET = re.compile(rb'^@import url\("\.\./([^"]+)"\);\n', re.M)
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class _File(NamedTuple):
    content: bytes
    compressed: bytes | None
    type: str
    digest: str


@cache
def _files() -> dict[str, _File]:
    root = resources.path("static")
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".gz" and path.parent.name != _MESSAGES:
            found[path.relative_to(root).as_posix()] = _load(path)
    for name in [name for name in found if name.startswith("css/pages/")]:
        page, sheets = Path(name).stem, _SHEET.findall(found[name].content)
        found[name] = _file(name, b"".join(found[f"css/{sheet.decode()}"].content for sheet in sheets))
        for language in words.languages():
            name = f"js/messages/{page}.{language}.js"
            found[name] = _file(name, _module(page, language))
    return found


def _module(page: str, language: str) -> bytes:
    """What a page says in a language, as the script module it loads."""
    said = words.section("shared", language) | words.section(page, language)
    return b"export default %b;\n" % protocol.encode(said)


def _load(path: Path) -> _File:
    packed = path.with_name(path.name + ".gz")
    return _file(path.name, path.read_bytes(), packed.read_bytes() if packed.exists() else None)


def _file(name: str, content: bytes, compressed: bytes | None = None) -> _File:
    if compressed is None and len(content) > _SMALL:
        compressed = gzip.compress(content, 6, mtime=0)
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    full = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return _File(content, compressed, full, sha256(content).hexdigest()[:16])


@cache
def prefix() -> str:
    """Where pages find the files: `/static/v-<digest>`."""
    digest = sha256()
    for name, file in _files().items():
        digest.update(name.encode() + b"\0" + file.content)
    return f"/static/v-{digest.hexdigest()[:12]}"


@blueprint.get("/static/v-<version>/<path:name>")
async def versioned(version: str, name: str) -> Response:
    """A file at its immutable address; an older version's gets today's file, but is not kept."""
    response = _answer(name)
    if prefix().endswith(version):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/static/<path:name>")
async def plain(name: str) -> Response:
    """A file at its plain address."""
    return _answer(name)


def _answer(name: str) -> Response:
    file = _files().get(name)
    if file is None:
        raise Refusal("not_found")
    headers = {"Content-Type": file.type, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    zipped = file.compressed is not None and request.accept_encodings.quality("gzip") > 0
    if zipped:
        headers["Content-Encoding"] = "gzip"
    response = Response(file.compressed if zipped else file.content, headers=headers)
    tag = f"{file.digest}-gzip" if zipped else file.digest
    response.set_etag(tag)
    if request.if_none_match.contains(tag):
        kept = {name: response.headers[name] for name in ("ETag", "Vary", "Cache-Control")}
        response = Response(b"", 304, kept)
    return response
