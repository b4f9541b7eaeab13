"""What may go wrong with the store. Whoever talks to a client turns it into a refusal, each way out in one place."""

from app.chat.errors import Refusal


class StoreError(Exception):
    """The store answered with an error that neither we nor waiting can mend: its set-up is wrong, or we are."""

    code = "internal"
    """What a client is told: a code of chat/errors.py."""

    def refusal(self) -> Refusal:
        """This error as a client may be told it."""
        return Refusal(self.code)


class NotNow(StoreError):
    """What was asked is worth asking again later; whether it was done is not known."""


class StoreAway(NotNow):
    """The store cannot be reached, gives no answer, or says that it is not ready."""

    code = "store_unavailable"


class StoreFull(NotNow):
    """The store has no room. Nothing was done."""

    code = "store_full"
