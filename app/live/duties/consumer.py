"""What a consumer of the logs is: a view of all conversations, kept behind the messages from marks of its own on."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

from app.chat.conversation import Entry
from app.store.logs import LogEnd


class Mark(Protocol):
    """Up to where a consumer has done its work in a conversation, and whatever else it must know to go on."""

    @property
    def seq(self) -> int:
        """The last entry that is done, in the epoch the conversation has now; 0 where there is none."""
        ...


M = TypeVar("M", bound=Mark)


class Stretch(NamedTuple, Generic[M]):
    """The next entries of a conversation behind a mark, in order.

    Up to `until` these are all there are: what is missing was trimmed. So there may be none.
    """

    uid: str
    epoch: int
    mark: M
    entries: Sequence[Entry]
    until: int


class Taken(NamedTuple):
    """`left`: the conversations of which less was taken than was offered. `pause`: the seconds to leave to others."""

    left: Collection[str] = ()
    pause: float = 0.0


class Overtaken(Exception):
    """Another was at it, or the store was rolled back: the marks are no longer those that were read."""


class Consumer(ABC, Generic[M]):
    """One view of the logs. A follower asks for its marks, reads what is behind them, and has it taken.

    Two may be at it at once where a lease ran out unnoticed, so `take` itself sees to it that nothing is done twice:
    it adds what there is to add, and moves the mark it was given, in one step of the store.
    """

    name: ClassVar[str]
    """What the log calls it."""

    async def begin(self, shard: str) -> None:
        """The follower has taken over a shard, and will ask for marks next."""

    @abstractmethod
    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> Mapping[str, M]:
        """The marks of these conversations of one shard, for the epochs that they have now. Writes nothing."""

    @abstractmethod
    async def take(self, shard: str, stretches: Sequence[Stretch[M]]) -> Taken:
        """Take what it can of each stretch, and move its marks along. Raises Overtaken, and what the store raises."""

    async def behind(self, shard: str, conversations: int) -> None:
        """The follower tells from time to time in how many conversations of a shard there may be more to take."""
