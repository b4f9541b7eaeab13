"""A WebSocket echo as Quart's documentation writes it, on stock Hypercorn."""

import sys

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, websocket

app = Quart(__name__)


@app.websocket("/")
async def echo() -> None:
    """Send back what comes."""
    while True:
        await websocket.send(await websocket.receive())


if __name__ == "__main__":
    config = Config()
    config.bind = [f"{sys.argv[1]}:{sys.argv[2]}"]
    config.errorlog = None
    uvloop.run(serve(app, config))
