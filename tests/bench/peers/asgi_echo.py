"""A WebSocket echo straight on ASGI, on stock Hypercorn: the server's own cost, and nothing of a framework's."""

import sys
from typing import Any

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accept, and send back what comes."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message.get("text"), "bytes": message.get("bytes")})


if __name__ == "__main__":
    config = Config()
    config.bind = [f"{sys.argv[1]}:{sys.argv[2]}"]
    config.errorlog = None
    uvloop.run(serve(app, config))
