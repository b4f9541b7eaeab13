"""Who was erased, as the store keeps it: salted digests alone (app/privacy/ledger.py)."""

import secrets
from collections.abc import Iterable

from app.store import scripts
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.resp import pairs

_MAKE = scripts.load("salt")
# Digests written in one command.
_PER_CALL = 500
# The field that has the store's own salt; those of digests are `<salt>:<digest>`.
_SALT = "salt"


class Erased:
    """The digests, each with the salt it was made with, and when (unix ms)."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def salt(self) -> str:
        """The store's own salt, the same for all who ask."""
        found: bytes = await self._pipeline.eval(_MAKE, (Keys.erased(),), (_SALT, secrets.token_hex(16)))
        return found.decode()

    async def has(self, salt: str, digest: str) -> bool:
        """Whether it is kept at this moment."""
        return bool(await self._pipeline.call("HEXISTS", Keys.erased(), f"{salt}:{digest}"))

    async def all(self) -> list[tuple[str, str, int]]:
        """Every one there is: salt, digest, when."""
        found = pairs(await self._pipeline.call("HGETALL", Keys.erased()))
        found.pop(_SALT, None)
        return [(*_split(field), int(at)) for field, at in found.items()]

    async def keep(self, erased: Iterable[tuple[str, str, int]]) -> None:
        """Keep these; what is kept stays. Those of another store's ledger have its salt."""
        words = [(f"{salt}:{digest}", at) for salt, digest, at in erased]
        for start in range(0, len(words), _PER_CALL):
            some = [word for pair in words[start : start + _PER_CALL] for word in pair]
            await self._pipeline.call("HSET", Keys.erased(), *some)


def _split(field: str) -> tuple[str, str]:
    salt, _, digest = field.partition(":")
    return salt, digest
