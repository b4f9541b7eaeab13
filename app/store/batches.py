"""One call of a script for all that a loop turn asks of it, or several turns while the store is at work, instead of a
call for each."""

from collections.abc import Sequence
from itertools import repeat
from typing import ClassVar

from app.store.command import Command
from app.store.errors import meaning
from app.store.pipeline import Pipeline
from app.store.resp import Reply, ReplyError, bulk
from app.store.scripts import Script

# Bytes of a call above which it leaves, and another begins: some sixteen usual messages. More would hardly cost less
# for each; the store has something to do while the turn goes on; and an item of the feed is never large.
BATCH_BYTES = 8 * 1024


class Asked:
    """One of those that are asked for together: its keys and its arguments, each packed (see `bulk`)."""

    __slots__ = ("args", "keys")

    def __init__(self, keys: bytes, args: bytes) -> None:
        self.keys, self.args = keys, args

    def answered(self, reply: Reply) -> None:
        """Called once each time it is asked for, with the reply or a StoreError."""
        raise NotImplementedError


class Batches:
    """The calls of a script that takes several at a time and replies with a list of as many answers.

    Its keys are those `shared`, then `keys` for each; its arguments `words` for each.
    """

    def __init__(self, pipeline: Pipeline, script: Script, shared: Sequence[str], *, keys: int, words: int) -> None:
        self.pipeline, self.script = pipeline, script
        self._keys, self._words, self._common = keys, words, len(shared)
        self._name, self._shared = bulk("EVALSHA", script.sha), bulk(*shared)

    def add(self, one: Asked) -> None:
        """Ask for one more; as `Pipeline.ask`.

        It joins the batch that was given last, so it overtakes no other command.
        """
        batch = self.pipeline.newest
        if not isinstance(batch, _Batch) or batch.of is not self:
            batch = _Batch(self)
            self.pipeline.put(batch)
        batch.asked.append(one)
        batch.size += len(one.args)
        if batch.size > BATCH_BYTES:
            self.pipeline.flush()

    def pack(self, asked: list[Asked]) -> bytes:
        """The command for all of these."""
        count = self._common + len(asked) * self._keys
        head = b"*%d\r\n%b%b%b" % (3 + count + len(asked) * self._words, self._name, bulk(count), self._shared)
        return b"".join([head, *[one.keys for one in asked], *[one.args for one in asked]])


class _Batch(Command):
    """A call that is being gathered, or is on its way."""

    __slots__ = ("asked", "of", "size")
    gathers: ClassVar[bool] = True

    def __init__(self, of: Batches) -> None:
        super().__init__(b"", self._share, of.pipeline.deadline(), of.script)
        self.of, self.size = of, 0
        self.asked: list[Asked] = []

    def pack(self) -> bytes:
        return self.of.pack(self.asked)

    def _share(self, reply: Reply) -> None:
        """To each its answer; what went wrong with the call went wrong for all."""
        for one, answer in zip(self.asked, reply if isinstance(reply, list) else repeat(reply)):  # noqa: B905
            one.answered(meaning(answer) if isinstance(answer, ReplyError) else answer)
