"""The postings of one bucket: in which messages of a period it stands, ascending numbers of 4 bytes in the store."""

from array import array
from bisect import bisect_left

from app.store.pipeline import Pipeline

# Bytes of a list that are read at once: 16,384 messages.
WINDOW_BYTES = 64 * 1024
# Above every number of a message.
TOP_NUMBER = 2**32

_WIDTH = 4


def length(size: int) -> int:
    """How many messages a list of `size` bytes holds."""
    return size // _WIDTH


class Postings:
    """One bucket's list of numbers, of which a window is read at a time, from its end on."""

    def __init__(self, pipeline: Pipeline, key: str, length: int) -> None:
        self._pipeline, self._key = pipeline, key
        self._low, self._high = 0, length  # where the next bound is: bounds only go down

    async def below(self, bound: int) -> "tuple[array[int], int]":
        """The last numbers below `bound`, and from where on they are all there are: 0 if from the beginning on.

        No later bound may be below what was returned.
        """
        end = await self._first(bound)
        start = max(0, end - WINDOW_BYTES // _WIDTH)
        numbers = await self._numbers(start, end)
        self._low, self._high = start, end
        return numbers, numbers[0] if start else 0

    async def _first(self, bound: int) -> int:
        """The place of the first number that is not below `bound`."""
        low, high = self._low, self._high
        if bound >= TOP_NUMBER:
            return high
        while high - low > WINDOW_BYTES // _WIDTH:
            middle = (low + high) // 2
            if (await self._numbers(middle, middle + 1))[0] < bound:
                low = middle + 1
            else:
                high = middle
        return low + bisect_left(await self._numbers(low, high), bound)

    async def _numbers(self, start: int, end: int) -> "array[int]":
        if start >= end:
            return array("I")
        numbers = array("I", await self._pipeline.call("GETRANGE", self._key, start * _WIDTH, end * _WIDTH - 1))
        numbers.byteswap()
        return numbers
