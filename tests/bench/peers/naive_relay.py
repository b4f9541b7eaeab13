"""The relay as tutorials write it: Quart, redis-py, a stream for the history, and pub/sub for each socket."""

import asyncio
import json
import sys
from typing import Any

import redis.asyncio as redis
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, websocket

LONGEST = 8000
# Once, in order, with history, and told: one round trip.
KEEP = """
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return tonumber(known) end
local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
redis.call('HSET', KEYS[2], ARGV[1], seq)
redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'side', ARGV[2], 'content', ARGV[3])
redis.call('PUBLISH', KEYS[1], cjson.encode({side = ARGV[2], id = ARGV[1], content = ARGV[3], seq = seq}))
return seq
"""

app = Quart(__name__)
pool = redis.BlockingConnectionPool.from_url(sys.argv[3], max_connections=50, timeout=None, decode_responses=True)
store = redis.Redis(connection_pool=pool)
keep = store.register_script(KEEP)


async def send(pubsub: Any, side: str, lock: asyncio.Lock) -> None:
    """What the other side said, from the channel to the socket."""
    async for message in pubsub.listen():
        if message["type"] != "message":
            continue
        told = json.loads(message["data"])
        if told.pop("side") != side:
            async with lock:
                await websocket.send(json.dumps({"type": "message", **told}))


async def receive(pair: str, side: str, lock: asyncio.Lock) -> None:
    """From the socket to the store and the channel: once, in order, with history."""
    while True:
        frame: Any = json.loads(await websocket.receive())
        id, content = frame.get("id"), frame.get("content")
        if not isinstance(id, str) or not isinstance(content, str) or not 0 < len(content) <= LONGEST:
            async with lock:
                await websocket.send(json.dumps({"type": "error", "code": "bad_frame"}))
            continue
        seq = await keep(keys=[f"chat:{pair}", f"ids:{pair}"], args=[id, side, content])
        async with lock:
            await websocket.send(json.dumps({"type": "ack", "id": id, "seq": seq}))


@app.websocket("/ws")
async def chat() -> None:
    """One end of a conversation: a subscription, and a task for each direction."""
    pair, side = websocket.args["pair"], websocket.args["side"]
    lock = asyncio.Lock()
    own = redis.from_url(sys.argv[3], decode_responses=True)
    async with own, own.pubsub() as pubsub:
        await pubsub.subscribe(f"chat:{pair}")
        await pubsub.get_message(timeout=None)
        await websocket.send('{"type":"ready"}')
        async with asyncio.TaskGroup() as group:
            group.create_task(send(pubsub, side, lock))
            group.create_task(receive(pair, side, lock))


if __name__ == "__main__":
    config = Config()
    config.bind = [f"{sys.argv[1]}:{sys.argv[2]}"]
    config.errorlog = None
    uvloop.run(serve(app, config))
