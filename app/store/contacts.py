"""By what addresses visitors are answered who have left, beside what else is kept of them (store/people.py)."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec

from app.store import scripts
from app.store.keys import Keys
from app.store.pipeline import Pipeline

_CONTACT, _BOUNCE, _STOP = map(scripts.load, ("contact", "bounce", "stop_mail"))


class Contacts:
    """What is kept is what chat/contact.py says."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def put(self, uid: str, email: str, mail: Mapping[str, Any]) -> bool:
        """The visitor has this address, "" for none, and what is known of writing to it; False, and nothing is changed,
        where the shop vouches for another."""
        return bool(await self._pipeline.eval(_CONTACT, (Keys.visitor(uid),), (email, msgspec.json.encode(mail))))

    async def bounced(self, uid: str, email: str, reason: str) -> None:
        """That address of theirs took no mail, for a `reason` in its server's words: nothing more is written to it,
        until they have another or say that it is right."""
        found = {"email": email, "reason": reason, "at": int(time.time() * 1000)}
        await self._pipeline.eval(_BOUNCE, (Keys.visitor(uid),), (msgspec.json.encode(found),))

    async def stop(self, uid: str, email: str) -> bool:
        """Whoever reads there wants no mail; False where that is not, or not any more, their address."""
        return bool(await self._pipeline.eval(_STOP, (Keys.visitor(uid),), (email,)))
