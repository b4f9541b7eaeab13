"""Messages on their way into the store: packed once for each author, gathered for each shard, stored once."""

from typing import NamedTuple
from zlib import crc32

from app.chat.errors import Refusal
from app.store import scripts
from app.store.batches import Batches
from app.store.command import Done
from app.store.errors import StoreError
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import Reply, bulk

# What append.lua is told of each message: words about who writes, and words about what; these as `bulk` writes them, in
# half its time.
_WHO_WORDS, _WHAT_WORDS = 3, 7
_PACKED = b"$%d\r\n%b\r\n" * (_WHAT_WORDS - 1)
_NO_FILE = bulk("")

_APPEND = scripts.load("append")


class Stored(NamedTuple):
    """What became of a message: its place, and whether it had been stored before (`repeat`)."""

    epoch: int
    seq: int
    time: int
    repeat: bool


class Writer:
    """One author's way into one conversation. What is the same for all their messages was packed once."""

    __slots__ = ("_appends", "_keys", "_who")

    def __init__(self, appends: Batches, keys: bytes, who: bytes) -> None:
        self._appends, self._keys, self._who = appends, keys, who

    def append(self, kind: str, fence: int, tab: str, n: int, said: str, body: bytes, file: str, done: Done) -> None:
        """Store a message (or a note) once. `done` gets a reply which `stored` reads.

        `said`: all by which a repeat is known to be one; `file`: id of its file, or "".
        """
        # To notice a client that uses an id twice; it could fool nobody but itself.
        digest = b"%x" % crc32(said.encode())
        f, t, c, k = b"%d" % fence, tab.encode(), b"%d" % n, kind.encode()
        words = _PACKED % (len(f), f, len(t), t, len(c), c, len(digest), digest, len(body), body, len(k), k)
        self._appends.add(self._keys, self._who + words + (bulk(file) if file else _NO_FILE), done)


class Messages:
    """Makes writers: a conversation's messages are gathered with all others of its shard."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._appends = {shard: self._appends_of(shard) for shard in keys.shards()}

    def _appends_of(self, shard: str) -> Batches:
        """Where the messages of a shard are gathered, as append.lua takes them."""
        keys = self._keys
        shared = keys.feed(shard), keys.open(shard), keys.all(shard), keys.answer_time(shard)
        return Batches(self._pipelines.at(shard), _APPEND, shared, keys=2, words=_WHO_WORDS + _WHAT_WORDS)

    def writer(self, uid: str, author: str, role: str) -> Writer:
        """How `author` (role "v" or "a") writes messages into a conversation."""
        keys = self._keys.conversation(uid)
        return Writer(self._appends[self._keys.shard_of(uid)], bulk(keys.log, keys.meta), bulk(uid, author, role))


def is_stored(reply: Reply) -> bool:
    """Whether this reply says that a message was stored, now and not before."""
    return type(reply) is bytes


def stored(reply: Reply) -> Stored | Refusal | StoreError:
    """Where a message was stored; or a Refusal (out_of_order, mismatch, unknown_tab, fenced, blocked, bad_file,
    no_session); or what the store raises: with StoreAway it may have been stored, offer the same id again."""
    if isinstance(reply, StoreError):
        return reply
    if is_stored(reply):
        epoch, seq, time = map(int, reply.split())
        return Stored(epoch, seq, time, False)
    word = reply[0]
    if word == b"repeat":
        return Stored(int(reply[1]), int(reply[2]), int(reply[3]), True)
    if word == b"out_of_order":
        return Refusal("out_of_order", expected=int(reply[1]))
    if word == b"linked":  # whoever wrote it is somebody by now, and has another session
        return Refusal("no_session")
    return Refusal(word.decode())
