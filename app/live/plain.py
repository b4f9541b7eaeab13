"""Plain mode: no subprotocol, one conversation, the frames of the demo that clients were written for."""

import secrets

from app import words
from app.chat import client_frames, protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.connection import Host
from app.live.conversing import Conversing
from app.live.room import EncodedEntry, Subscription
from app.store.conversations import Page, Reset
from app.store.errors import NotNow
from app.store.sessions import Session

_SYSTEM = {"uid": "system", "nickname": "system", "name": "system", "role": "system", "enter_at": ""}


class PlainConnection(Conversing):
    """A visitor, or an agent with `client=`. An agent's last one of a conversation gives back the claim it took."""

    def __init__(self, host: Host, session: Session, language: str, address: str, uid: str) -> None:
        super().__init__(host, session, language, address)
        self.uid = uid
        self.claim = uid if self.side == "agent" else ""
        self._tab = secrets.token_hex(8)
        self._n = 0

    async def enter(self) -> None:
        await self.join(self.uid, None, None, "")
        if self.side == "visitor":
            now = now_ms()
            welcome = words.say("plain", "welcome", self.language, name=self.session.name)
            self.send(protocol.plain(protocol.PLAIN_WELCOME, _system(now), welcome, now))

    def joined(self, subscription: Subscription, page: Page | Reset) -> None:
        """Nothing to say: plain mode has no word for it."""

    def reset(self, subscription: Subscription, reset: Reset) -> None:
        """Plain mode has no place that could be wrong: go on from now."""
        self.host.spawn(self._go_on())

    async def _go_on(self) -> None:
        while not self.gone:
            try:
                await self.join(self.uid, None, None, "")
                return
            except NotNow:
                await self.host.store.pipelines.again(self.uid)

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        entry = encoded.entry
        if entry.kind == "message":
            if not self.took_back(encoded) and entry.role != self.role:
                self.send(protocol.plain_message(entry))
            return
        user = protocol.named(protocol.decode(entry.body)["user"])
        if self.side == "visitor" and entry.kind == "claimed":
            self._event(protocol.PLAIN_ENTERED, user, "claimed", entry)
        elif (self.side == "visitor" and entry.kind in ("released", "resolved")) or (
            self.side == "agent" and entry.kind == "left"
        ):
            self._event(protocol.PLAIN_LEFT, user, "left", entry)

    def _event(self, type: int, user: dict[str, str], key: str, entry: Entry) -> None:
        said = words.say("plain", key, self.language, name=user["name"])
        self.send(protocol.plain(type, user, said, entry.time))

    def passing(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        """Plain mode knows no typing and no read marks."""

    def acknowledge(self, encoded: EncodedEntry, *, repeat: bool) -> None:
        self.host.metrics.acknowledged += 1

    def refuse(self, refusal: Refusal, **fields: object) -> None:
        now = now_ms()
        if "id" in fields:
            # Our own count went on, and the store did not take it: start a new one.
            self._tab, self._n = secrets.token_hex(8), 0
        said = words.sentence(refusal, self.language)
        self.send(protocol.plain(protocol.PLAIN_ERROR, _system(now), said, now))

    def handle(self, payload: bytes) -> None:
        frame = client_frames.parse_plain(payload)
        subscription = self.subscriptions.get(self.uid)
        if subscription is None:
            raise Refusal("store_unavailable")
        sent = frame.send_time if protocol.is_timestamp(frame.send_time) else None
        self.submit(subscription, f"{self._tab}.{self._n + 1}", frame.content, sent)
        self._n += 1


def _system(now_ms: int) -> dict[str, str]:
    return {**_SYSTEM, "enter_at": protocol.timestamp(now_ms)}
