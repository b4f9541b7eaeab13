"""A party's messages and subscriptions, whichever mode it speaks.

A message leaves for the store in the loop turn in which its frame came; nothing waits in between. It is acknowledged
when the feed brings it back, so that everything a connection is sent is in one order.
"""

from functools import partial
from typing import Literal

from app.chat import client_frames, files, protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.live.connection import Connection
from app.live.room import EncodedEntry, Subscription
from app.live.submissions import Answer, Submission
from app.store.conversations import Page, Reset
from app.store.errors import Erased, NotNow, StoreAway, StoreError
from app.store.messages import Stored
from app.store.resp import Reply


class Conversing(Connection):
    """A connection that takes part in conversations."""

    # -- messages -------------------------------------------------------------------------------------------------

    def submit(
        self,
        subscription: Subscription,
        id: str,
        content: str,
        send_time: str | None = None,
        kind: Literal["message", "note"] = "message",
        file: str | None = None,
        reply_to: int | None = None,
    ) -> None:
        """Offer a message, or an agent's note, to the store. Raises Refusal where it is not even offered."""
        tab, n = client_frames.split_id(id, self._tab)
        self._tab = tab
        client_frames.check_content(content, self._content_limit, optional=file is not None)
        said = content
        if file is not None or reply_to is not None:
            _check_more(subscription, file, reply_to)
            said = f"{content}\0{file or ''}\0{reply_to or ''}"
        state = subscription.room.state
        if kind == "note":
            if self.side != "agent":
                raise Refusal("forbidden")
        elif self.side == "agent" and state.owner != self.uid:
            raise Refusal("not_yours")
        if self._rate.limited and (wait := self._rate.messages.take(self.heard)):
            raise Refusal("slow_down", retry_ms=wait)
        writer = subscription.writer
        if writer is None:
            writer = self.host.store.messages.writer(subscription.room.uid, self.uid, self.role)
            subscription.writer = writer
        body = protocol.message_body(self._encoded_me, content, send_time, reply_to)
        packed = writer.pack(kind, state.fence, tab, n, said, body, file or "")
        submission = Submission(self, subscription, id, writer.keys, packed, self.heard)
        self._submissions.add(submission)
        writer.offer(submission)

    def offer_again(self, now: float) -> None:
        for submission in self._submissions.due(now):
            if writer := submission.subscription.writer:
                writer.offer(submission)

    def replied(self, submission: Submission, reply: Reply) -> None:
        answer = self._submissions.replied(submission, reply)
        if type(answer) is Stored:
            self._when_safe(submission, answer)
        elif answer is not None:
            self._answer(submission, answer)
        elif self._paused:
            self._listen()

    def _when_safe(self, submission: Submission, stored: Stored) -> None:
        done = partial(self._settled, submission, stored)
        self.host.store.feed.when_safe(submission.subscription.room.uid, done)

    def _settled(self, submission: Submission, stored: Stored, safe: bool) -> None:
        if answer := self._submissions.settled(submission, stored, safe):
            self._answer(submission, answer)

    def _answer(self, submission: Submission, answer: Answer) -> None:
        """Tell the author what the feed will not."""
        uid, id = submission.subscription.room.uid, submission.id
        if isinstance(answer, Stored):
            entry = Entry(uid, answer.seq, answer.epoch, "message", "", "", id, answer.time, b"", None)
            self.acknowledge(EncodedEntry(entry), repeat=answer.repeat)
        else:
            self.fail(answer, id=id, conversation=uid)
        if self._paused:
            self._listen()

    def took_back(self, subscription: Subscription, encoded: EncodedEntry) -> bool:
        """Whether this entry, by its author, is a message this connection sent; if so it is acknowledged now."""
        if not self._submissions.brought(subscription.room.uid, encoded.id):
            return False
        self.acknowledge(encoded, repeat=False)
        if self._paused:  # even with nothing unread any more: the last of it may have been the one too many
            self._listen()
        return True

    def acknowledge(self, encoded: EncodedEntry, *, repeat: bool) -> None:
        """Tell the author that the entry is stored. Each mode's own."""
        raise NotImplementedError

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        """The next entry of a conversation subscribed to. Each mode's own."""
        raise NotImplementedError

    def passing(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        """Typing or a read mark. Each mode's own."""
        raise NotImplementedError

    def holder_moved(self, subscription: Subscription) -> None:
        """Who holds a conversation subscribed to has come or gone. Nothing to say, but to a visitor."""

    # -- conversations --------------------------------------------------------------------------------------------

    async def join(self, uid: str, epoch: int | None, after: int | None, id: str) -> None:
        """Subscribe to a conversation from the place the client has: `joined`, its history, then live."""
        if self.gone:
            return
        self.leave(uid)
        subscription = self.subscriptions[uid] = self.host.hub.subscribe(uid, self)
        try:
            page = await self.host.hub.enter(subscription, epoch, after, id)
        except StoreError:
            if self.subscriptions.get(uid) is subscription:  # else another join has taken its place meanwhile
                self.leave(uid)
            raise
        if self.subscriptions.get(uid) is subscription:
            self.joined(subscription, page)
            await self._catch_up(subscription, page)

    def joined(self, subscription: Subscription, page: Page | Reset) -> None:
        """The join is answered. Each mode's own."""
        raise NotImplementedError

    async def _catch_up(self, subscription: Subscription, page: Page | Reset) -> None:
        found: Page | Reset | None = page
        if isinstance(page, Page):
            found = await self.host.hub.catch_up(subscription, page, self._room_to_write)
        if isinstance(found, Reset) and self.subscriptions.get(subscription.room.uid) is subscription:
            for submission in self._submissions.reset(subscription):
                self._answer(submission, StoreAway())
            self.leave(subscription.room.uid)
            self.reset(subscription, found)

    def reset(self, subscription: Subscription, reset: Reset) -> None:
        """The history the client has is not the store's. Each mode's own."""
        raise NotImplementedError

    def leave(self, uid: str) -> None:
        """End the subscription to it."""
        if subscription := self.subscriptions.pop(uid, None):
            self._leave(subscription)

    def _leave(self, subscription: Subscription) -> None:
        self.host.hub.unsubscribe(subscription)
        for submission, stored in self._submissions.left(subscription):
            self._when_safe(submission, stored)

    def erased(self, uid: str) -> None:
        """Whose it is hears it, and is on no connection any more; an agent's goes on with others."""
        self.fail(Refusal("erased"), conversation=uid)
        if self.side == "visitor" or self.claim == uid:
            self.close(protocol.SESSION_ENDED if self.side == "visitor" else protocol.NORMAL, "erased")
        else:
            self.leave(uid)

    def broken(self, subscription: Subscription) -> None:
        """What came is not what follows (a gap in the feed, a store that was restored): compare with the log."""
        if subscription.buffered is None:
            subscription.buffered = []
            self.host.spawn(self._mend(subscription))

    async def _mend(self, subscription: Subscription) -> None:
        while self.subscriptions.get(subscription.room.uid) is subscription:
            try:
                page = await self.host.hub.enter(subscription, subscription.epoch, subscription.seq, subscription.id)
                await self._catch_up(subscription, page)
                return
            except Erased:
                self.erased(subscription.room.uid)
                continue
            except NotNow:
                pass
            await self.host.store.pipelines.again(subscription.room.uid)


def _check_more(subscription: Subscription, file: str | None, reply_to: int | None) -> None:
    """What a message has beside its text is of its conversation. Raises Refusal bad_file, bad_frame."""
    if reply_to is not None and not 0 < reply_to <= subscription.seq:
        raise Refusal("bad_frame", field="reply_to")
    if file is not None and ((found := files.split_id(file)) is None or found[0] != subscription.room.uid):
        raise Refusal("bad_file")
