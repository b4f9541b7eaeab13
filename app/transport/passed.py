"""Connections that another worker passed on (passing.py): served as if they had come in here."""

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import wrap_app

from app.transport.connections import CountedServer
from app.transport.passing import Passing

log = logging.getLogger("chatadmin.socket")

# Of them in one turn of the loop, so that conversations do not wait for a storm of them.
TAKEN_PER_TURN = 32


class PassedServer(CountedServer):
    """One of them: it is passed on to nobody else."""

    passed = True


class Arrivals:
    """Takes what is passed to the worker with that number, and has the ASGI application `app` answer it."""

    def __init__(self, app: Any, config: Config, passing: Passing, number: int) -> None:
        self._app = wrap_app(app, config.wsgi_max_body_size, "asgi")
        self._config, self._passing, self._number = config, passing, number
        self._context = WorkerContext(None)
        self._loop = asyncio.get_running_loop()
        self._serving: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begin with what lies there already."""
        self._loop.add_reader(self._passing.waiting(self._number), self._take)

    async def stop(self) -> None:
        """Take no more; what is still answered is dropped."""
        self._loop.remove_reader(self._passing.waiting(self._number))
        await self._context.terminated.set()
        serving = tuple(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _take(self) -> None:
        for _ in range(TAKEN_PER_TURN):
            try:
                found = self._passing.take(self._number)
            except OSError as error:
                log.warning("%s", error)
                continue
            if found is None:
                return
            self._spawn(self._open(*found))

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _open(self, request: bytes, connection: socket.socket) -> None:
        """Have asyncio read it, from the request on, which the other worker has read."""
        reader = asyncio.StreamReader(loop=self._loop)
        reader.feed_data(request)
        protocol = asyncio.StreamReaderProtocol(reader, self._begin, loop=self._loop)
        connection.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, connection)
        except OSError:  # its peer has gone
            connection.close()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._spawn(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await PassedServer(self._app, self._loop, self._config, self._context, {}, reader, writer)
