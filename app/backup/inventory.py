"""What becomes of every kind of key (app/store/keys.py) when the store is backed up: one table, whole by a test."""

from typing import Literal, NamedTuple

Fate = Literal["kept", "derived", "left out"]


class Kind(NamedTuple):
    """A kind of key. `kept`: it is in a backup, in the records named. `derived`: a restore makes it anew of what is.
    `left out`: it is in no backup, and why."""

    fate: Fate
    why: str


def _kept(*records: str) -> Kind:
    return Kind("kept", ", ".join(records))


def _derived(of: str) -> Kind:
    return Kind("derived", of)


def _left(why: str) -> Kind:
    return Kind("left out", why)


_HERE_AND_NOW = "who is connected to which node, which none is to the restored one"
_SHORT = "expires within minutes or hours; whoever needs it asks again"
_NO_LOGIN = "lets somebody in by a link: none revives"
_OUTBOX = "of what is restored nothing is told by mail: nobody knows what was told since the backup"
_INDEX = "what was said, by the index's follower"

KINDS: dict[str, Kind] = {
    # -- a shard's
    "Keys.feed": _left("what nodes tell each other of what came just now; with new epochs it begins anew"),
    "Keys.feed_draft": _left("there only within a script"),
    "Keys.barred": _left("who runs on comes late to none but this store"),
    "Keys.open": _derived("`state` of conversations"),
    "Keys.all": _kept("Conversation.activity"),
    "Keys.snoozed": _derived("`state`, and `until` of `meta`, of conversations"),
    "Keys.tags_in_use": _derived("`tagged` of conversations"),
    "Keys.tagged": _kept("Conversation.tagged"),
    "Keys.present": _left(_HERE_AND_NOW),
    "Keys.nodes": _left(_HERE_AND_NOW),
    "Keys.node": _left(_HERE_AND_NOW),
    "Keys.answer_time": _kept("Pace"),
    "Keys.shard_files": _derived("files"),
    "Keys.counts": _kept("Counts"),
    "Keys.store": _left("each store decides for itself: shards, format, the place of its files"),
    "Keys.formats": _left(_HERE_AND_NOW),
    "Keys.mark": _left("means nothing"),
    "Keys.backups": _left("of the backups of that store, which another has its own of"),
    "Keys.lease": _left("of nodes that run"),
    # -- a conversation's
    "ConversationKeys.feed": _left("Keys.feed"),
    "ConversationKeys.open": _derived("Keys.open"),
    "ConversationKeys.all": _kept("Keys.all"),
    "ConversationKeys.log": _kept("Entry"),
    "ConversationKeys.meta": _kept("Conversation, but for what belongs to open connections"),
    "Keys.files": _kept("File"),
    "Keys.staged": _left("expires within the hour; an import that was broken off begins again"),
    "Keys.trail": _kept("Conversation.pages"),
    "Keys.report_place": _kept("Conversation.counted"),
    "Keys.episodes": _kept("Conversation.episodes"),
    # -- the index
    "IndexKeys.marks": _derived(_INDEX),
    "IndexKeys.numbers": _derived(_INDEX),
    "IndexKeys.behind": _derived(_INDEX),
    "IndexKeys.periods": _derived(_INDEX),
    "IndexKeys.known": _derived(_INDEX),
    "IndexKeys.documents": _derived(_INDEX),
    "IndexKeys.used": _derived(_INDEX),
    "IndexKeys.bucket": _derived(_INDEX),
    # -- what is to be told
    "OutboxKeys.marks": _derived("where logs end: nothing before that is told"),
    "OutboxKeys.began": _left("each store has had a channel since it has"),
    "OutboxKeys.waiting": _left(_OUTBOX),
    "OutboxKeys.failing": _left(_OUTBOX),
    "OutboxKeys.dead": _left(_OUTBOX),
    "OutboxKeys.due": _left(_OUTBOX),
    "OutboxKeys.lane": _left(_OUTBOX),
    "OutboxKeys.standing": _left(_OUTBOX),
    "OutboxKeys.dead_of": _left(_OUTBOX),
    "OutboxKeys.job": _left(_OUTBOX),
    "OutboxKeys.breaker": _left(_SHORT),
    # -- people's
    "Keys.nicknames": _kept("Visitor.owns"),
    "Keys.visitor": _kept("Visitor"),
    "Keys.agents": _kept("Agent"),
    "Keys.away": _kept("Agent.away"),
    "Keys.agent_names": _derived("Agent"),
    "Keys.mailboxes": _kept("Agent.mailbox"),
    "Keys.mailed_link": _left(_NO_LOGIN),
    "Keys.mailed": _left(_SHORT),
    "Keys.faces": _kept("Face"),
    "Keys.face": _kept("Face"),
    "Keys.session": _kept("Session, of visitors whom the shop does not vouch for; none of an agent revives"),
    "Keys.sessions_of": _derived("Session"),
    "Keys.identity_keys": _kept("Key"),
    "Keys.subs": _derived("`sub` of visitors"),
    "Keys.erased": _kept("Erased"),
    "Keys.erasing": _left("of this store's disk"),
    "Keys.ticket_secret": _left("what it signs expires within minutes; each store makes one"),
    "Keys.attempt": _left(_SHORT),
    "Keys.link": _left(_NO_LOGIN),
    "Keys.shop": _kept("Document"),
    "Keys.widget": _kept("Document"),
    "Keys.sites": _kept("Site"),
    "Keys.replies": _kept("Reply"),
    "Keys.setup": _left(_NO_LOGIN),
    "Keys.challenge": _left(_SHORT),
    "MailKeys.token": _kept("Letter"),
    "MailKeys.tokens_of": _derived("Letter"),
    "MailKeys.stop_link": _kept("StopLink"),
    "MailKeys.stopped": _kept("Stopped"),
    "MailKeys.today": _left(_SHORT),
}
"""By where keys.py names it."""

NO_KEYS = {
    "Keys.shard_of",
    "Keys.shard",
    "Keys.shards",
    "Keys.conversation",
    "Keys.channel",
    "Keys.people",
    "ConversationKeys.count",
    "ConversationKeys.index",
    "OutboxKeys.prefix",
    "OutboxKeys.conversations",
    "Keys.count",
    "IndexKeys.CURRENT",
    "IndexKeys.FORMER",
    "IndexKeys.PEOPLE",
}
"""What keys.py has beside them."""
