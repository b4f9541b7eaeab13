"""One call of a script for all that a loop turn asks of it, instead of a call for each."""

from collections.abc import Sequence
from itertools import repeat

from app.store.command import Command, Done
from app.store.errors import meaning
from app.store.pipeline import Pipeline
from app.store.resp import Reply, ReplyError, bulk
from app.store.scripts import Script

# Bytes of a call above which it leaves, and another begins: some sixteen usual messages. More would hardly cost less
# for each; the store has something to do while the turn goes on; and an item of the feed is never large.
BATCH_BYTES = 8 * 1024


class Batches:
    """The calls of a script that takes several at a time and replies with a list of as many answers.

    Its keys are those `shared`, then `keys` for each; its arguments `words` for each.
    """

    def __init__(self, pipeline: Pipeline, script: Script, shared: Sequence[str], *, keys: int, words: int) -> None:
        self.pipeline, self.script = pipeline, script
        self._keys, self._words, self._common = keys, words, len(shared)
        self._name, self._shared = bulk("EVALSHA", script.sha), bulk(*shared)

    def add(self, keys: bytes, args: bytes, done: Done) -> None:
        """Ask for one more, its keys and arguments packed (see `bulk`); as `Pipeline.ask`.

        It joins the batch that was given last, so it overtakes no other command.
        """
        batch = self.pipeline.newest
        if not isinstance(batch, _Batch) or batch.of is not self:
            batch = _Batch(self)
            self.pipeline.put(batch)
        batch.add(keys, args, done)
        if batch.size > BATCH_BYTES:
            self.pipeline.flush()

    def pack(self, keys: list[bytes], args: list[bytes]) -> bytes:
        """The command for all of these."""
        count = self._common + len(keys) * self._keys
        head = b"*%d\r\n%b%b%b" % (3 + count + len(args) * self._words, self._name, bulk(count), self._shared)
        return b"".join([head, *keys, *args])


class _Batch(Command):
    """A call that is being gathered, or is on its way."""

    __slots__ = ("_args", "_dones", "_keys", "of", "size")

    def __init__(self, of: Batches) -> None:
        super().__init__(b"", self._share, of.pipeline.deadline(), of.script)
        self.of, self.size = of, 0
        self._keys: list[bytes] = []
        self._args: list[bytes] = []
        self._dones: list[Done] = []

    def add(self, keys: bytes, args: bytes, done: Done) -> None:
        self._keys.append(keys)
        self._args.append(args)
        self._dones.append(done)
        self.size += len(args)

    def pack(self) -> bytes:
        return self.of.pack(self._keys, self._args)

    def _share(self, reply: Reply) -> None:
        """To each its answer; what went wrong with the call went wrong for all."""
        for done, answer in zip(self._dones, reply if isinstance(reply, list) else repeat(reply)):  # noqa: B905
            done(meaning(answer) if isinstance(answer, ReplyError) else answer)
