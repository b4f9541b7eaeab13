"""Messages on their way into the store: packed once for each author, gathered for each shard, stored once."""

from typing import NamedTuple
from zlib import crc32

from app.chat.errors import Refusal
from app.store import scripts
from app.store.batches import Asked, Batches
from app.store.command import Done
from app.store.errors import StoreError
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import Reply, bulk

# The byte that says how long something is, for each length.
_LENGTH = tuple(bytes((length,)) for length in range(256))

_APPEND = scripts.load("append")


class Stored(NamedTuple):
    """What became of a message: its place, and whether it had been stored before (`repeat`)."""

    epoch: int
    seq: int
    time: int
    repeat: bool


class Writer:
    """One author's way into one conversation. What is the same for most of their messages is packed once.

    `keys`: for an `Asked`, with what `pack` gives as its arguments; its reply is one which `stored` reads.
    """

    __slots__ = ("_appends", "_author", "_begin", "_fence", "_kind", "_role", "_tab", "_uid", "keys")

    def __init__(self, appends: Batches, keys: bytes, uid: str, author: str, role: str) -> None:
        self._appends, self.keys, self._uid, self._author, self._role = appends, keys, uid, author, role
        self._kind, self._fence, self._tab, self._begin = "", 0, "", b""

    def pack(self, kind: str, fence: int, tab: str, n: str, said: str, body: bytes, file: str) -> bytes:
        """A message (or a note), to be stored once, in one word of a call as append.lua takes it: what is the same for
        most of its author's; its number, digest and file, each behind its length; then its body.

        `n`: its number in the tab, in digits; `said`: all by which a repeat is known to be one; `file`: id of its file,
        or "".
        """
        if tab != self._tab or fence != self._fence or kind != self._kind:
            self._kind, self._fence, self._tab, self._begin = kind, fence, tab, self._beginning(kind, fence, tab)
        # To notice a client that uses an id twice; it could fool nobody but itself.
        digest, count, its_file = b"%x" % crc32(said.encode()), n.encode(), file.encode()
        c, d, f = len(count), len(digest), len(its_file)
        size = len(self._begin) + 3 + c + d + f + len(body)
        end = b"%b%b%b%b%b%b%b\r\n" % (_LENGTH[c], count, _LENGTH[d], digest, _LENGTH[f], its_file, body)
        return b"$%b\r\n%b%b" % (str(size).encode(), self._begin, end)

    def _beginning(self, kind: str, fence: int, tab: str) -> bytes:
        """The conversation, the field that counts the tab, how the entry's head begins, and as whom they must hold
        the conversation: a visitor need not, nor who makes a note."""
        author = self._author
        holder = "" if self._role == "v" else f"|{author}|{fence}|" if kind == "message" else "-"
        words = self._uid, f"t:{author}:{tab}", f"{kind}|{author}|{self._role}|{tab}.", holder
        return b"".join([b"%c%b" % (len(word), word) for word in [word.encode() for word in words]])

    def offer(self, message: Asked) -> None:
        """Give it to the store."""
        self._appends.add(message)

    def append(self, kind: str, fence: int, tab: str, n: int, said: str, body: bytes, file: str, done: Done) -> None:
        """Pack a message, and give it to the store; `done` gets the reply."""
        self.offer(_Message(self.keys, self.pack(kind, fence, tab, str(n), said, body, file), done))


class _Message(Asked):
    """One of which nothing need be known until it is answered."""

    __slots__ = ("_done",)

    def __init__(self, keys: bytes, args: bytes, done: Done) -> None:
        super().__init__(keys, args)
        self._done = done

    def answered(self, reply: Reply) -> None:
        self._done(reply)


class Messages:
    """Makes writers: a conversation's messages are gathered with all others of its shard."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._appends = {shard: self._appends_of(shard) for shard in keys.shards()}

    def _appends_of(self, shard: str) -> Batches:
        """Where the messages of a shard are gathered, as append.lua takes them."""
        keys = self._keys
        shared = keys.feed(shard), keys.open(shard), keys.all(shard), keys.answer_time(shard)
        return Batches(self._pipelines.at(shard), _APPEND, shared, keys=2, words=1)

    def writer(self, uid: str, author: str, role: str) -> Writer:
        """How `author` (role "v" or "a") writes messages into a conversation."""
        keys = self._keys.conversation(uid)
        return Writer(self._appends[self._keys.shard_of(uid)], bulk(keys.log, keys.meta), uid, author, role)


def is_stored(reply: Reply) -> bool:
    """Whether this reply says that a message was stored, now and not before."""
    return type(reply) is bytes


def stored(reply: Reply) -> Stored | Refusal | StoreError:
    """Where a message was stored; or a Refusal (out_of_order, mismatch, unknown_tab, fenced, blocked, bad_file,
    no_session); or what the store raises: with StoreAway it may have been stored, offer the same id again."""
    if is_stored(reply):
        epoch, seq, time = reply.split()
        return Stored(int(epoch), int(seq), int(time), False)
    if isinstance(reply, StoreError):
        return reply
    word = reply[0]
    if word == b"repeat":
        return Stored(int(reply[1]), int(reply[2]), int(reply[3]), True)
    if word == b"out_of_order":
        return Refusal("out_of_order", expected=int(reply[1]))
    if word == b"linked":  # whoever wrote it is somebody by now, and has another session
        return Refusal("no_session")
    return Refusal(word.decode())
