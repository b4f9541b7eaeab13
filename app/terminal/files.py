"""Files to and from a server, for a terminal: a piece at a time, however large they are."""

import http.client
import json
import os
import shutil
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from app.terminal.api import TIMEOUT, Server, TerminalError, printable, sentence

# Bytes sent at once, and the longest name that a file is kept under: what file systems allow, with room for a number.
_PIECE, _LONGEST_NAME = 64 * 1024, 200


def upload(server: Server, path: Path, query: Mapping[str, str]) -> dict[str, Any]:
    """Give the server a file; returns what frames show of it. Raises TerminalError."""
    query = {**query, "name": path.name}
    try:
        with open(os.path.expanduser(path), "rb") as file:
            headers = {
                "Content-Type": guess_type(path.name)[0] or "application/octet-stream",
                "Content-Length": str(os.fstat(file.fileno()).st_size),
                "Authorization": f"Bearer {server.token}",
            }
            status, body = _post(server.url, f"/v1/files?{urllib.parse.urlencode(query)}", file, headers)
    except (OSError, http.client.HTTPException) as error:
        raise TerminalError(f"{printable(path.name)} is not sent: {printable(str(error))}") from None
    if status != 201:
        raise TerminalError(f"{printable(path.name)} is not sent: {sentence(status, body)}")
    return dict(json.loads(body)["value"])


def _post(url: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
    place = urllib.parse.urlsplit(url)
    link: http.client.HTTPConnection
    if place.scheme == "https":
        link = http.client.HTTPSConnection(place.netloc, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        link = http.client.HTTPConnection(place.netloc, timeout=TIMEOUT, blocksize=_PIECE)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was read: the answer says why
            link.request("POST", path, body, headers)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def save(server: Server, info: Mapping[str, Any], target: Path) -> Path:
    """Keep a file at `target`, or in that folder under its own name; nothing is overwritten. Returns where it is.

    Raises TerminalError.
    """
    target = Path(os.path.expanduser(target))
    place = _free(target / _safe(str(info["name"]))) if target.is_dir() else target
    request = server.request(f"/v1/files/{urllib.parse.quote(info['id'])}?save=1")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer, place.open("xb") as kept:
            try:
                shutil.copyfileobj(answer, kept, _PIECE)
                if kept.tell() != info["size"]:
                    raise ConnectionError("cut off")
            except BaseException:
                place.unlink()
                raise
    except urllib.error.HTTPError as error:
        raise TerminalError(sentence(error.code, error.read())) from None
    except (OSError, http.client.HTTPException) as error:
        raise TerminalError(f"{printable(str(place))} is not kept: {printable(str(error))}") from None
    return place


def _safe(name: str) -> str:
    """What a file may be called here, whatever somebody called it there: no path, nothing hidden, nothing invisible."""
    kept = "".join("_" if c in '/\\:*?"<>|\N{REPLACEMENT CHARACTER}' else c for c in printable(name))
    stem, ending = os.path.splitext(kept.strip(". ") or "file")
    return stem.encode()[:_LONGEST_NAME].decode(errors="ignore") + ending[:20]


def _free(place: Path) -> Path:
    """The first of name.jpg, name-2.jpg, name-3.jpg that is not taken."""
    n, found = 1, place
    while found.exists() or found.is_symlink():
        n += 1
        found = place.with_stem(f"{place.stem}-{n}")
    return found


def size(count: int) -> str:
    """A number of bytes for people."""
    amount, unit = float(count), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "B" and amount < 10 else f"{amount:.0f} {unit}"
