"""Server-sent events as Quart's documentation writes them: a queue and a generator for each reader."""

import asyncio
import sys
from collections.abc import AsyncIterator

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request

app = Quart(__name__)
queues: set[asyncio.Queue[bytes]] = set()


@app.get("/stream")
async def stream() -> Response:
    """Events as they come."""

    async def events() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        queues.add(queue)
        try:
            yield b":\n\n"
            while True:
                yield b"data: " + await queue.get() + b"\n\n"
        finally:
            queues.discard(queue)

    response = Response(events(), content_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    response.timeout = None
    return response


@app.post("/event")
async def event() -> str:
    """Tell every reader."""
    data = await request.get_data()
    for queue in queues:
        queue.put_nowait(data)
    return "told"


if __name__ == "__main__":
    config = Config()
    config.bind = [f"{sys.argv[1]}:{sys.argv[2]}"]
    config.errorlog = None
    uvloop.run(serve(app, config))
