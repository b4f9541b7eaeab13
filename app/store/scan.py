"""All keys of a kind on one server: asked some at a time, and for what is done once in a while by a person."""

from collections.abc import AsyncIterator

from app.store.pipeline import Pipeline

# Keys looked at in one call: a millisecond of the store's time.
_KEYS_PER_CALL = 1000


async def scan(pipeline: Pipeline, prefix: str) -> AsyncIterator[set[str]]:
    """What follows `prefix` in the names of keys, some at a time, each once, in no order; what comes or goes meanwhile
    may be missed."""
    cursor, seen = b"0", set[str]()
    while True:
        cursor, found = await pipeline.call("SCAN", cursor, "MATCH", f"{prefix}*", "COUNT", _KEYS_PER_CALL)
        some = {key.decode().removeprefix(prefix) for key in found} - seen
        seen |= some
        if some:
            yield some
        if cursor == b"0":
            return
