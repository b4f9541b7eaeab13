"""The relay as Django's tutorials write it: Channels with its Redis layer, on uvicorn, a stream for the history.

It checks a message, keeps it in its conversation's stream, hands it to the conversation's group (so to every server of
a cluster), and acknowledges it to its author once the store has it. It does not deduplicate, send what was missed,
limit rates, tell who is present or ask who is speaking. `channels_relay.py LAYER HOST PORT unix://SOCKET`, by the
interpreter that has requirements/bench.txt; LAYER is the class, such as channels_redis.core.RedisChannelLayer.
"""

import sys
from typing import Any
from urllib.parse import parse_qs

import django
import redis.asyncio as redis
import uvicorn
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

LAYER, HOST, PORT, URL = sys.argv[1:5]
LONGEST = 8000
pool = redis.BlockingConnectionPool.from_url(URL, max_connections=50, timeout=None, decode_responses=True)
store = redis.Redis(connection_pool=pool)


class Chat(AsyncJsonWebsocketConsumer):
    """One end of a conversation."""

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        self.room, self.side = f"chat.{query['pair'][0]}", query["side"][0]
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()
        await self.send_json({"type": "ready"})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """From the socket to the store and the group."""
        id, text = content.get("id"), content.get("content")
        if not isinstance(id, str) or not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            await self.send_json({"type": "error", "code": "bad_frame"})
            return
        said = {"id": id, "side": self.side, "content": text}
        seq = await store.xadd(self.room, said)
        await self.channel_layer.group_send(self.room, {"type": "said", "seq": seq, **said})
        await self.send_json({"type": "ack", "id": id, "seq": seq})

    async def said(self, event: dict[str, Any]) -> None:
        """From the group to the socket: what the other side said."""
        if event["side"] != self.side:
            await self.send_json({**event, "type": "message"})


settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": LAYER,
            "CONFIG": {
                # The client's own 100 connections and 5 s are less than the layer wants: it waits that long for what
                # is next, and takes a connection for each that sends.
                "hosts": [{"address": URL, "socket_timeout": None, "max_connections": 10_000}],
                "capacity": 10_000,  # one queue for all sockets of a process, which drops what does not fit
            },
        }
    },
)
django.setup()

if __name__ == "__main__":
    uvicorn.run(
        Chat.as_asgi(),
        host=HOST,
        port=int(PORT),
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
    )
