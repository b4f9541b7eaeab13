"""What may go wrong with the store. Whoever talks to a client turns it into a refusal, each way out in one place."""

from app.chat.errors import Refusal


class StoreError(Exception):
    """The store answered with an error that neither we nor waiting can mend: its set-up is wrong, or we are."""

    code = "internal"
    """What a client is told: a code of chat/errors.py."""

    def refusal(self) -> Refusal:
        """This error as a client may be told it."""
        return Refusal(self.code)


class StoreUnfit(StoreError):
    """A store that answers, and must not be used as it is set up, or by this version: one line for the operator."""


class EmbeddedError(Exception):
    """The embedded store cannot run. The message is one line that says what is wrong and what to do."""


class NotNow(StoreError):
    """What was asked is worth asking again later; whether it was done is not known."""


class StoreAway(NotNow):
    """The store cannot be reached, gives no answer, or says that it is not ready."""

    code = "store_unavailable"


class RestoreIncomplete(NotNow):
    """The store is not whole: restoring a backup into it has not ended, or broke off. One line for the operator."""

    code = "restore_incomplete"


class StoreFull(NotNow):
    """The store has no room. Nothing was done."""

    code = "store_full"


class Erased(StoreError):
    """It is of somebody who was erased, of whom nothing is kept any more. Nothing was done."""

    code = "erased"


# Replies that say "not here, or not yet": a failover, a slot on its way, a server that is loading. Nothing was done,
# so the command is given again, to whoever serves its key then.
ELSEWHERE_CODES = frozenset(
    ("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "LOADING", "UNBLOCKED", "BUSY")
)
# Replies that say "not now" rather than "no", for as long as an operator leaves it so.
_AWAY_CODES = ("NOREPLICAS", "MISCONF", "NOAUTH", *ELSEWHERE_CODES)


def word(reply: Exception) -> str:
    """The first word of an error reply: its code."""
    return str(reply).partition(" ")[0]


def meaning(reply: Exception) -> StoreError:
    """What an error reply means to whoever asked."""
    code = word(reply)
    kinds: dict[str, type[StoreError]] = {"OOM": StoreFull, "ERASED": Erased}
    kind = kinds.get(code, StoreAway if code in _AWAY_CODES else StoreError)
    return kind(str(reply))
