"""The keys that a shop signs with who its customer is: made and ended by administrators, and what they signed."""

from app.chat import protocol
from app.chat.errors import Refusal
from app.chat.identity import Identity, judge
from app.live.clock import now_ms
from app.store.identities import Identities


class IdentityKeys:
    """What they raise beside what is said: what the store does."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities

    async def all(self) -> list[dict[str, object]]:
        """Every key, the oldest first, without its secret."""
        found = sorted((await self._identities.keys()).items(), key=lambda item: item[1].since)
        return [
            {
                "kid": kid,
                "since": protocol.timestamp(key.since),
                "used": protocol.timestamp(key.used) if key.used else None,
            }
            for kid, key in found
        ]

    async def make(self) -> dict[str, object]:
        """One more, with its secret, which is told this once. Raises Refusal too_many_keys."""
        kid, key = await self._identities.make_key()
        return {"kid": kid, "secret": key.secret, "since": protocol.timestamp(key.since)}

    async def end(self, kid: str) -> None:
        """End one, and every session that was proven by it. Raises Refusal not_found."""
        if not await self._identities.end_key(kid):
            raise Refusal("not_found")

    async def judge(self, jwt: str) -> Identity:
        """Who that is of whom the shop tells by this token. Raises Refusal bad_identity."""
        keys = await self._identities.keys()
        identity = judge(jwt, {kid: key.secret for kid, key in keys.items()}, now_ms())
        await self._identities.use_key(identity.kid, keys[identity.kid])
        return identity
