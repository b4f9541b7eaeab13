"""By what letters to customers are known: a token for each conversation and address, and which addresses want none.

No address is part of a key.
"""

import re
import secrets
from base64 import b32encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from app.store import scripts
from app.store.hashes import hash_of
from app.store.keys import MailKeys
from app.store.pipeline import Pipeline
from app.store.resp import texts

_TOKEN, _BEGIN, _RELEASE, _COUNT = map(scripts.load, ("mail_token", "mail_begin", "mail_release", "count"))
_DAY = 24 * 3600
# Seconds that a token lives without another letter: for as long its link leads back into the chat. And the link by
# which letters are stopped: longer than anybody keeps a letter to be annoyed by it.
_LIFE, _STOP_LIFE = 90 * _DAY, 400 * _DAY
# Letters to one address within a day: more than one who is answered gets, and no flood to one who was entered in jest.
MOST_A_DAY = 20
# 100 bits in letters that survive any mail program.
_CHARACTERS, _BITS = 20, 100
_SHAPE = re.compile(f"[a-z2-7]{{{_CHARACTERS}}}")


class Whose(NamedTuple):
    """Of a token: the conversation's `uid`, the `address` written to, and as of which message, by `epoch` and seq
    (`since`); 0 where no letter began yet."""

    uid: str
    address: str
    epoch: int
    since: int


class Begun(NamedTuple):
    """A letter: it tells of messages up to the seq `through`; the one before told up to `before`, 0 for none."""

    through: int
    before: int


class Mail:
    """Tokens, and addresses that are not written to."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def token(self, uid: str, address: str) -> str:
        """The token of letters to `address` about the conversation `uid`: the same until it is revoked, or over."""
        new = b32encode((secrets.randbits(_BITS) << 4).to_bytes(13)).decode().lower()[:_CHARACTERS]
        stop = MailKeys.stop_link(stop_code(new))
        args = (uid, address, digest(address), new, MailKeys.token(""), _LIFE, stop, _STOP_LIFE)
        found: bytes = await self._pipeline.eval(_TOKEN, (MailKeys.tokens_of(uid),), args)
        return found.decode()

    async def whose(self, token: str) -> Whose | None:
        """Whom a token lets in; None where it is none, revoked or over."""
        if not _SHAPE.fullmatch(token):  # nothing else a person typed may become part of a key
            return None
        uid, address, epoch, since = await self._pipeline.call(
            "HMGET", MailKeys.token(token), "uid", "address", "epoch", "since"
        )
        return Whose(uid.decode(), address.decode(), int(epoch or 0), int(since or 0)) if uid else None

    async def revoke(self, token: str) -> None:
        """The token lets nobody in any more; the next letter has another. By its link letters can still be stopped."""
        await self._pipeline.call("DEL", MailKeys.token(token))

    async def forget(self, uid: str) -> None:
        """Nothing is known any more of letters about the conversation `uid`, nor to which addresses they went; of an
        address it stays that it wants none."""
        tokens = texts(await self._pipeline.call("HVALS", MailKeys.tokens_of(uid)))
        links = (MailKeys.stop_link(stop_code(token)) for token in tokens)
        await self._pipeline.call("DEL", MailKeys.tokens_of(uid), *map(MailKeys.token, tokens), *links)

    async def sent_to(self, uid: str) -> set[str]:
        """To which addresses letters about the conversation `uid` went, as far as is known."""
        tokens = texts(await self._pipeline.call("HVALS", MailKeys.tokens_of(uid)))
        found = [await self._pipeline.call("HGET", MailKeys.token(token), "address") for token in tokens]
        return set(texts(found)) - {""}

    async def begin(self, token: str, uid: str, *, fence: int, epoch: int, seqs: Sequence[int]) -> Begun | None:
        """What the next letter tells of, where the messages with these `seqs` wait, ascending; None where it is
        revoked. `fence`: of the lane, as whoever sends the letter has it."""
        keys = MailKeys.token(token), MailKeys.tokens_of(uid), MailKeys.stop_link(stop_code(token))
        through, *before = await self._pipeline.eval(_BEGIN, keys, (epoch, _LIFE, _STOP_LIFE, fence, *seqs))
        return Begun(int(through), int(before[0])) if through else None

    async def release(self, token: str, *, fence: int, epoch: int, through: int) -> None:
        """That letter was certainly not sent. One that was tried before, and may have been then, stays what it is."""
        await self._pipeline.eval(_RELEASE, (MailKeys.token(token),), (epoch, through, fence))

    # -- who wants none, or had enough ------------------------------------------------------------------------------

    async def of_link(self, code: str) -> tuple[str, str] | None:
        """The conversation (uid) and the address that a link to stop letters is of; None where it is none, or over."""
        if not _SHAPE.fullmatch(code):
            return None
        found = await self._pipeline.call("GET", MailKeys.stop_link(code))
        uid, _, address = found.decode().partition(" ") if found else ("", "", "")
        return (uid, address) if uid else None

    async def stop(self, address: str) -> None:
        """No letter goes to that address any more, of whichever conversation."""
        await self._pipeline.call("SADD", MailKeys.stopped(), digest(address))

    async def forget_address(self, address: str, *, stays_stopped: bool) -> None:
        """Nothing is known any more of letters to that address; unless `stays_stopped`, nor that it wants none."""
        await self._pipeline.call("DEL", MailKeys.today(digest(address)))
        if not stays_stopped:
            await self._pipeline.call("SREM", MailKeys.stopped(), digest(address))

    async def stopped(self, addresses: Iterable[str]) -> set[str]:
        """Those of the addresses that no letter goes to."""
        asked = list(addresses)
        if not asked:
            return set()
        found = await self._pipeline.call("SMISMEMBER", MailKeys.stopped(), *map(digest, asked))
        return {address for address, stopped in zip(asked, found, strict=True) if stopped}

    async def count(self, address: str) -> None:
        """One more letter went to that address."""
        await self._pipeline.eval(_COUNT, (MailKeys.today(digest(address)),), (_DAY * 1000,))

    async def full_for(self, address: str) -> int:
        """Milliseconds until another letter may go there; 0 for now."""
        key = MailKeys.today(digest(address))
        sent = int(await self._pipeline.call("GET", key) or 0)
        return max(1, await self._pipeline.call("PTTL", key)) if sent >= MOST_A_DAY else 0


def stop_code(token: str) -> str:
    """What the link has by which letters are stopped: whoever sees it on its way can do that with it, and no more."""
    return _derived("stop", token)


def thread_code(token: str) -> str:
    """What the letters of a thread are named by: mail servers log that, so it lets nobody in."""
    return _derived("thread", token)


def _derived(purpose: str, token: str) -> str:
    derived = sha256(f"{purpose} {token}".encode()).digest()
    return b32encode(derived).decode().lower()[:_CHARACTERS]


def digest(address: str) -> str:
    """By what an address is known here: the same for whatever case it was typed in."""
    return hash_of(address.strip().casefold())
