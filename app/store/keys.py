"""Every key name in the store, but for those of the outbox (outbox_keys.py). Nothing else in the program spells one.

A conversation, its feed and its presence carry the hash tag of their shard, so that one script may touch them all,
on a single server and in a cluster alike. No text a person typed is ever part of a key.
"""

from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32


class ConversationKeys(NamedTuple):
    """What every script on a conversation is given, in this order."""

    feed: str
    """Stream: see `Keys.feed`."""
    open: str
    all: str
    log: str
    """Stream: the entries, ids `<seq>-0`."""
    meta: str
    """Hash: epoch, seq, state and all else that is known of it."""


class IndexKeys:
    """The keys of a shard's index of what was said, see store/index.py.

    Their names tell by which rule texts were folded (chat/folding.py): a build with another one makes an index of its
    own, and beside it, on the same store, one of before goes on with its own."""

    CURRENT, FORMER = "x2", "x"
    PEOPLE = -1
    """Stands for a period where people are indexed, by what they are called, and not what they said."""

    def __init__(self, shard: str, folding: str = CURRENT) -> None:
        self._prefix = f"{shard}:{folding}"
        self.marks = f"{self._prefix}:marks"
        """Hash: uid of a conversation -> `<its number>:<epoch>:<seq up to which it is indexed>`."""
        self.numbers = f"{self._prefix}:numbers"
        """Hash: number of a conversation -> uid; `next`: the last number handed out."""
        self.behind = f"{self._prefix}:behind"
        """String: how many conversations have messages that are not indexed yet."""
        self.periods = f"{self._prefix}:periods"
        """Set: the periods of which there is an index."""
        self.known = f"{self._prefix}:known"
        """Hash: uid of a visitor who is indexed -> `<number of that document>:<checksum of what they are called>`."""

    def documents(self, period: int) -> str:
        """String: for each indexed message of a period, in order, number of its conversation and seq, 4 bytes each; of
        PEOPLE the uid of each, 26 bytes."""
        return f"{self._prefix}:{period}:documents"

    def used(self, period: int) -> str:
        """String, a bitmap: which buckets of a period there are."""
        return f"{self._prefix}:{period}:used"

    def bucket(self, period: int, bucket: int | str) -> str:
        """String: the documents of a period with a pair of that bucket, ascending, 4 bytes each."""
        return f"{self._prefix}:{period}:{bucket}"


class MailKeys:
    """The keys of letters to visitors, see store/mail_tokens.py, beside the people they go to."""

    @staticmethod
    def token(token: str) -> str:
        """Hash, expiring: whose the letters with a token are (`uid`, `address`), of which `epoch`, from which message
        on (`since`), up to which one the last of them tells (`tried`), and the one before (`before`); seqs.
        `first_by`: the fence of who tries the last one, if for the first time."""
        return f"{{people}}:mail:{token}"

    @staticmethod
    def tokens_of(uid: str) -> str:
        """Hash, expiring: the SHA-256 of an address -> the token of letters to it about the conversation `uid`."""
        return f"{{people}}:mail:of:{uid}"

    @staticmethod
    def stop_link(code: str) -> str:
        """String, expiring: of the link with this code, by which letters are stopped: `<uid> <address>`."""
        return f"{{people}}:mail:link:{code}"

    @staticmethod
    def stopped() -> str:
        """Set: the SHA-256 of each address that no letter goes to any more."""
        return "{people}:mail:stop"

    @staticmethod
    def today(digest: str) -> str:
        """String, expiring: how many letters went within a day to the address with that SHA-256."""
        return f"{{people}}:mail:day:{digest}"


