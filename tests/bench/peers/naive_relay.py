"""The relay as one writes it on a good day: Quart, redis-py, a stream for the history, pub/sub for delivery."""

import asyncio
import json
import sys
from collections import defaultdict
from typing import Any

import redis.asyncio as redis
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, websocket

LONGEST = 8000
# Once, in order, with history: what every relay in this benchmark has to do for a message.
STORE = """
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return tonumber(known) end
local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'side', ARGV[2], 'content', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], seq)
redis.call('PUBLISH', 'chat', cjson.encode({pair = ARGV[4], side = ARGV[2], id = ARGV[1], content = ARGV[3], seq = seq}))
return seq
"""

app = Quart(__name__)
waiting: dict[tuple[str, str], set[asyncio.Queue[str]]] = defaultdict(set)


@app.before_serving
async def connect() -> None:
    """One pool, one script, one subscription."""
    pool = redis.BlockingConnectionPool.from_url(sys.argv[3], max_connections=50, timeout=None, decode_responses=True)
    app.redis = redis.Redis(connection_pool=pool)
    app.store = app.redis.register_script(STORE)
    app.pubsub = app.redis.pubsub()
    await app.pubsub.subscribe("chat")
    app.add_background_task(deliver)


async def deliver() -> None:
    """What is published goes to the queues of the other side."""
    async for message in app.pubsub.listen():
        if message["type"] != "message":
            continue
        told = json.loads(message["data"])
        other = "a" if told["side"] == "v" else "v"
        text = json.dumps({"type": "message", "id": told["id"], "content": told["content"], "seq": told["seq"]})
        for queue in waiting[told["pair"], other]:
            queue.put_nowait(text)


async def send(queue: asyncio.Queue[str]) -> None:
    """From the queue to the socket."""
    while True:
        await websocket.send(await queue.get())


async def receive(pair: str, side: str, queue: asyncio.Queue[str]) -> None:
    """From the socket to the store; the answer goes through the queue too."""
    while True:
        frame: Any = json.loads(await websocket.receive())
        id, content = frame.get("id"), frame.get("content")
        if not isinstance(id, str) or not isinstance(content, str) or not 0 < len(content) <= LONGEST:
            queue.put_nowait(json.dumps({"type": "error", "code": "bad_frame"}))
            continue
        seq = await app.store(keys=[f"chat:{pair}", f"ids:{pair}"], args=[id, side, content, pair])
        queue.put_nowait(json.dumps({"type": "ack", "id": id, "seq": seq}))


@app.websocket("/ws")
async def chat() -> None:
    """One end of a conversation: a queue, and a task for each direction."""
    pair, side = websocket.args["pair"], websocket.args["side"]
    queue: asyncio.Queue[str] = asyncio.Queue()
    waiting[pair, side].add(queue)
    queue.put_nowait('{"type":"ready"}')
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(send(queue))
            group.create_task(receive(pair, side, queue))
    finally:
        waiting[pair, side].discard(queue)


if __name__ == "__main__":
    config = Config()
    config.bind = [f"{sys.argv[1]}:{sys.argv[2]}"]
    config.errorlog = None
    uvloop.run(serve(app, config))
