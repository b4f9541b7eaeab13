"""The whole trial."""

import asyncio
from collections.abc import AsyncIterator

from app.trial.domain import Domain
from app.trial.finding import Asked, Failed, Finding, Step
from app.trial.place import addresses, connected
from app.trial.talk import Talk

# Seconds for all of it: whoever asked looks at a page that waits.
_LONGEST = 15.0
# The steps in their order, and what is said of the one that took too long.
_TOO_LONG: dict[Step, str] = {
    "resolve": "silent",
    "connect": "silent",
    "encrypt": "broken",
    "login": "cut",
    "send": "cut",
}


async def trial(asked: Asked) -> AsyncIterator[Finding]:
    """What is found, as it is: up to the first step that fails; then, in any case, what the domain says.

    With nobody to send to it ends before that.
    """
    domain = asyncio.ensure_future(asyncio.to_thread(_domain, asked))
    begun = 0
    try:
        async with asyncio.timeout(_LONGEST):
            async for finding in _sent(asked):
                begun += 1
                yield finding
    except Failed as failed:
        yield failed.finding
    except TimeoutError:
        step = list(_TOO_LONG)[begun]
        yield Finding(step, "fail", _TOO_LONG[step])
    for finding in await domain:
        yield finding


def _domain(asked: Asked) -> list[Finding]:
    if not asked.to:
        return []
    return Domain(asked.sender.rpartition("@")[2]).findings(asked.server.host)


async def _sent(asked: Asked) -> AsyncIterator[Finding]:
    """The steps, each once it is done. Raises Failed."""
    known = await addresses(asked)
    yield Finding("resolve", "ok", "ok", ", ".join(known))
    link = await connected(known, asked.server.port)
    talk = Talk(asked, link)
    try:
        async for finding in talk.greet():
            yield finding
        yield await talk.log_in()
        if asked.to:
            yield await talk.send()
    finally:
        talk.close()
        link.close()
