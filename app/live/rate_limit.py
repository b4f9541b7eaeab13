"""How fast one may go: a session, over all its connections on this node, or whoever sends requests."""

from collections import OrderedDict

from app.config import Limits

# Frames of any kind a session may send for each message it may: typing and read marks are cheap, a flood is not.
FRAMES_PER_MESSAGE = 10


class TokenBucket:
    """`rate` tokens a second up to `burst`; a rate of 0 is no limit. Times are monotonic seconds."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, max(burst, 1.0)
        self._tokens, self._at = self._burst, now

    def take(self, now: float) -> int:
        """Take a token: 0, or the milliseconds until there is one."""
        if not self._rate:
            return 0
        tokens = self._tokens + (now - self._at) * self._rate
        if tokens > self._burst:
            tokens = self._burst
        self._at = now
        if tokens >= 1:
            self._tokens = tokens - 1
            return 0
        self._tokens = tokens
        return int((1 - tokens) / self._rate * 1000) + 1

    def full(self, now: float) -> bool:
        """Whether nothing of it is spent."""
        return not self._rate or self._tokens + (now - self._at) * self._rate >= self._burst


class TokenBuckets:
    """A token bucket for each key, `per_minute` tokens each, at once or one by one; 0 is no limit."""

    # Keys that are remembered; those not heard of for longest are forgotten first.
    _MOST = 10_000

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: float) -> int:
        """As `TokenBucket.take`, of that key's."""
        bucket = self._buckets.pop(key, None) or TokenBucket(self._per_minute / 60, self._per_minute, now)
        self._buckets[key] = bucket
        if len(self) > self._MOST:
            self._buckets.popitem(last=False)
        return bucket.take(now)


class RateLimit:
    """A token bucket for messages, and one for frames of any kind; unless `limited` neither need be asked."""

    __slots__ = ("frames", "limited", "messages")

    def __init__(self, limits: Limits, now: float) -> None:
        rate, burst = limits.messages_per_second, limits.burst
        self.limited = rate > 0
        self.messages = TokenBucket(rate, burst, now)
        self.frames = TokenBucket(rate * FRAMES_PER_MESSAGE, burst * FRAMES_PER_MESSAGE, now)

    def untouched(self, now: float) -> bool:
        """Whether nothing of it is spent: it might as well be a new one."""
        return self.messages.full(now) and self.frames.full(now)
