"""One party on one socket: what plain and full mode have in common.

Frames come in by callback, are judged, and leave for the store in the same loop turn; nothing waits in between. A
message is acknowledged when the feed brings it back, so that everything a connection is sent is in one order.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Literal, Protocol

from app.chat import protocol
from app.chat.conversation import Entry, Side
from app.chat.errors import Refusal
from app.config import Limits
from app.live.channel import Channel
from app.live.hub import Hub
from app.live.metrics import Metrics
from app.live.rate_limit import RateLimit
from app.live.room import Follow, Told
from app.live.submissions import Answer, Submission, Submissions
from app.live.team import Team
from app.store.conversations import Page, Reset, Stored
from app.store.errors import NotNow, StoreAway, StoreError
from app.store.resp import Reply
from app.store.sessions import Session
from app.store.store import Store

# Bytes a reader may be behind before it is cut; it resumes without loss. 256 KiB: a minute of a busy chat.
SLOWEST = 256 * 1024
# Bytes in the buffer above which history waits, so that replaying a long one does not look like a slow reader.
FULL_ENOUGH = 64 * 1024
# Frames a client may get wrong before the socket is closed.
MISTAKES = 10


class Host(Protocol):
    """What a connection needs of the node that it is on."""

    store: Store
    limits: Limits
    hub: Hub
    team: Team
    metrics: Metrics
    clock: Callable[[], float]
    spawn: Callable[[Coroutine[Any, Any, Any]], object]

    def connected(self, connection: "Connection") -> RateLimit:
        """Its socket is open: how fast it may go."""
        ...

    def disconnected(self, connection: "Connection") -> None:
        """Its socket is gone."""


class Connection:
    """A party's socket. The channel calls `opened`, `text`, `alive`, `drained` and `closed` (live/channel.py).

    `claim`: the conversation whose holder an agent is by being connected; "" for none.
    """

    claim = ""

    def __init__(self, host: Host, session: Session, language: str, address: str) -> None:
        self.host, self.session, self.language, self.address = host, session, language, address
        self.side: Side = "visitor" if session.kind == "visitor" else "agent"
        self.role = "v" if self.side == "visitor" else "a"
        self.me = protocol.user(session.uid, session.nickname, session.role, session.enter_at)
        self.follows: dict[str, Follow] = {}
        self.heard = host.clock()
        self.pinged = False
        self.gone = False
        self._channel: Channel
        self._rate: RateLimit
        self._content_limit = host.limits.message_chars
        self._most_in_flight = host.limits.unacknowledged
        self._encoded_me = protocol.encode(self.me)
        self._ready = False
        self._mistakes = 0
        self._unread: list[bytes] = []  # a few: an empty deque would be a twentieth of an idle socket's memory
        self._paused = False  # told the channel to wait, and not yet to go on
        self._submissions = Submissions()
        self._drained: asyncio.Event | None = None

    # -- the socket -----------------------------------------------------------------------------------------------

    def opened(self, channel: Channel) -> None:
        """The upgrade is done: introduce ourselves, then listen."""
        self._channel = channel
        self._rate = self.host.connected(self)
        self.host.spawn(self._enter())

    async def enter(self) -> None:
        """Say hello and join what is joined on connecting. Each mode's own."""
        raise NotImplementedError

    async def _enter(self) -> None:
        try:
            await self.enter()
            self._ready = True
        except (Refusal, NotNow) as error:
            self.fail(error)
        finally:
            if not self._ready:
                self.close(protocol.RESTART, "try again")
        self._listen()

    def alive(self) -> None:
        """Any sign of life."""
        self.heard = self.host.clock()
        self.pinged = False

    def text(self, payload: bytes) -> None:
        """A frame. What comes before we are ready, or with too much unacknowledged, waits unread."""
        self.heard = self.host.clock()
        self.pinged = False
        if self.gone:
            return
        if self._unread or not self._ready or self._submissions.in_flight >= self._most_in_flight:
            self._unread.append(payload)
            self._paused = True
            self._channel.pause()
        else:
            self._judge(payload)

    def drained(self) -> None:
        """The transport has room again."""
        if self._drained is not None:
            self._drained.set()

    def closed(self, code: int) -> None:
        """The socket is gone."""
        if self.gone:
            return
        self.gone = True
        self._unread.clear()
        for follow in tuple(self.follows.values()):
            self.host.hub.unfollow(follow)
        self.follows.clear()
        self.drained()
        self.host.disconnected(self)

    def send(self, frame: bytes) -> None:
        """Hand a frame to the transport; cut a reader that is too far behind."""
        if self.gone:
            return
        channel = self._channel
        channel.send(frame)
        if channel.full and channel.buffered() > SLOWEST:
            self.host.metrics.slow_readers += 1
            self.close(protocol.TOO_SLOW, "reads too slowly")

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket with `code`."""
        if not self.gone:
            self._channel.close(code, reason)
            self.closed(code)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.pinged = True
        self._channel.ping()

    def goodbye(self) -> None:
        """The node is draining: take no more frames."""
        self._ready = False
        if not self.gone:
            self._channel.pause()

    def tell_shop(self, frame: bytes) -> None:
        """The shop's own settings are others now. Nothing to say, but where a mode has a word for it."""

    @property
    def busy(self) -> bool:
        """Whether a message of theirs is still on its way."""
        return self._submissions.in_flight > 0

    async def _room_to_write(self) -> bool:
        while not self.gone and self._channel.buffered() > FULL_ENOUGH:
            self._drained = asyncio.Event()
            await self._drained.wait()
        return not self.gone

    # -- frames in ------------------------------------------------------------------------------------------------

    def _may_listen(self) -> bool:
        return self._ready and self._submissions.in_flight < self._most_in_flight

    def _listen(self) -> None:
        while self._unread and self._may_listen() and not self.gone:
            self._judge(self._unread.pop(0))
        if not self._unread and self._may_listen() and not self.gone:
            self._paused = False
            self._channel.resume()

    def _judge(self, payload: bytes) -> None:
        if self._rate.frames.take(self.heard):
            self.close(protocol.TOO_FAST, "too fast")
            return
        try:
            self.handle(payload)
        except Refusal as refusal:
            self.refuse(refusal)
            if refusal.code in ("bad_frame", "bad_id"):
                self._mistakes += 1
                if self._mistakes >= MISTAKES:
                    self.close(protocol.PROTOCOL_ERROR, "too many bad frames")

    def handle(self, payload: bytes) -> None:
        """Act on a frame; a Refusal is told to the client. Each mode's own."""
        raise NotImplementedError

    def fail(self, error: Refusal | StoreError, **fields: object) -> None:
        """Tell the client what went wrong: here the store's errors become refusals."""
        self.refuse(error.refusal() if isinstance(error, StoreError) else error, **fields)

    def refuse(self, refusal: Refusal, **fields: object) -> None:
        """Tell the client what was refused. Each mode's own."""
        raise NotImplementedError

    # -- messages -------------------------------------------------------------------------------------------------

    def submit(
        self,
        follow: Follow,
        id: str,
        content: str,
        send_time: str | int | float | None = None,
        *,
        kind: Literal["message", "note"] = "message",
    ) -> None:
        """Offer a message, or an agent's note, to the store. Raises Refusal where it is not even offered."""
        tab, n = protocol.split_id(id)
        protocol.check_content(content, self._content_limit)
        state = follow.room.state
        if kind == "note":
            if self.side != "agent":
                raise Refusal("forbidden")
        elif self.side == "agent" and state.owner != self.session.uid:
            raise Refusal("not_yours")
        if wait := self._rate.messages.take(self.heard):
            raise Refusal("slow_down", retry_ms=wait)
        body = protocol.message_body(self._encoded_me, content, send_time)
        words = (kind, state.fence, tab, n, content, body)
        self._offer(self._submissions.add(follow, id, words, self.heard))

    def _offer(self, submission: Submission) -> None:
        follow = submission.follow
        if follow.writer is None:
            follow.writer = self.host.store.conversations.writer(follow.room.uid, self.session.uid, self.role)
        follow.writer.append(*submission.words, partial(self._replied, submission))

    def offer_again(self, now: float) -> None:
        """Once a tick: what was to be told by now."""
        for submission in self._submissions.due(now):
            self._offer(submission)

    def _replied(self, submission: Submission, reply: Reply) -> None:
        answer = self._submissions.replied(submission, reply)
        if type(answer) is Stored:
            self._when_safe(submission, answer)
        elif answer is not None:
            self._answer(submission, answer)
        elif self._paused:
            self._listen()

    def _when_safe(self, submission: Submission, stored: Stored) -> None:
        done = partial(self._settled, submission, stored)
        self.host.store.feed.when_safe(submission.key[0], done)

    def _settled(self, submission: Submission, stored: Stored, safe: bool) -> None:
        if answer := self._submissions.settled(submission, stored, safe):
            self._answer(submission, answer)

    def _answer(self, submission: Submission, answer: Answer) -> None:
        """Tell the author what the feed will not."""
        uid, id = submission.key
        if isinstance(answer, Stored):
            entry = Entry(uid, answer.seq, answer.epoch, "message", "", "", id, answer.time, b"", None)
            self.acknowledge(Told(entry), repeat=answer.repeat)
        else:
            self.fail(answer, id=id, conversation=uid)
        if self._paused:
            self._listen()

    def took_back(self, told: Told) -> bool:
        """Whether this entry of the log is a message this connection sent; if so it is acknowledged now."""
        entry = told.entry
        if entry.author != self.session.uid or not self._submissions.brought(entry.uid, entry.id):
            return False
        self.acknowledge(told, repeat=False)
        if self._paused:  # even with nothing unread any more: the last of it may have been the one too many
            self._listen()
        return True

    def acknowledge(self, told: Told, *, repeat: bool) -> None:
        """Tell the author that the entry is stored. Each mode's own."""
        raise NotImplementedError

    def entry(self, follow: Follow, told: Told) -> None:
        """The next entry of a conversation followed. Each mode's own."""
        raise NotImplementedError

    def passing(self, follow: Follow, told: Told) -> None:
        """Typing or a read mark. Each mode's own."""
        raise NotImplementedError

    # -- conversations --------------------------------------------------------------------------------------------

    async def join(self, uid: str, epoch: int | None, after: int | None, id: str) -> None:
        """Follow a conversation from the place held: `joined`, its history, then live."""
        if self.gone:
            return
        self.leave(uid)
        follow = self.follows[uid] = self.host.hub.follow(uid, self)
        try:
            page = await self.host.hub.enter(follow, epoch, after, id)
        except StoreError:
            if self.follows.get(uid) is follow:  # else another join has taken its place meanwhile
                self.leave(uid)
            raise
        if self.follows.get(uid) is follow:
            self.joined(follow, page)
            await self._catch_up(follow, page)

    def joined(self, follow: Follow, page: Page | Reset) -> None:
        """The join is answered. Each mode's own."""
        raise NotImplementedError

    async def _catch_up(self, follow: Follow, page: Page | Reset) -> None:
        found: Page | Reset | None = page
        if isinstance(page, Page):
            found = await self.host.hub.catch_up(follow, page, self._room_to_write)
        if isinstance(found, Reset) and self.follows.get(follow.room.uid) is follow:
            for submission in self._submissions.reset(follow):
                self._answer(submission, StoreAway())
            self.leave(follow.room.uid)
            self.reset(follow, found)

    def reset(self, follow: Follow, reset: Reset) -> None:
        """The history the client holds is not the store's. Each mode's own."""
        raise NotImplementedError

    def leave(self, uid: str) -> None:
        """Follow it no longer."""
        if follow := self.follows.pop(uid, None):
            self._leave(follow)

    def _leave(self, follow: Follow) -> None:
        self.host.hub.unfollow(follow)
        for submission, stored in self._submissions.left(follow):
            self._when_safe(submission, stored)

    def broken(self, follow: Follow) -> None:
        """What came is not what follows (a gap in the feed, a store that was restored): compare with the log."""
        if follow.held_back is None:
            follow.held_back = []
            self.host.spawn(self._mend(follow))

    async def _mend(self, follow: Follow) -> None:
        while self.follows.get(follow.room.uid) is follow:
            try:
                page = await self.host.hub.enter(follow, follow.epoch, follow.seq, follow.id)
                await self._catch_up(follow, page)
                return
            except NotNow:
                await self.host.store.links.again(follow.room.uid)
