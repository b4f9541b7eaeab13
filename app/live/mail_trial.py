"""The trial of mail settings that an administrator typed: in a process of its own, which lives as long as it."""

import logging
import subprocess
import time

import msgspec

from app import resources
from app.chat.errors import Refusal
from app.files.threads import Threads
from app.live.rate_limit import TokenBuckets

log = logging.getLogger("chatadmin.live")

# Trials of one agent in a minute, each of which sends a mail; trials at once, and what others are told to wait for.
_PER_MINUTE = 6
_MOST, _BUSY_MS = 2, 5000
# Seconds that one may take: more than it gives itself (app/trial/run.py), and less than a page waits for an answer.
_LONGEST = 18.0


class MailTrial:
    """Nothing of what is typed is kept: it goes to the other process by a pipe, and ends with it."""

    def __init__(self) -> None:
        self._threads, self._running, self._pace = Threads(_MOST), 0, TokenBuckets(_PER_MINUTE)

    async def run(self, agent: str, asked: object) -> list[object]:
        """What came of each step: `Asked` and `Finding` of app/trial/finding.py, which no worker loads.

        Raises Refusal slow_down, internal.
        """
        if wait := self._pace.take(agent, time.monotonic()) or (_BUSY_MS if self._running >= _MOST else 0):
            raise Refusal("slow_down", retry_ms=wait)
        self._running += 1
        try:
            lines = await self._threads.run(_try, msgspec.json.encode(asked))
        finally:
            self._running -= 1
        if not lines:
            raise Refusal("internal")
        return [msgspec.json.decode(line) for line in lines]


def _try(asked: bytes) -> list[bytes]:
    """The findings of a new process. Blocks: for a thread."""
    null = subprocess.DEVNULL  # whatever goes wrong there, no word of what was typed gets into a log
    try:
        done = subprocess.run(
            resources.command("mail", "--asked"),
            input=asked,
            stdout=subprocess.PIPE,
            stderr=null,
            cwd=resources.ROOT,
            timeout=_LONGEST,
            check=False,
        )
        said = done.stdout
    except subprocess.TimeoutExpired as late:  # the DNS, most likely; by then it has told the most of it
        said = late.stdout or b""
    except OSError as error:
        log.warning("mail settings could not be tried: %s", error)
        return []
    return said.splitlines()
