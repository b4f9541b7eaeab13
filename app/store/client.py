"""The client library's own pooled client, for what is not hot: people, sessions, the set-up secret."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff, NoBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TryAgainError,
)
from redis.maint_notifications import MaintNotificationsConfig

from app.store.errors import StoreAway, StoreFull
from app.store.keys import Keys
from app.store.topology import Single, Topology

# Connections to the store in each worker: requests share them, a round trip each.
CONNECTIONS = 16
# What a command waits between two attempts, in s, and how many there are, while its keys move to another server.
PAUSE, ATTEMPTS = 0.2, 4


# How the client library names the replies that say "not here, or not yet": nothing was done.
_MOVED = (AskError, ClusterDownError, ReadOnlyError, TryAgainError)


@contextmanager
def _ours() -> Iterator[None]:
    """What the client library raises, as our own errors. NOSCRIPT is for the library's scripts to mend."""
    try:
        yield
    except NoScriptError:
        raise
    except OutOfMemoryError as error:
        raise StoreFull(str(error)) from None
    except RedisError as error:
        raise StoreAway(str(error)) from None


class _Client(Redis):
    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with _ours():
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return _Batch(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class _Batch(Pipeline):
    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        with _ours():
            return await super().execute(raise_on_error)


class _Elsewhere(ConnectionError):
    """The server does not serve these keys, or not yet: worth another attempt."""


class _Retry(Retry):
    """The library's, which knows what asyncio raises; uvloop says RuntimeError of a transport that was closed."""

    async def call_with_retry(self, do: Callable[[], Awaitable[Any]], *args: Any, **options: Any) -> Any:
        async def attempt() -> Any:
            try:
                return await do()
            except RuntimeError as error:
                raise ConnectionError(str(error)) from error

        return await super().call_with_retry(attempt, *args, **options)


class _Placed(Connection):
    """A connection to whichever server has the people."""

    def __init__(self, *, topology: Topology, **options: Any) -> None:
        super().__init__(**options)
        self._topology = topology

    async def _connect(self) -> None:
        place = await self._topology.where(Keys.people())
        self.host, self.port = place.host, place.port
        await super()._connect()  # type: ignore[no-untyped-call]

    def _connection_arguments(self) -> Mapping[str, Any]:
        return {**super()._connection_arguments(), "ssl": self._topology.login.tls}

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)
        except _MOVED as error:
            await self.disconnect()  # the next attempt asks again where they are
            raise _Elsewhere(str(error)) from None


def client(url: str, topology: Topology) -> Redis:
    """The client of a store. Nothing is retried but what was not done: a log-in that was stored before its answer
    was lost would find its own name taken."""
    # A whole shop may come back at once: they wait for a connection, rather than be told that the store is away.
    options: dict[str, Any] = {
        "max_connections": CONNECTIONS,
        "timeout": 5,
        "decode_responses": True,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        # With them the library takes a connection that the server has closed for one that has news, and uses it.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    if isinstance(topology, Single):
        return _Client.from_pool(BlockingConnectionPool.from_url(url, retry=_Retry(NoBackoff(), 0), **options))
    login = topology.login
    pool = BlockingConnectionPool(
        connection_class=_Placed,
        topology=topology,
        username=login.username or None,
        password=login.password or None,
        db=login.database,
        retry=_Retry(ConstantBackoff(PAUSE), ATTEMPTS, supported_errors=(_Elsewhere,)),
        **options,
    )
    return _Client.from_pool(pool)
