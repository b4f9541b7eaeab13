"""When a certificate is to be fetched: plain reckoning in unix seconds, without a clock."""

from collections.abc import Sequence

import msgspec

from app.tls.folder import Try
from app.tls.validity import Validity

# Where the authority does not say when (RFC 9773), at this part of a certificate's life; and at this one the operator
# is told that it could not be renewed so far.
RENEWED_AT, ALARMED_AT = 2 / 3, 3 / 4
# Seconds to the next try after a first failure, a second, and so on. Let's Encrypt takes five that fail in an hour, of
# one name; whoever has just opened a port or moved a name is not to wait for longer than that, either.
_PAUSES: Sequence[float] = (300, 900, 1800, 3600, 3 * 3600, 6 * 3600)
# Seconds from a failure to the next try if the server is started anew: it may be started again and again.
_AFTER_START = 60.0
# Of a certificate's life, the longest pause: one of a few days, or of a minute in tests, has no six hours.
_LONGEST_PART = 1 / 24


def renewal(of: Validity, said: float | None) -> float:
    """When one is to be renewed. `said`: when the authority says, None where it does not."""
    usual = of.begins + of.life * RENEWED_AT
    return usual if said is None else min(said, of.ends - of.life * (1 - ALARMED_AT))


def failed(before: Try, now: float, reason: str, wait: float, of: Validity | None) -> Try:
    """After a failure: `wait` seconds at least, where the authority said so, `of` the certificate there is."""
    pause = _PAUSES[min(before.failures, len(_PAUSES) - 1)]
    if of:
        pause = min(pause, max(of.life * _LONGEST_PART, 1.0))
    return Try(now, now + max(pause, wait), now + wait, before.failures + 1, reason)


def restarted(before: Try) -> Try:
    """After a start: somebody may have put right what was wrong, and does not want to wait for long."""
    next_at = max(before.allowed_at, min(before.next_at, before.at + _AFTER_START))
    return msgspec.structs.replace(before, next_at=next_at)


def alarming(of: Validity | None, now: float) -> bool:
    """Whether so little of it is left that the operator has to know."""
    return of is None or now > of.begins + of.life * ALARMED_AT
