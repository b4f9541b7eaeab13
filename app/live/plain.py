"""Plain mode: no subprotocol, one conversation, the frames of the demo that clients were written for."""

import secrets

from app import words
from app.chat import client_frames, protocol
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.connection import Host
from app.live.conversing import Conversing
from app.live.room import EncodedEntry, Subscription
from app.store.changes import Outcome
from app.store.conversations import Page, Reset
from app.store.errors import NotNow
from app.store.sessions import Session

_SAID = {protocol.PLAIN_ENTERED: "claimed", protocol.PLAIN_LEFT: "left"}
_NOBODY = {"uid": ""}
_SYSTEM = {"uid": "system", "nickname": "system", "name": "system", "role": "system", "enter_at": ""}


class PlainConnection(Conversing):
    """A visitor, or an agent with `client=`. An agent's last one of a conversation gives back the claim it took.

    `place`: the conversation as it stood before the socket was accepted. What is written from then on is heard here.
    """

    def __init__(
        self, host: Host, session: Session, language: str, address: str, uid: str, place: Page | Outcome
    ) -> None:
        super().__init__(host, session, language, address)
        self._visitor = uid
        self.claim = uid if self.side == "agent" else ""
        self._tab = secrets.token_hex(8)
        self._n = 0
        self._epoch, self._seq = place.epoch, place.seq
        # Of whom the visitor knows that they are here, and has not heard that they left.
        self._answers = host.team.user(place.state.owner)

    async def enter(self) -> None:
        if self.side == "visitor":
            now = now_ms()
            welcome = words.say("plain", "welcome", self.language, name=self.session.name)
            self.send(protocol.plain(protocol.PLAIN_WELCOME, _system(now), welcome, now))
        await self.join(self._visitor, self._epoch, self._seq, "")

    def joined(self, subscription: Subscription, page: Page | Reset) -> None:
        """Nothing to say: plain mode has no word for it."""

    def reset(self, subscription: Subscription, reset: Reset) -> None:
        """Plain mode has no place that could be wrong: go on from now."""
        self.host.spawn(self._go_on())

    async def _go_on(self) -> None:
        while not self.gone:
            try:
                await self.join(self._visitor, None, None, "")
                if subscription := self.subscriptions.get(self._visitor):
                    self.holder_moved(subscription)
                return
            except NotNow:
                pass
            await self.host.store.pipelines.again(self._visitor)

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        entry = encoded.entry
        if entry.kind == "message":
            if (entry.author != self.uid or not self.took_back(subscription, encoded)) and entry.role != self.role:
                self.send(protocol.plain_message(entry))
            return
        user = protocol.named(protocol.decode(entry.body)["user"])
        if self.side == "visitor" and entry.kind in ("claimed", "released", "resolved"):
            self._answered_by(user if entry.kind == "claimed" else _NOBODY, entry.time)
        elif self.side == "agent" and entry.kind == "left":
            self._event(protocol.PLAIN_LEFT, user, entry.time)

    def holder_moved(self, subscription: Subscription) -> None:
        if self.side == "visitor":
            team, owner = self.host.team, subscription.room.state.owner
            self._answered_by(team.user(owner) if owner in team.online else _NOBODY, now_ms())

    def _answered_by(self, agent: dict[str, str], time: int) -> None:
        """Who answers may be another: of who left and of who came the visitor hears once, whatever the reasons were."""
        before, self._answers = self._answers, agent
        if before["uid"] == agent["uid"]:
            return
        if before["uid"]:
            self._event(protocol.PLAIN_LEFT, before, time)
        if agent["uid"]:
            self._event(protocol.PLAIN_ENTERED, agent, time)

    def _event(self, type: int, user: dict[str, str], time: int) -> None:
        said = words.say("plain", _SAID[type], self.language, name=user["name"])
        self.send(protocol.plain(type, user, said, time))

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
        subscription = self.subscriptions.get(self._visitor)
        if subscription is None:
            raise Refusal("store_unavailable")
        sent = frame.send_time if protocol.is_timestamp(frame.send_time) else None
        self.submit(subscription, f"{self._tab}.{self._n + 1}", frame.content, sent)
        self._n += 1


def _system(now_ms: int) -> dict[str, str]:
    return {**_SYSTEM, "enter_at": protocol.timestamp(now_ms)}
