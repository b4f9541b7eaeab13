"""What a driver is: it delivers what waits in one lane of its endpoint, or says why not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, Protocol

from app.chat.deliveries import Told
from app.store.errors import NotNow, StoreError
from app.store.outbox import Lane

log = logging.getLogger("chatadmin.courier")


@dataclass(frozen=True)
class Done:
    """These jobs are told, or need not be any more; `entry`: what is told of that in the conversation."""

    ids: Sequence[str]
    entry: Told | None = None


@dataclass(frozen=True)
class Later:
    """Nothing is to be told as yet: look at the lane again at `at_ms`, unix ms by the store's clock (Lane.now_ms)."""

    at_ms: int


@dataclass(frozen=True)
class Failed:
    """These jobs could not be told. `reason`: why, for an administrator, in at most 200 characters, as `550 5.1.1 User
    unknown`; `again`: whether another try may help. `whose` matter it is: of a `server`, at which the next lane would
    fare no better, or of this `address`."""

    reason: str
    again: bool
    ids: Sequence[str]
    entry: Told | None = None
    whose: Literal["server", "address"] = "server"


Outcome = Done | Later | Failed


class Driver(Protocol):
    """The one that knows an endpoint."""

    name: str
    """The endpoint."""

    async def deliver(self, lane: Lane) -> Outcome:
        """Tell what of the lane's jobs is due, from the first on. One lane at a time is asked for.

        Where the lane is `shut` nothing may be tried: then it is `Later`, as else, or `Failed` with that reason.
        Lasts at most as long as courier/lanes.py says, else it is cancelled, and counts as failed.
        """
        ...


class Watcher(Protocol):
    """What has an eye on something beside the lanes, and posts jobs."""

    async def run(self) -> None:
        """Work until cancelled."""
        ...


async def looking(look: Callable[[], Awaitable[None]], interval: float, trouble: str) -> NoReturn:
    """Have a look every `interval` seconds, until cancelled. `trouble`: what is logged where the store refuses."""
    while True:
        try:
            await look()
        except NotNow:
            pass  # the connection logs it
        except StoreError as error:
            log.warning("%s: %s", trouble, error)
        await asyncio.sleep(interval)
