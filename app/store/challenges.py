"""What the authority of certificates is to find at this server: answers of the courier's, given by any worker."""

from app.store.keys import Keys
from app.store.pipeline import Pipeline

# Seconds an answer stands: longer than any authority takes to ask for it.
ANSWER_LIFE = 3600


class Challenges:
    """The answers (RFC 8555, 8.3: key authorizations), each by the token under which it is asked for."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def put(self, token: str, answer: str) -> None:
        """Have it given from now on."""
        await self._pipeline.call("SET", Keys.challenge(token), answer, "EX", ANSWER_LIFE)

    async def answer(self, token: str) -> str:
        """What to answer; "" where nothing was asked of us under that token."""
        return (await self._pipeline.call("GET", Keys.challenge(token)) or b"").decode()

    async def drop(self, token: str) -> None:
        """It is not asked for any more."""
        await self._pipeline.call("DEL", Keys.challenge(token))
