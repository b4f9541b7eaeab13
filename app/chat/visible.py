"""Who may see what of a conversation. Decided here alone."""

from app.chat.conversation import Entry, Reader, Side, Status

# Events that are the shop's own business: a visitor is told their `seq` and nothing more.
PRIVATE_KINDS = frozenset(
    {"transferred", "note", "tagged", "snoozed", "woke", "blocked", "unblocked"}
    | {"form", "identified", "linked", "rated"}
    | {"mail.sent", "mail.delayed", "mail.failed"}
)


def hidden_from(reader: Reader, entry: Entry) -> bool:
    """Whether they may not see an entry."""
    return reader.side == "visitor" and (entry.kind in PRIVATE_KINDS or 0 < entry.seq < reader.since)


def status_for(side: Side, status: Status) -> Status:
    """How a conversation stands for a party on `side`: to a visitor who was set aside it is one that nobody holds."""
    return "waiting" if side == "visitor" and status in ("snoozed", "blocked") else status
