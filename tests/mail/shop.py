"""A shop that sends mail, its agent, people who leave, and time that passes when a test says so."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from app.live.timings import SCALE
from app.store.keys import Keys
from app.store.outbox_keys import OutboxKeys
from tests.clients import api
from tests.clients.api import Frame
from tests.clients.sockets import RawSocket, open_chat
from tests.clock import Clock
from tests.mail.post_office import SHOP, PostOffice
from tests.running import UNLIMITED, Chatadmin, Valkey, wait_until

URL = "https://shop.test"
BEGAN = OutboxKeys(Keys.shard(0)).began
MINUTE, HOUR, DAY = 60, 3600, 86400


class MailShop:
    """The running product, whose mail goes to `smtp`. When it is due is judged by the store's clock, which `later` puts
    forward. As a context manager."""

    def __init__(self, office: PostOffice, smtp: str = "") -> None:
        self._office, self._stack, self._ahead = office, ExitStack(), 0
        self._smtp = smtp or office.url()
        self._store = Valkey()
        self._stack.callback(self._store.stop)
        self._clock = Clock(self._store.process.pid)
        self._start()
        self.admin = api.set_up(self.url, self._running.setup_secret)

    def _start(self) -> None:
        config = {"redis": self._store.url, "url": URL, "mail": {"smtp": self._smtp, "from": SHOP}}
        env = {**UNLIMITED, **self._office.env, SCALE: "0.2"}
        self._running = self._stack.enter_context(Chatadmin(config=config, env=env))
        self.url = self._running.url
        # Of what was said before the first courier had begun no mail tells.
        wait_until(lambda: self._store.command("HEXISTS", BEGAN, "mail") == ":1", "the courier has begun")

    def restart(self, smtp: str) -> None:
        """Start it again, with another setting of `mail.smtp`."""
        self._running.stop()
        self._smtp = smtp
        self._start()

    # -- people -----------------------------------------------------------------------------------------------------

    def leaves(self, name: str, address: str = "") -> "Customer":
        """Somebody who writes, leaves an address, `<name>@customer.test` if no other, and is gone."""
        customer = Customer(self, name, address or f"{name}@customer.test")
        customer.comes("Do you ship to Iceland?")
        customer.goes()
        return customer

    def answers(self, customer: "Customer", *texts: str) -> list[int]:
        """The agent comes, says this and goes; returns the seqs."""
        api.call(self.url, f"/v1/conversations/{customer.uid}/claim", self.admin, {})
        console = open_chat(self.url, self.admin)
        console.tell(type="join", conversation=customer.uid, after=0)
        console.hear(type="joined")
        seqs = [customer.says(console, text) for text in texts]
        console.close()
        return seqs

    def events(self, customer: "Customer", kind: str) -> list[Frame]:
        """What their conversation tells: events of this kind."""
        return [entry for entry in api.history(self.url, self.admin, customer.uid) if entry.get("kind") == kind]

    # -- time -------------------------------------------------------------------------------------------------------

    def later(self, seconds: int) -> None:
        """So much time passes."""
        self._ahead += seconds
        self._clock.set(self._ahead)

    def passes(self, seconds: int, condition: Callable[[], object], what: str) -> None:
        """So much time, and more of it, minute by minute, until something has come about."""
        self.later(seconds)

        def come() -> object:
            self.later(MINUTE)
            return condition()

        wait_until(come, what)

    def __enter__(self) -> "MailShop":
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()


class Customer:
    """A visitor who has left, or has not yet."""

    def __init__(self, shop: MailShop, name: str, address: str) -> None:
        self._shop, self.address, self._said = shop, address, 0
        self.token, self.uid = api.login(shop.url, name)
        body = {"email": address, "consent": True}
        api.call(shop.url, "/v1/me/contact", self.token, body, method="PUT")

    def comes(self, text: str) -> None:
        """Opens the page, and writes."""
        self._page = open_chat(self._shop.url, self.token)
        self._page.hear(type="joined")
        self.says(self._page, text)

    def reads(self, seq: int) -> None:
        """Has seen all up to there."""
        self._page.tell(type="read", seq=seq)

    def goes(self) -> None:
        """Closes it; returns once the conversation tells that."""
        left = len(self._shop.events(self, "left"))
        self._page.close()
        wait_until(lambda: len(self._shop.events(self, "left")) > left, f"{self.address} is gone")

    def says(self, chat: RawSocket, text: str) -> int:
        """Somebody says something in this conversation; returns its seq."""
        self._said += 1
        id = f"t{self._said}.1"
        chat.tell(type="send", id=id, conversation=self.uid, content=text)
        seq: int = chat.hear(type="ack", id=id)["seq"]
        return seq


def content(mail: Any) -> str:
    """The text that a reader without HTML sees."""
    part = mail.get_body(("plain",))
    text: str = part.get_content()
    return text
