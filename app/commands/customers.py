"""The demo's customers: what they are after, and how they go about it. They speak the public protocol alone."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.terminal.api import Server, TerminalError
from app.terminal.socket import Conversation, Frame

# Seconds: people take their time, and a tour should not.
READING_SECONDS = (1.5, 4.0)
SECONDS_PER_CHARACTER = 0.06
NUDGE_AFTER = 90.0
SECONDS_BETWEEN_VISITS = (60.0, 150.0)


@dataclass(frozen=True)
class Customer:
    """One of them: `opening` unasked, one of `replies` to each answer, `nudge` when nobody answers for long."""

    name: str
    arrives: float  # s after the demo began
    opening: Sequence[str]
    replies: Sequence[str]
    nudge: str


CAST = (
    Customer(
        "Lily",
        0.0,
        ("Hi! Is the blue rain jacket still available in M?",),
        (
            "Lovely. How long does delivery to Leeds take?",
            "And if it does not fit, can I send it back?",
            "Perfect, I'll order one now. Thank you!",
        ),
        "Hello? No hurry, I'm just waiting for the kettle.",
    ),
    Customer(
        "小雨",
        0.4,
        ("你好，请问这款雨伞有黑色的吗？", "我想买两把。"),
        ("好的，那可以今天发货吗？", "寄到杭州大概要几天？", "明白了，我这就下单，谢谢！"),
        "在吗？不着急，我先看看别的。",
    ),
    Customer(
        "Marco",
        3.0,
        ("Hello, my order 20417 says delivered, but there is nothing at my door :(",),
        (
            "I asked next door already, they have not seen it.",
            "Yes, the address is right.",
            "Great, a new one would be wonderful. Thanks for sorting it out so quickly.",
        ),
        "Is anybody there? I'd rather not leave before I know where it is.",
    ),
    Customer(
        "陈伟",
        9.0,
        ("请问雨靴的尺码标准吗？我平时穿 42。",),
        ("好的，那我买 43 吧。", "可以开发票吗？", "太好了，谢谢你的帮助，再见！"),
        "客服在吗？麻烦看到了回复一下。",
    ),
    Customer(
        "Sophie",
        20.0,
        ("Do you ship to France? I could not find it on the delivery page.",),
        ("And what would it cost for two umbrellas?", "That's fair. Merci!"),
        "I can wait a few more minutes.",
    ),
    Customer(
        "美玲",
        45.0,
        ("我的优惠码 RAIN10 好像用不了，提示已过期。",),
        ("是昨天邮件里收到的那个。", "可以了！非常感谢 😊"),
        "还在等，麻烦了～",
    ),
)


async def crowd(url: str) -> None:
    """Let them all come, again and again, until cancelled."""
    await asyncio.gather(*(_life(url, customer) for customer in CAST))


async def _life(url: str, customer: Customer) -> None:
    await asyncio.sleep(customer.arrives)
    while True:
        try:
            await _Visit(url, customer).run()
            await asyncio.sleep(random.uniform(*SECONDS_BETWEEN_VISITS))
        except (TerminalError, OSError):  # the server is not up yet, or restarts
            await asyncio.sleep(0.3)


class _Visit:
    """From coming in to leaving."""

    def __init__(self, url: str, customer: Customer) -> None:
        self._url, self._customer = url, customer
        self._answered = asyncio.Event()

    async def run(self) -> None:
        """Come in, ask, listen, thank, leave. Raises TerminalError."""
        login = {"name": self._customer.name}
        _, headers = await asyncio.to_thread(Server(self._url).exchange, "/login", login)
        server = Server(self._url, headers["Token"])
        self._talk = Conversation(server, None, self._heard, lambda up: None)
        await self._talk.start()
        connected = asyncio.create_task(self._talk.run())
        speaking = asyncio.create_task(self._speak())
        try:
            done, _ = await asyncio.wait({connected, speaking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (connected, speaking):
                task.cancel()
            await asyncio.gather(connected, speaking, return_exceptions=True)
            await asyncio.to_thread(server.call, "/logout", {})

    async def _speak(self) -> None:
        for text in self._customer.opening:
            await self._type(text)
        for text in self._customer.replies:
            if not await self._wait_for_answer() and not await self._after_nudge():
                return
            await asyncio.sleep(random.uniform(*READING_SECONDS))
            self._answered.clear()
            await self._type(text)
        await self._wait_for_answer()
        await asyncio.sleep(random.uniform(*READING_SECONDS))

    async def _type(self, text: str) -> None:
        self._talk.send({"type": "typing", "on": True})
        await asyncio.sleep(min(len(text.encode()) * SECONDS_PER_CHARACTER, 4.0) * random.uniform(0.7, 1.0))
        self._talk.say(text)
        await self._talk.settled()

    async def _wait_for_answer(self) -> bool:
        try:
            async with asyncio.timeout(NUDGE_AFTER * random.uniform(0.8, 1.5)):
                await self._answered.wait()
        except TimeoutError:
            return False
        return True

    async def _after_nudge(self) -> bool:
        await self._type(self._customer.nudge)
        return await self._wait_for_answer() or await self._wait_for_answer()

    def _heard(self, frame: Frame) -> None:
        if frame["type"] == "message" and frame["user"]["role"] != "visitor":
            self._answered.set()
            self._talk.send({"type": "read", "seq": frame["seq"]})
