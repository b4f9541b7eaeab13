"""Full mode, subprotocol `chatadmin.v1`: many conversations, acknowledgements, resume."""

from typing import Literal, NamedTuple

from app import words
from app.chat import client_frames, protocol
from app.chat.errors import Refusal
from app.chat.frames import Context, Join, Leave, Ping, Read, Send, Typing
from app.chat.visible import status_for
from app.live.clock import now_ms
from app.live.connection import Host
from app.live.conversing import Conversing
from app.live.room import EncodedEntry, Subscription
from app.store.conversations import Page, Reset
from app.store.errors import Erased, NotNow
from app.store.sessions import Session

# Seconds between two typing frames of one party that are passed on, and between two of which page they look at.
TYPING_INTERVAL = PLACE_INTERVAL = 1.0


class Resume(NamedTuple):
    """The place a client has: everything after `after` is wanted; None: from now on."""

    epoch: int | None = None
    after: int | None = None
    id: str = ""


class FullConnection(Conversing):
    """A visitor's page, the agents' console, or a program that speaks the full protocol."""

    def __init__(
        self, host: Host, session: Session, language: str, address: str, uid: str | None, resume: Resume
    ) -> None:
        super().__init__(host, session, language, address)
        self._auto, self._resume = uid, resume
        self._typed = self._placed = 0.0
        self._greeted = False

    async def enter(self) -> None:
        if self._auto is None:
            self._hello()
        else:
            await self.join(self._auto, *self._resume)

    def _hello(self, **place: object) -> None:
        self._greeted = True
        limits = {**self.host.limits.public(), **self.host.files.limits}
        ticket, _ = self.host.files.tickets.of(self.session)
        time = protocol.timestamp(now_ms())
        self.send(protocol.frame("hello", **place, user=self.me, limits=limits, ticket=ticket, time=time))

    def goodbye(self) -> None:
        super().goodbye()
        self.send(protocol.frame("bye", retry_ms=1000))

    def tell_visitor(self, frame: bytes) -> None:
        # Before hello nothing is said: a page that is just being opened asks for itself.
        if self._greeted and self.side == "visitor":
            self.send(frame)

    def joined(self, subscription: Subscription, page: Page | Reset) -> None:
        uid = subscription.room.uid
        if uid == self._auto:
            self._auto = None
            self._hello(conversation=uid, epoch=page.epoch, seq=page.seq)
        if isinstance(page, Page):
            self.send(
                protocol.frame(
                    "joined",
                    conversation=uid,
                    epoch=page.epoch,
                    seq=page.seq,
                    holder=self.host.team.holder(page.state),
                    status=status_for(self.side, page.state.status),
                    read={"visitor": page.read_by_visitor, "agent": page.read_by_agent},
                )
            )

    def reset(self, subscription: Subscription, reset: Reset) -> None:
        self.send(protocol.frame("reset", conversation=subscription.room.uid, reason=reset.reason))

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        if encoded.author != self.uid or not self.took_back(subscription, encoded):
            self.send(encoded.frame(self.reader))

    def passing(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        if encoded.author != self.uid or encoded.entry.kind == "read":
            self.send(encoded.frame(self.reader))

    def holder_moved(self, subscription: Subscription) -> None:
        if self.side == "visitor":  # an agent knows by the dashboard who of the team is here
            room = subscription.room
            self.send(protocol.frame("holder", conversation=room.uid, holder=self.host.team.holder(room.state)))

    def acknowledge(self, encoded: EncodedEntry, *, repeat: bool) -> None:
        self.host.metrics.acknowledged += 1
        self.send(encoded.ack(repeat))

    def refuse(self, refusal: Refusal, **fields: object) -> None:
        self.send(protocol.error(refusal, words.sentence(refusal, self.language), **fields))

    def handle(self, payload: bytes) -> None:
        frame = client_frames.parse(payload)
        if type(frame) is Send:
            self._say(frame)
            return
        match frame:
            case Ping():
                self.send(protocol.frame("pong", time=protocol.timestamp(now_ms())))
            case Join():
                self.host.spawn(self._join(frame))
            case Leave():
                self.leave(frame.conversation)
            case Typing():
                self._typing(self._subscription(frame.conversation), frame.on)
            case Context():
                self._moved(frame)
            case Read():
                self._read(self._subscription(frame.conversation), frame.seq)

    def _subscription(self, conversation: str | None) -> Subscription:
        if conversation is None and len(self.subscriptions) == 1:
            (only,) = self.subscriptions.values()
            return only
        subscription = self.subscriptions.get(conversation or "")
        if subscription is None:
            raise Refusal("not_joined")
        return subscription

    def _say(self, frame: Send) -> None:
        try:
            kind: Literal["message", "note"] = "note" if frame.note else "message"
            subscription = self._subscription(frame.conversation)
            self.submit(subscription, frame.id, frame.content, None, kind, frame.file, frame.reply_to)
        except Refusal as refusal:
            if refusal.code == "bad_frame":  # a mistake of the client's, which are counted
                raise Refusal("bad_frame", **refusal.detail, id=frame.id) from None
            self.refuse(refusal, id=frame.id, conversation=frame.conversation)

    async def _join(self, frame: Join) -> None:
        uid = frame.conversation
        try:
            if self.side == "visitor" and uid != self.uid:
                raise Refusal("not_yours")
            if self.side == "agent" and await self.host.store.people.visitor(uid) is None:
                raise Refusal("unknown_client")
            await self.join(uid, frame.epoch, frame.after, frame.id or "")
        except (Refusal, NotNow, Erased) as error:
            self.fail(error, conversation=uid)

    def _may_show(self, subscription: Subscription) -> bool:
        """Only who holds a conversation types and reads in the shop's name; of a blocked visitor nothing is shown."""
        state = subscription.room.state
        return state.status != "blocked" if self.side == "visitor" else state.owner == self.uid

    def _typing(self, subscription: Subscription, on: bool) -> None:
        if not self._may_show(subscription) or (on and self.heard - self._typed < TYPING_INTERVAL):
            return
        self._typed = self.heard if on else 0.0
        body = protocol.encode({"user": self.me, "on": on})
        self.host.store.conversations.typing(subscription.room.uid, self.uid, self.role, body)

    def _moved(self, frame: Context) -> None:
        if self.side == "agent":
            raise Refusal("forbidden")
        subscription = self.subscriptions.get(self.uid)
        if self.heard - self._placed >= PLACE_INTERVAL and (subscription is None or self._may_show(subscription)):
            self._placed = self.heard
            self.host.whereabouts.moved(self.uid, frame)

    def _read(self, subscription: Subscription, seq: int) -> None:
        seq = min(seq, subscription.seq)
        if seq > 0 and self._may_show(subscription):
            body = protocol.encode({"by": self.side, "seq": seq})
            self.host.store.conversations.read(subscription.room.uid, self.uid, self.role, seq, body)
