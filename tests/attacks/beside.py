"""Two healthy people beside an attack: they talk all the while, and say afterwards whether they noticed."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.bench import machine
from tests.clients import api
from tests.clients.party import Party
from tests.running import PATIENCE, Chatadmin, command, wait_until

# Seconds between two messages, and those that most may take until the other has them. Undisturbed it takes a few ms; an
# attack may cost some, a machine of two cores that also attacks, and does much else, some more.
EVERY, SLOWEST = 0.1, 2.0
# Seconds that none may take.
NEVER = 60.0
# Bytes the product may have grown by after an attack: the 19 MiB of each of two password checks at once, and buffers
# that libraries keep; not what was sent to it.
GROWTH = 64 << 20


class Beside:
    """A visitor and an agent in a thread of their own, from `start` to `stop`."""

    def __init__(self, running: Chatadmin, admin: str, nickname: str = "beside") -> None:
        self._running, self._url = running, running.url
        token, self.uid = api.login(running.url, nickname)
        self._admin = admin
        self._visitor, self._agent = Party(running.url, token, "beside"), Party(running.url, admin, "desk")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._talk()), daemon=True)
        self._failure: BaseException | None = None
        self.latencies: list[float] = []

    def start(self) -> None:
        """Have them begin; they have heard each other once when this returns."""
        self._thread.start()
        wait_until(lambda: self.latencies or self._failure, "the first message")
        self._before = memory(self._running)

    def __enter__(self) -> "Beside":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Judge all there is to judge: the talk, the log, the memory."""
        self.stop()
        assert not (found := troubles(self._running)), "\n".join(found)
        bound = self._before + GROWTH
        wait_until(lambda: memory(self._running) < bound, f"{memory(self._running) - self._before} bytes given back")

    def stop(self) -> None:
        """End the talk. Raises AssertionError where they were disturbed."""
        self._stop.set()
        self._thread.join(PATIENCE + 30)
        assert not self._thread.is_alive(), "the healthy pair hangs"
        if self._failure is not None:
            raise AssertionError("the healthy pair was disturbed") from self._failure
        assert not self._visitor.faults
        assert not self._agent.faults
        told = [entry["id"] for entry in api.history(self._url, self._admin, self.uid) if entry["type"] == "message"]
        assert told == [f"beside.{n}" for n in range(1, len(self.latencies) + 1)]
        slow = sorted(latency for latency in self.latencies if latency > SLOWEST)
        assert not slow or slow[-1] < NEVER, f"one took {slow[-1]} s"
        assert len(slow) <= 2 + len(told) // 2, f"{len(slow)} of {len(told)} took {slow} s"

    async def _talk(self) -> None:
        try:
            await self._visitor.connect()
            await self._agent.connect(self.uid)
            while not self._stop.is_set():
                await self._one(len(self.latencies) + 1)
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.to_thread(self._stop.wait, EVERY), EVERY * 20)
        except Exception as error:  # noqa: BLE001, told to whoever stops us
            self._failure = error
        finally:
            self._visitor.drop()
            self._agent.drop()

    async def _one(self, n: int) -> None:
        began, told = time.monotonic(), len(self._agent.frames)
        id = self._visitor.say(n, f"text {n}")
        await self._visitor.until(lambda: id in self._visitor.acked, f"the acknowledgement of {id}")
        await self._agent.until(  # and other frames may come with it
            lambda: any(frame.get("id") == id for frame in self._agent.frames[told:]), f"the arrival of {id}"
        )
        self.latencies.append(time.monotonic() - began)


@contextmanager
def attended(running: Chatadmin) -> Iterator[str]:
    """Set a new shop up, and have the two talk meanwhile. Gives the administrator's token."""
    admin = api.set_up(running.url, running.setup_secret)
    with Beside(running, admin):
        yield admin


def memory(running: Chatadmin) -> int:
    """Bytes of memory that the product's processes have to themselves (Pss), its store aside."""
    return machine.memory(pid for pid in running.pids() if "valkey-server" not in command(pid))


def troubles(running: Chatadmin) -> list[str]:
    """The lines of the log that should not be there whatever anybody sends."""
    return [line for line in running.process.lines if "Traceback" in line or "level=error" in line]
