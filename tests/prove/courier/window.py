"""The moment in which a mail is taken and its sender does not know it yet: a proxy before a mail server finds it."""

import asyncio

from tests.prove.proxy import End, Proxy

# How exim says that it has a mail. What is said in the clear alone can be read here.
TAKEN = b"250 OK id="


class _Reading(End):
    proxy: "Window"

    def data_received(self, data: bytes) -> None:
        if self.proxy.opened is not None and not self.up and TAKEN in data:
            self.proxy.kept.append((self, data))
            self.proxy.opened.set()
        else:
            super().data_received(data)


class Window(Proxy):
    """`wait` until the server has taken a mail, whose reply is kept back until `go_on`."""

    end = _Reading

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.opened: asyncio.Event | None = None
        self.kept: list[tuple[End, bytes]] = []

    async def wait(self, patience: float) -> bool:
        """Keep replies back from the next one on that says so; whether there was one within `patience` seconds. Until
        `go_on`."""
        self.opened = asyncio.Event()
        try:
            async with asyncio.timeout(patience):
                await self.opened.wait()
            return True
        except TimeoutError:
            return False

    def go_on(self) -> None:
        """What was kept back comes late; where nobody is there any more, never."""
        self.opened = None
        kept, self.kept = self.kept, []
        for end, data in kept:
            end.pass_on(data)
