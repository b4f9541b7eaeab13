"""What is needed of the store to find all that it holds of a person, and to remove it."""

from collections.abc import AsyncIterator, Iterable

from app.store.keys import Keys
from app.store.people import People, Visitor
from app.store.pipelines import Pipelines

# Keys looked at in one call: a millisecond of the store's time.
_KEYS_PER_SCAN = 1000


class Erasing:
    """Removes people."""

    def __init__(self, pipelines: Pipelines, keys: Keys, people: People) -> None:
        self._pipelines, self._keys, self._people = pipelines, keys, people

    async def everybody(self) -> AsyncIterator[Iterable[Visitor]]:
        """Every visitor there is, some at a time, in no order; one who comes or goes meanwhile may be missed."""
        cursor, prefix, seen = b"0", Keys.visitor(""), set[str]()
        while True:
            cursor, found = await self._pipelines.people.call(
                "SCAN", cursor, "MATCH", f"{prefix}*", "COUNT", _KEYS_PER_SCAN
            )
            some = {key.decode().removeprefix(prefix) for key in found} - seen
            seen |= some
            if some:
                yield (await self._people.visitors(some)).values()
            if cursor == b"0":
                return

    async def has_conversation(self, uid: str) -> bool:
        """Whether there is anything of a conversation of that uid."""
        keys = self._keys.conversation(uid)
        return bool(await self._pipelines.of(uid).call("EXISTS", keys.log, keys.meta))
