"""The shop's logo and the faces of agents in the store: few and small, so that any store has room for them."""

import re
import secrets

from app.store import scripts
from app.store.keys import Keys
from app.store.pipeline import Pipeline

# Whose face the shop's logo is.
SHOP = "shop"

_PUT = scripts.load("put_face")
# Of an id: nothing else a person typed may become part of a key.
_ID = re.compile("[A-Za-z0-9_-]{22}")


class Faces:
    """Pictures by ids that nobody can guess. There is another id for each picture, so what one shows never changes."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def put(self, whose: str, picture: bytes) -> str:
        """The id of their face from now on, "" where there is no picture; the one there was is forgotten.

        `whose`: an agent's uid, or SHOP.
        """
        id = secrets.token_urlsafe(16) if picture else ""
        await self._pipeline.eval(_PUT, (Keys.faces(),), (whose, id, picture, Keys.face("")))
        return id

    async def picture(self, id: str) -> bytes | None:
        """The picture of that id."""
        found: bytes | None = await self._pipeline.call("GET", Keys.face(id)) if _ID.fullmatch(id) else None
        return found
