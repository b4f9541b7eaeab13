"""Pictures and other files of conversations: sent, read, and opened by a ticket where a page has no cookie."""

import msgspec
from quart import Blueprint, Response, request

from app.chat import file_types, protocol
from app.chat.files import FileInfo
from app.live.uploads import Upload
from app.web.answer import ok
from app.web.attachment import named
from app.web.context import address, node
from app.web.conversations import known
from app.web.messages import number
from app.web.sending import whole
from app.web.session import current_session

blueprint = Blueprint("files", __name__)

FILES_PER_PAGE = 30


@blueprint.post("/v1/files")
async def upload() -> Response:
    """One more: the body is the file, as it is."""
    length = request.content_length if "Transfer-Encoding" not in request.headers else None
    asked = Upload(
        request.args.get("client", ""),
        request.args.get("note") == "1",
        request.args.get("name", ""),
        request.headers.get("Content-Type", ""),
        length,
    )
    response = ok(await node().files.take(current_session(), asked, address(), request.body))
    response.status_code = 201
    return response


@blueprint.get("/v1/files/ticket")
async def ticket() -> Response:
    """A ticket of whoever asks."""
    made, end = node().files.tickets.of(current_session())
    return ok({"ticket": made, "expires_at": protocol.timestamp(end)})


@blueprint.get("/v1/conversations/<uid>/files")
async def sent(uid: str) -> Response:
    """The files of a conversation, newest first, a page at a time."""
    uid = await known(uid)
    found = await node().files.sent(uid, number("before") or 0, FILES_PER_PAGE + 1)
    page = found[:FILES_PER_PAGE]
    value = [
        {
            **msgspec.to_builtins(record.info),
            "seq": record.seq,
            "by": "visitor" if record.by == uid else "agent",
            "at": protocol.timestamp(record.at),
            "note": record.note,
        }
        for record in page
    ]
    return ok(value, before=page[-1].seq if len(found) > len(page) else 0)


@blueprint.get("/v1/files/<id>")
async def file(id: str) -> Response:
    """A file, or with `Range` a part of it; `save=1`: in any case to be kept. Whether they may is asked each time."""
    info = await node().files.known(current_session(), id)
    headers = {
        "ETag": f'"{id.rpartition(".")[2]}"',
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "no-referrer",
        "Accept-Ranges": "bytes",
    }
    if request.if_none_match.contains_weak(id.rpartition(".")[2]):
        return Response(b"", 304, headers)
    part = _part(info.size, headers["ETag"])
    start, end = part or (0, info.size)
    if part and start >= end:
        return Response(b"", 416, {**headers, "Content-Range": f"bytes */{info.size}"})
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    headers |= _told(info) | {"Content-Length": str(end - start)}
    found = await node().files.open(id)
    pieces = node().files.pieces(found, start, end - start if request.method == "GET" else 0)
    return Response(whole(pieces, "a file", OSError), 206 if part else 200, headers)


def _told(info: FileInfo) -> dict[str, str]:
    """What a browser may do with it: by our own table, whatever its sender said."""
    type = file_types.by_media_type(info.type)
    inline = type is not None and type.inline(info.width, info.height) and request.args.get("save") != "1"
    return {
        "Content-Type": type.served_as if type else file_types.UNSHOWN,
        "Content-Disposition": named(info.name, inline=inline),
    }


def _part(size: int, etag: str) -> tuple[int, int] | None:
    """From where to where is asked for; None for all of it, which is also the answer to what is not said in one way."""
    asked, only_if = request.range, request.if_range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if only_if.date is not None or (only_if.etag is not None and only_if.to_header() != etag):
        return None
    ((start, end),) = asked.ranges
    return max(size + start, 0) if start < 0 else start, size if end is None else min(end, size)
