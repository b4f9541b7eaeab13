"""When somebody counts as gone, and what they held as free: every timing of presence and claims, in one table.

They hang together (tests/live/test_timings.py), so that they are changed together or not at all. A page that is closed
is offline within 5 s: `grace`, or a `tick` and `answer`, and a `tick` more. Who falls silent is so within 25 s: `cut`,
a `tick`, and the same. Who was on a node that died, too: two `beat`s of those who watch it, and `dead` between them.
"""

import logging
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from app.config import ConfigError

log = logging.getLogger("chatadmin.live")

SCALE = "CHATADMIN_TIMINGS_SCALE"


@dataclass(frozen=True, slots=True)
class Timings:
    """The timings of one node, in seconds; as they stand here they are the contract's."""

    tick: float = 1.0  # between two looks at sockets, departures, absent holders: what is due is late by that at most
    ask: float = 10.0  # of silence after which a socket is asked for a sign of life
    cut: float = 20.0  # of silence after which it is cut: twice `ask`, so that it had time to answer
    beat: float = 4.0  # between two heartbeats of a node
    dead: float = 12.0  # without a heartbeat until a node counts as dead: three missed
    grace: float = 2.5  # a departure waits: a reload takes less
    answer: float = 2.0  # other nodes get at least to say that they have somebody: a round trip on a busy machine
    absent: float = 60.0  # a holder may be without a connection before what they held goes back to waiting
    ask_again: float = 4.0  # until the store is asked again whether another node's plain connection still is the claim
    again: float = 2.0  # until a store that is there and refuses is asked again to store who came and went
    probe: float = 60.0  # between two tries at a server at which everything fails (courier/breaker.py)

    def scaled(self, factor: float) -> "Timings":
        """All of them by one factor: what is true of two of them stays true."""
        return Timings(*(seconds * factor for seconds in astuple(self)))


def in_force(environment: Mapping[str, str]) -> Timings:
    """The contract's timings, or what a test makes of them.

    CHATADMIN_TIMINGS_SCALE is for tests alone and no setting: a factor above 0, at most 1, so that a test need not wait
    a minute for what a minute decides. Raises ConfigError for any other.
    """
    text = environment.get(SCALE, "")
    if not text:
        return Timings()
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= 1:
        raise ConfigError(f"{SCALE}: a number above 0 and at most 1 is wanted")
    log.warning("the timings of presence and claims are %s times what they should be: this is for tests", text)
    return Timings().scaled(factor)
