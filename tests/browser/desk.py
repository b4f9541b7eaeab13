"""An agent without a page: takes whoever has written, and answers."""

import itertools
from typing import Any

from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.sockets import open_chat
from tests.running import wait_until


class Desk:
    """At the product's own address; holds one conversation."""

    def __init__(self, url: str, name: str = "Anna") -> None:
        self._url, self._token = url, api.log_in(url, name, PASSWORD)
        self._socket, self._sent = open_chat(url, self._token), itertools.count(1)
        self.uid = ""

    def rows(self) -> list[dict[str, Any]]:
        """The visitors who are there, as the list has them."""
        found: list[dict[str, Any]] = api.call(self._url, "/v1/users", self._token)
        return found

    def take(self, said: str) -> dict[str, Any]:
        """Take the conversation whose last words these are; its row."""

        def wrote() -> dict[str, Any] | None:
            return next((row for row in self.rows() if (row["last"] or {}).get("content") == said), None)

        found: dict[str, Any] = wait_until(wrote, f"{said!r} on the list")
        self.uid = found["uid"]
        api.call(self._url, f"/v1/conversations/{self.uid}/claim", self._token, {})
        self._socket.tell(type="join", conversation=self.uid)
        self._socket.hear(type="joined")
        return found

    def say(self, text: str) -> None:
        """Write; returns once it is stored."""
        name = f"desk{id(self)}.{next(self._sent)}"
        self._socket.tell(type="send", id=name, conversation=self.uid, content=text)
        self._socket.hear(type="ack", id=name)

    def resolve(self) -> None:
        """Close the conversation."""
        api.call(self._url, f"/v1/conversations/{self.uid}/resolve", self._token, {})

    def close(self) -> None:
        self._socket.close()
