"""One party on one socket: what plain and full mode have in common.

Frames come in by callback, are judged, and leave for the store in the same loop turn; nothing waits in between. A
message is acknowledged when the feed brings it back, so that everything a connection is sent is in one order.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from app.chat import protocol
from app.chat.conversation import Entry, Side
from app.chat.errors import Refusal
from app.live.channel import Channel
from app.live.pace import Pace
from app.live.room import Follow, Told
from app.store.conversations import Page, Reset, Stored, is_stored, stored
from app.store.errors import NotNow, StoreError
from app.store.link import Reply

if TYPE_CHECKING:
    from app.live.node import Node
    from app.store.sessions import Session

# Bytes a reader may be behind before it is cut; it resumes without loss. 256 KiB: a minute of a busy chat.
SLOWEST = 256 * 1024
# Bytes in the buffer above which history waits, so that replaying a long one does not look like a slow reader.
FULL_ENOUGH = 64 * 1024
# Seconds after which a message that is stored and that the feed has not brought is offered to the store again: it is
# stored once however often. Longer than a feed that fell silent takes to be read again.
UNTOLD = 4.0
# Frames a client may get wrong before the socket is closed.
MISTAKES = 10


class Submission:
    """A message on its way: the store answers (`stored`), and the feed brings it (`told`), in either order.

    `words`: what it is offered to the store with; `offered`: when.
    """

    __slots__ = ("follow", "id", "key", "offered", "once_more", "stored", "told", "words")

    def __init__(self, follow: Follow, id: str, words: tuple[str, int, str, int, str, bytes], offered: float) -> None:
        self.follow, self.id, self.words, self.offered = follow, id, words, offered
        self.once_more = False
        self.key = (follow.room.uid, id)  # a client may offer one id several times at once
        self.told = False
        self.stored: Stored | None = None


class Connection:
    """A party's socket. The channel calls `opened`, `text`, `alive`, `drained` and `closed` (live/channel.py)."""

    mode: ClassVar[str]

    def __init__(self, node: "Node", session: "Session", language: str, address: str) -> None:
        self.node, self.session, self.language, self.address = node, session, language, address
        self.side: Side = "visitor" if session.kind == "visitor" else "agent"
        self.role = "v" if self.side == "visitor" else "a"
        self.me = protocol.user(session.uid, session.nickname, session.role, session.enter_at)
        self.follows: dict[str, Follow] = {}
        self.heard = node.clock()
        self.pinged = False
        self.gone = False
        self._channel: Channel
        self._pace: Pace
        self._content_limit = node.settings.limits.message_chars
        self._most_in_flight = node.settings.limits.unacknowledged
        self._encoded_me = protocol.encode(self.me)
        self._ready = False
        self._mistakes = 0
        self._unread: list[bytes] = []  # a few: an empty deque would be a twentieth of an idle socket's memory
        self._paused = False  # told the channel to wait, and not yet to go on
        self._awaiting: dict[tuple[str, str], list[Submission]] = {}
        self._in_flight = 0
        self._drained: asyncio.Event | None = None

    # -- the socket -----------------------------------------------------------------------------------------------

    def opened(self, channel: Channel) -> None:
        """The upgrade is done: introduce ourselves, then listen."""
        self._channel = channel
        self.node.connected(self)
        self._pace = self.node.guests.pace(self.session, self.heard)
        self.node.spawn(self._enter())

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
        self.heard = self.node.clock()
        self.pinged = False

    def text(self, payload: bytes) -> None:
        """A frame. What comes before we are ready, or with too much unacknowledged, waits unread."""
        self.heard = self.node.clock()
        self.pinged = False
        if self.gone:
            return
        if self._unread or not self._ready or self._in_flight >= self._most_in_flight:
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
            self.node.hub.unfollow(follow)
        self.follows.clear()
        self.drained()
        self.node.disconnected(self)

    def send(self, frame: bytes) -> None:
        """Hand a frame to the transport; cut a reader that is too far behind."""
        if self.gone:
            return
        channel = self._channel
        channel.send(frame)
        if channel.full and channel.buffered() > SLOWEST:
            self.node.metrics.slow_readers += 1
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

    def hush(self) -> None:
        """Take no more frames: the node is draining."""
        self._ready = False
        if not self.gone:
            self._channel.pause()

    @property
    def busy(self) -> bool:
        """Whether a message of theirs is still on its way."""
        return self._in_flight > 0

    async def _room_to_write(self) -> bool:
        while not self.gone and self._channel.buffered() > FULL_ENOUGH:
            self._drained = asyncio.Event()
            await self._drained.wait()
        return not self.gone

    # -- frames in ------------------------------------------------------------------------------------------------

    def _may_listen(self) -> bool:
        return self._ready and self._in_flight < self._most_in_flight

    def _listen(self) -> None:
        while self._unread and self._may_listen() and not self.gone:
            self._judge(self._unread.pop(0))
        if not self._unread and self._may_listen() and not self.gone:
            self._paused = False
            self._channel.resume()

    def _judge(self, payload: bytes) -> None:
        if self._pace.frames.take(self.heard):
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
        if wait := self._pace.messages.take(self.heard):
            raise Refusal("slow_down", retry_ms=wait)
        body = protocol.message_body(self._encoded_me, content, send_time)
        submission = Submission(follow, id, (kind, state.fence, tab, n, content, body), self.heard)
        self._awaiting.setdefault(submission.key, []).append(submission)
        self._in_flight += 1
        if follow.writer is None:
            follow.writer = self.node.store.conversations.writer(follow.room.uid, self.session.uid, self.role)
        follow.writer.append(*submission.words, partial(self._answered, submission))

    def offer_again(self, now: float) -> None:
        """Once a tick: what was stored and has not been told may have been with a server that another has replaced."""
        for submission in self._on_their_way():
            if submission.stored is not None and now - submission.offered > UNTOLD:
                submission.stored, submission.offered, submission.once_more = None, now, True
                writer = submission.follow.writer
                assert writer is not None
                writer.append(*submission.words, partial(self._answered, submission))

    def _answered(self, submission: Submission, reply: Reply) -> None:
        """The store's reply. The feed acknowledges; here speaks only what the feed will not."""
        if submission.told and is_stored(reply):
            self._finish(submission)
            return
        answer = stored(reply)
        if isinstance(answer, Exception):
            self._finish(submission)
            if not submission.told:  # else the reply was lost, and the feed has acknowledged it
                self.fail(answer, id=submission.id, conversation=submission.follow.room.uid)
            return
        submission.stored = answer
        if answer.repeat and not submission.once_more:
            self._acknowledge(submission, answer)  # again, which moves nothing
        elif submission.told:
            self._finish(submission)
        elif not self._coming(submission.follow, answer):
            self._acknowledge(submission, answer)

    def _coming(self, follow: Follow, stored: Stored) -> bool:
        """Whether the feed will bring this entry to us: we follow, and have not passed its place."""
        if follow is not self.follows.get(follow.room.uid):
            return False
        return follow.held_back is not None or follow.epoch != stored.epoch or follow.seq < stored.seq

    def _acknowledge(self, submission: Submission, stored: Stored) -> None:
        """Acknowledge by the reply what the feed will not bring here, once it is as safe as what the feed brings."""
        done = partial(self._settle, submission, stored)
        self.node.store.feed.when_safe(submission.follow.room.uid, done)

    def _settle(self, submission: Submission, stored: Stored, safe: bool) -> None:
        """Acknowledge what is safe; have its author offer again what may be lost."""
        uid, id = submission.key
        if submission not in self._awaiting.get(submission.key, ()):
            return  # the feed has acknowledged it meanwhile
        self._finish(submission)
        if not safe:
            self.refuse(Refusal("store_unavailable"), id=id, conversation=uid)
            return
        entry = Entry(uid, stored.seq, stored.epoch, "message", "", "", id, stored.time, b"", None)
        self.acknowledge(Told(entry), repeat=stored.repeat)

    def _on_their_way(self) -> list[Submission]:
        """Every message that has no answer yet; a copy."""
        return [submission for siblings in self._awaiting.values() for submission in siblings]

    def _finish(self, submission: Submission) -> None:
        siblings = self._awaiting[submission.key]
        siblings.remove(submission)
        if not siblings:
            del self._awaiting[submission.key]
        self._in_flight -= 1
        if self._paused:  # even with nothing unread any more: the last of it may have been the one too many
            self._listen()

    def took_back(self, told: Told) -> bool:
        """Whether this entry of the log is a message this connection sent; if so it is acknowledged now."""
        entry = told.entry
        if entry.author != self.session.uid:
            return False
        submissions = self._awaiting.get((entry.uid, entry.id))
        if submissions is None:
            return False
        self.acknowledge(told, repeat=False)
        for submission in tuple(submissions):
            submission.told = True
            if submission.stored is not None:
                self._finish(submission)
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
        follow = self.follows[uid] = self.node.hub.follow(uid, self)
        try:
            page = await self.node.hub.enter(follow, epoch, after, id)
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
            found = await self.node.hub.catch_up(follow, page, self._room_to_write)
        if isinstance(found, Reset) and self.follows.get(follow.room.uid) is follow:
            self._forget(follow)
            self.leave(follow.room.uid)
            self.reset(follow, found)

    def _forget(self, follow: Follow) -> None:
        """What was said to be stored may have been in the history that is gone: its author must offer it again."""
        for submission in self._on_their_way():
            if submission.follow is follow and submission.stored is not None:
                self._settle(submission, submission.stored, False)

    def reset(self, follow: Follow, reset: Reset) -> None:
        """The history the client holds is not the store's. Each mode's own."""
        raise NotImplementedError

    def leave(self, uid: str) -> None:
        """Follow it no longer."""
        if follow := self.follows.pop(uid, None):
            self._leave(follow)

    def _leave(self, follow: Follow) -> None:
        self.node.hub.unfollow(follow)
        # The feed will not bring these back to us any more.
        for submission in self._on_their_way():
            if submission.follow is follow and submission.stored is not None:
                self._acknowledge(submission, submission.stored)

    def broken(self, follow: Follow) -> None:
        """What came is not what follows (a gap in the feed, a store that was restored): compare with the log."""
        if follow.held_back is None:
            follow.held_back = []
            self.node.spawn(self._mend(follow))

    async def _mend(self, follow: Follow) -> None:
        while self.follows.get(follow.room.uid) is follow:
            try:
                page = await self.node.hub.enter(follow, follow.epoch, follow.seq, follow.id)
                await self._catch_up(follow, page)
                return
            except NotNow:
                await self.node.store.links.again(follow.room.uid)
