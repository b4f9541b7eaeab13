"""What a node counts, as integers, and what waits in the store; the operator's page makes Prometheus' text of them."""

from dataclasses import dataclass

from app.live.clock import now_ms
from app.store.errors import StoreError
from app.store.outbox import Outbox


@dataclass
class Metrics:
    """Counters since the node started."""

    acknowledged: int = 0
    closed: int = 0
    slow_readers: int = 0
    silent: int = 0
    gaps: int = 0


@dataclass(frozen=True)
class Waiting:
    """What is to be told to people who are away, on all nodes. `jobs`: how many; `age`: for how many seconds the oldest
    should have been told that was not, 0 where none should; `dead`: to how many people something was given up within 30
    days."""

    jobs: int
    age: int
    dead: int


async def waiting(outbox: Outbox) -> Waiting | None:
    """As it is now; None where the store does not say."""
    try:
        found = await outbox.figures()
    except StoreError:
        return None
    age = max(0, now_ms() - found.oldest_ms) // 1000 if found.oldest_ms else 0
    return Waiting(found.waiting, age, found.dead)
