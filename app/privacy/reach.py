"""What erasure does with every kind of key (app/store/keys.py): one table, whole by a test."""

from typing import Literal, NamedTuple

Fate = Literal["goes", "is cut out", "stays"]


class Kind(NamedTuple):
    """A kind of key. `goes`: whole, where it is theirs. `is cut out`: what of it is theirs. `stays`: nothing of it is
    anybody's who is erased. `how`: by what, or why."""

    fate: Fate
    how: str


def _goes(how: str = "erase.lua") -> Kind:
    return Kind("goes", how)


def _cut(how: str = "erase.lua") -> Kind:
    return Kind("is cut out", how)


def _stays(why: str) -> Kind:
    return Kind("stays", why)


_TEAM = "of the team"
_SHOP = "of the shop"
_NUMBER = "a number of all"
_NODES = "of nodes"
_INDEX = "store/unindexing.py"
_LETTERS = "Erasing.links"
_LAST = "erase_visitor.lua"

KINDS: dict[str, Kind] = {
    # -- a shard's
    "Keys.feed": _cut("erase_feed.lua: made anew without them"),
    "Keys.feed_draft": _stays("there only within that script"),
    "Keys.barred": _stays("digests, for a day: who comes late writes nothing"),
    "Keys.open": _cut(),
    "Keys.all": _cut(),
    "Keys.snoozed": _cut(),
    "Keys.tags_in_use": _cut("erase.lua counts one less"),
    "Keys.tagged": _cut(),
    "Keys.present": _cut(),
    "Keys.nodes": _stays(_NODES),
    "Keys.node": _cut(),
    "Keys.answer_time": _stays(_NUMBER),
    "Keys.shard_files": _cut("erase.lua: fewer bytes"),
    "Keys.counts": _stays("counts keep no person: half an hour, an agent, what happened"),
    "Keys.store": _stays("of the store"),
    "Keys.formats": _stays(_NODES),
    "Keys.mark": _stays("means nothing"),
    "Keys.lease": _stays(_NODES),
    # -- a conversation's
    "ConversationKeys.feed": _cut("Keys.feed"),
    "ConversationKeys.open": _cut("Keys.open"),
    "ConversationKeys.all": _cut("Keys.all"),
    "ConversationKeys.log": _goes(),
    "ConversationKeys.meta": _goes(),
    "Keys.files": _goes("erase.lua; their bytes by Directory.forget"),
    "Keys.staged": _goes("Erasing.conversation; expires within the hour anyway"),
    "Keys.trail": _goes(),
    "Keys.report_place": _goes(),
    "Keys.episodes": _goes(),
    # -- the index; a former build's goes whole
    "IndexKeys.marks": _cut(_INDEX),
    "IndexKeys.numbers": _cut(_INDEX),
    "IndexKeys.behind": _stays(_NUMBER),
    "IndexKeys.periods": _stays("which there are"),
    "IndexKeys.known": _cut(_INDEX),
    "IndexKeys.documents": _cut(f"{_INDEX}: zeros in their place"),
    "IndexKeys.used": _cut("unindex.lua"),
    "IndexKeys.bucket": _cut("unindex.lua"),
    # -- what is to be told
    "OutboxKeys.marks": _cut(),
    "OutboxKeys.began": _stays("of channels"),
    "OutboxKeys.waiting": _cut("erase.lua and drop_job.lua count less"),
    "OutboxKeys.failing": _cut(),
    "OutboxKeys.dead": _cut(),
    "OutboxKeys.due": _cut(),
    "OutboxKeys.lane": _goes("erase.lua; of agents' lanes what names them by drop_job.lua"),
    "OutboxKeys.standing": _goes(),
    "OutboxKeys.dead_of": _goes("as OutboxKeys.lane"),
    "OutboxKeys.job": _goes("as OutboxKeys.lane; those whose ids alone are remembered, too"),
    "OutboxKeys.breaker": _stays("of channels"),
    # -- people's
    "Keys.nicknames": _cut(_LAST),
    "Keys.visitor": _goes(_LAST),
    "Keys.agents": _stays(_TEAM),
    "Keys.away": _stays(_TEAM),
    "Keys.agent_names": _stays(_TEAM),
    "Keys.mailboxes": _stays(_TEAM),
    "Keys.mailed_link": _stays(_TEAM),
    "Keys.mailed": _stays(_TEAM),
    "Keys.faces": _stays(_TEAM),
    "Keys.face": _stays(_TEAM),
    "Keys.session": _goes("Erasing.sessions"),
    "Keys.sessions_of": _goes(_LAST),
    "Keys.identity_keys": _stays(_SHOP),
    "Keys.subs": _cut(_LAST),
    "Keys.ticket_secret": _stays("of the store"),
    "Keys.erased": _stays("the ledger: digests, so that no backup brings them back"),
    "Keys.erasing": _goes("Erasing.finish, once the store has written its file anew"),
    "Keys.attempt": _goes(_LETTERS),
    "Keys.link": _goes(_LETTERS),
    "Keys.shop": _stays(_SHOP),
    "Keys.widget": _stays(_SHOP),
    "Keys.sites": _stays(_SHOP),
    "Keys.replies": _stays(_TEAM),
    "Keys.setup": _stays(_TEAM),
    "Keys.backups": _stays("of backups: when and where to"),
    "Keys.challenge": _stays("of certificates"),
    "MailKeys.token": _goes(_LETTERS),
    "MailKeys.tokens_of": _goes(_LAST),
    "MailKeys.stop_link": _goes(_LETTERS),
    "MailKeys.stopped": _cut("Mail.forget_address, unless somebody else has the address"),
    "MailKeys.today": _goes("Mail.forget_address"),
}
"""By where keys.py names it."""
