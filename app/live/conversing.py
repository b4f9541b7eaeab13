"""What a party says and follows, whichever mode it speaks.

A message leaves for the store in the loop turn in which its frame came; nothing waits in between. It is acknowledged
when the feed brings it back, so that everything a connection is sent is in one order.
"""

from functools import partial
from typing import Literal

from app.chat import protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.live.connection import Connection
from app.live.room import Follow, Told
from app.live.submissions import Answer, Submission
from app.store.conversations import Page, Reset
from app.store.errors import NotNow, StoreAway, StoreError
from app.store.messages import Stored
from app.store.resp import Reply


class Conversing(Connection):
    """A connection that takes part in conversations."""

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
            follow.writer = self.host.store.messages.writer(follow.room.uid, self.session.uid, self.role)
        follow.writer.append(*submission.words, partial(self._replied, submission))

    def offer_again(self, now: float) -> None:
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
