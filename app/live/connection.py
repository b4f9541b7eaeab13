"""One party on one socket: frames in, judged as they come; frames out, within bounds; and how it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

from app.chat import protocol
from app.chat.conversation import Side
from app.chat.errors import Refusal
from app.config import Limits
from app.live.channel import Channel
from app.live.files import Files
from app.live.hub import Hub
from app.live.metrics import Metrics
from app.live.rate_limit import RateLimit
from app.live.room import Subscription
from app.live.submissions import Submissions
from app.live.team import Team
from app.live.whereabouts import Whereabouts
from app.store.errors import Erased, NotNow, StoreError
from app.store.sessions import Session
from app.store.store import Store

# Bytes that may wait for a peer before it is cut; its client resumes without loss. 256 KiB: a minute of a busy chat.
MAX_BUFFERED_BYTES = 256 * 1024
# Bytes in the buffer above which history waits, so that replaying a long one does not look like a slow peer.
HISTORY_WAITS_BYTES = 64 * 1024
# Frames a client may get wrong before the socket is closed.
MAX_BAD_FRAMES = 10


class Host(Protocol):
    """What a connection needs of the node that it is on."""

    store: Store
    limits: Limits
    hub: Hub
    team: Team
    files: Files
    whereabouts: Whereabouts
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
        self.uid = session.uid
        self.reader = session.reader
        self.side: Side = self.reader.side
        self.role = "v" if self.side == "visitor" else "a"
        self.me = session.user
        self.subscriptions: dict[str, Subscription] = {}
        self._clock = host.clock
        self.heard = self._clock()
        self.pinged = False
        self.gone = False
        self._channel: Channel
        self._rate: RateLimit
        self._content_limit = host.limits.message_chars
        self._most_in_flight = host.limits.unacknowledged
        self._encoded_me = protocol.encode(self.me)
        self._ready = False
        self._mistakes = 0
        self._tab = ""  # whose message came last
        self._unread: list[bytes] = []  # a few: an empty deque would be a twentieth of an idle socket's memory
        self._paused = False  # told the channel to wait, and not yet to go on
        self._submissions = Submissions()
        self._drained: asyncio.Event | None = None

    def renamed(self, name: str) -> None:
        """Whose it is, is called otherwise from now on."""
        self.session = replace(self.session, name=name)
        self.me = self.session.user
        self._encoded_me = protocol.encode(self.me)

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
        except (Refusal, NotNow, Erased) as error:
            self.fail(error)
        finally:
            if not self._ready:
                self.close(protocol.RESTART, "try again")
        self._listen()

    def alive(self) -> None:
        """Any sign of life."""
        self.heard = self._clock()
        self.pinged = False

    def text(self, payload: bytes) -> None:
        """A frame. What comes before we are ready, or with too much unacknowledged, waits unread."""
        self.heard = self._clock()
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
        for subscription in tuple(self.subscriptions.values()):
            self.host.hub.unsubscribe(subscription)
        self.subscriptions.clear()
        self.drained()
        self.host.disconnected(self)

    def send(self, frame: bytes) -> None:
        """Hand a frame to the transport; cut a peer that takes them too slowly."""
        if self.gone:
            return
        channel = self._channel
        channel.send(frame)
        if channel.full and channel.buffered() > MAX_BUFFERED_BYTES:
            self.host.metrics.slow_readers += 1
            self.close(protocol.TOO_SLOW, "reads too slowly")

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket with `code`."""
        if not self.gone:
            self._channel.close(code, reason)
            self.closed(code)

    def offer_again(self, now: float) -> None:
        """Once a tick: what its author was to be told by now is offered to the store again."""
        raise NotImplementedError

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.pinged = True
        self._channel.ping()

    def goodbye(self) -> None:
        """The node is draining: take no more frames."""
        self._ready = False
        if not self.gone:
            self._channel.pause()

    def tell_visitor(self, frame: bytes) -> None:
        """News of the shop for visitors' pages. Nothing to say, but where a mode has a word for it."""

    def erased(self, uid: str) -> None:
        """A conversation it takes part in was erased, with its visitor. Each mode's own."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a message of theirs is still on its way."""
        return self._submissions.in_flight > 0

    async def _room_to_write(self) -> bool:
        """Backpressure: wait until the peer has taken enough; False once it is gone."""
        while not self.gone and self._channel.buffered() > HISTORY_WAITS_BYTES:
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
        if self._rate.limited and self._rate.frames.take(self.heard):
            self.close(protocol.TOO_FAST, "too fast")
            return
        try:
            self.handle(payload)
        except Refusal as refusal:
            self.refuse(refusal)
            if refusal.code in ("bad_frame", "bad_id"):
                self._mistakes += 1
                if self._mistakes >= MAX_BAD_FRAMES:
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