class Keys:
    """The key names of a store with `shards` shards (1 to 16384; fixed when the store is created)."""

    def __init__(self, shards: int = 1) -> None:
        self.count = shards
        self._shards = [self.shard(number) for number in range(shards)]
        self._shared = {shard: (self.feed(shard), self.open(shard), self.all(shard)) for shard in self._shards}

    def shard_of(self, uid: str) -> str:
        """The shard that holds the conversation `uid`."""
        return self._shards[crc32(uid.encode()) % self.count if self.count > 1 else 0]

    @staticmethod
    def shard(number: int) -> str:
        """The name of shard `number`, which is the hash tag of its keys, as in `{s07}`."""
        return f"{{s{number:02d}}}"

    def shards(self) -> list[str]:
        """All shards, in order."""
        return self._shards

    def conversation(self, uid: str) -> ConversationKeys:
        """The keys of a conversation: three of its shard, and two of its own."""
        shard = self.shard_of(uid)
        log = f"{shard}:c:{uid}"
        return ConversationKeys(*self._shared[shard], log, f"{log}:m")

    @staticmethod
    def feed(shard: str) -> str:
        """Stream, capped: all entries of a shard in the order of their arrival. An item holds one or several, of each
        its head and its body."""
        return f"{shard}:feed"

    @staticmethod
    def channel(shard: str) -> str:
        """No key: the name of a shard's channel, by which nodes tell each other what is kept nowhere."""
        return f"{shard}:channel"

    @staticmethod
    def feed_draft(shard: str) -> str:
        """Stream: what a feed is to be without somebody who is erased, while a script makes it."""
        return f"{shard}:feed:draft"

    @staticmethod
    def barred(shard: str) -> str:
        """Hash, expiring: the SHA-1 of the uid of somebody who was erased lately -> when, unix ms. Whoever comes late
        writes nothing of them; scripts make this name of others of the shard."""
        return f"{shard}:erased"

    @staticmethod
    def open(shard: str) -> str:
        """Sorted set of the conversations that wait, are held or snoozed; score: unanswered since, unix ms, as of the
        last change of status: what is said in a held one moves nothing here."""
        return f"{shard}:open"

    @staticmethod
    def all(shard: str) -> str:
        """Sorted set of every conversation; score: when somebody last came, left or changed its status, unix ms."""
        return f"{shard}:all"

    @staticmethod
    def snoozed(shard: str) -> str:
        """Sorted set of the conversations that were snoozed; score: until when, unix ms."""
        return f"{shard}:snoozed"

    @staticmethod
    def tags_in_use(shard: str) -> str:
        """Hash: a tag of agents -> how many conversations have it."""
        return f"{shard}:tags"

    @staticmethod
    def tagged(shard: str, label: str) -> str:
        """Sorted set of the conversations with the tag `label`; score: since when. Its digest: no text is in a key."""
        return f"{shard}:tag:{blake2b(label.encode(), digest_size=8).hexdigest()}"

    @staticmethod
    def present(shard: str) -> str:
        """Hash: who is online -> on how many nodes."""
        return f"{shard}:present"

    @staticmethod
    def nodes(shard: str) -> str:
        """Hash: boot id of a node -> its heartbeat counter, or `dead` while it is being buried."""
        return f"{shard}:nodes"

    @staticmethod
    def node(shard: str, boot: str) -> str:
        """Set: who is online on the node `boot`."""
        return f"{shard}:node:{boot}"

    @staticmethod
    def answer_time(shard: str) -> str:
        """Hash: how fast the shop answers (`answer_ms`, a moving average)."""
        return f"{shard}:desk"

    def files(self, uid: str) -> str:
        """Hash: id of a file of the conversation -> `<uploaded by>|<at>|<for a note>|<seq of its message>|<JSON>`;
        `bytes`: of all of them. append.lua makes this name of the log's."""
        return f"{self.shard_of(uid)}:c:{uid}:f"

    def staged(self, uid: str) -> str:
        """Stream, expiring: entries that are about to become part of a conversation's log, see store/importing.py."""
        return f"{self.shard_of(uid)}:c:{uid}:i"

    @staticmethod
    def shard_files(shard: str) -> str:
        """Hash: `bytes` of all files of the shard's conversations."""
        return f"{shard}:files"

    def trail(self, uid: str) -> str:
        """List, expiring: the pages of the shop that a visitor looked at, JSON, the oldest first."""
        return f"{self.shard_of(uid)}:c:{uid}:p"

    def report_place(self, uid: str) -> str:
        """String, JSON: how far a conversation's log is in the reports, and where it stands between two batches."""
        return f"{self.shard_of(uid)}:c:{uid}:r"

    def episodes(self, uid: str) -> str:
        """List: the finished episodes of a conversation, newest first."""
        return f"{self.shard_of(uid)}:c:{uid}:e"

    @staticmethod
    def counts(shard: str, day: int) -> str:
        """Hash, expiring: what happened in a day (UTC, since 1970): `<half hour 0..47>|<agent>|<metric>` -> count."""
        return f"{shard}:r:{day}"

    @staticmethod
    def store() -> str:
        """Hash: what was decided when the store was created (`shards`), in which `format` it is written, and since when
        every node could write a newer one (`all_newer`, unix ms); by what the place of its files is known (`files`),
        and how the marks of such places begin that it made (`files_name`); JSON of a restore that has not ended
        (`restoring`)."""
        return "{s00}:store"

    @staticmethod
    def formats() -> str:
        """Hash: boot id of a node -> `<newest format it can write>|<JSON>`: its version, machine and process. Older
        versions, which know of no format but their own, are in `nodes` alone."""
        return "{s00}:formats"

    @staticmethod
    def mark(shard: str) -> str:
        """String, empty: what is written so that `WAIT` has something to wait for."""
        return f"{shard}:mark"

    @staticmethod
    def lease(shard: str, name: str) -> str:
        """String, expiring: who does, alone of all, what the lease `name` is for."""
        return f"{shard}:lease:{name}"

    # -- people: one hash tag for all of them, so that one script may give a name to one visitor only -----------------

    @staticmethod
    def people() -> str:
        """The hash tag of everybody."""
        return "{people}"

    @staticmethod
    def nicknames() -> str:
        """Hash: a visitor's nickname, folded -> uid of whoever owns it."""
        return "{people}:nicknames"

    @staticmethod
    def visitor(uid: str) -> str:
        """Hash: nickname, fold, enter_at, first_seen, seen, prove_by (unix ms), and all else of `people.Visitor`."""
        return f"{{people}}:v:{uid}"

    @staticmethod
    def agents() -> str:
        """Hash: uid of an agent -> JSON."""
        return "{people}:agents"

    @staticmethod
    def away() -> str:
        """Set: the agents who take no new conversations now, though they may be connected."""
        return "{people}:away"

    @staticmethod
    def agent_names() -> str:
        """Hash: an agent's name, folded -> uid."""
        return "{people}:agent_names"

    @staticmethod
    def mailboxes() -> str:
        """Hash: uid of an agent -> JSON: where mail reaches them (chat/agent_email.py)."""
        return "{people}:mailboxes"

    @staticmethod
    def mailed_link(hash: str) -> str:
        """String, expiring: the SHA-256 of the secret of a link that was mailed to an agent -> JSON, what it is for."""
        return f"{{people}}:mailed:{hash}"

    @staticmethod
    def mailed(hash: str) -> str:
        """String, expiring: how many mails the agent, or an address, with that SHA-256 had sent within an hour."""
        return f"{{people}}:mailed:count:{hash}"

    @staticmethod
    def faces() -> str:
        """Hash: uid of an agent, or `shop` -> id of their face, or its logo."""
        return "{people}:faces"

    @staticmethod
    def face(id: str) -> str:
        """String: a face, JPEG or PNG."""
        return f"{{people}}:face:{id}"

    @staticmethod
    def session(hash: str) -> str:
        """Hash, expiring: a session by the SHA-256 of its token."""
        return f"{{people}}:s:{hash}"

    @staticmethod
    def sessions_of(uid: str) -> str:
        """Set: the hashes of a person's sessions."""
        return f"{{people}}:ss:{uid}"

    @staticmethod
    def identity_keys() -> str:
        """Hash: kid of a key that the shop signs tokens with -> JSON: `secret`, `since`, `used` (unix ms)."""
        return "{people}:keys"

    @staticmethod
    def subs() -> str:
        """Hash: the SHA-256 of by what the shop knows a customer -> uid of the visitor."""
        return "{people}:subs"

    @staticmethod
    def erased() -> str:
        """Hash: `<salt>:<digest of the uid of somebody who was erased>` -> when, unix ms; `salt`: the store's own."""
        return "{people}:erased"

    @staticmethod
    def erasing() -> str:
        """Set: salted digests of what those are found by who are erased, but may still be read on the store's disk."""
        return "{people}:erasing"

    @staticmethod
    def ticket_secret() -> str:
        """String: with what tickets are signed, by which pages without a cookie open files (live/tickets.py)."""
        return "{people}:tickets"

    @staticmethod
    def attempt(hash: str) -> str:
        """String, expiring: the SHA-256 of a log-in's id -> uid of the visitor it made."""
        return f"{{people}}:attempt:{hash}"

    @staticmethod
    def link(hash: str) -> str:
        """String, expiring: the SHA-256 of a one-time link's secret -> uid of the visitor it lets back in, and
        behind a blank the hash of the session that asked for it, where that is one whom the shop vouches for."""
        return f"{{people}}:link:{hash}"

    @staticmethod
    def shop() -> str:
        """Hash: the shop's own settings (`document`, JSON), their `version`, and `by` whom (uid)."""
        return "{people}:shop"

    @staticmethod
    def widget() -> str:
        """Hash, as that of the shop: what was decided about the chat on the shop's own site."""
        return "{people}:widget"

    @staticmethod
    def sites(fate: str) -> str:
        """Sorted set of origins whose pages were `seen` with the chat, or `refused` it; score: when last, unix ms."""
        return f"{{people}}:sites:{fate}"

    @staticmethod
    def replies(owner: str = "") -> tuple[str, str]:
        """Two hashes, id of a canned reply -> JSON and its shortcut, folded -> id: the shop's, or an agent's own."""
        name = f"{{people}}:replies:{owner}" if owner else "{people}:replies"
        return name, f"{name}:shortcuts"

    @staticmethod
    def backups() -> str:
        """Hash: what is known of the last backup, of an attempt that failed, and of one that is asked for."""
        return "{people}:backups"

    @staticmethod
    def challenge(token: str) -> str:
        """String, expiring: what the authority of certificates is answered that asks for `token`, see
        store/challenges.py."""
        return f"{{people}}:acme:{token}"

    @staticmethod
    def setup() -> str:
        """String, expiring: the SHA-256 of the one-time set-up secret."""
        return "{people}:setup"
