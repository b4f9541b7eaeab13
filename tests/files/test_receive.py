"""Whom nobody waits for: who sends nothing, and who sends too little. Our own disk may take its time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.chat.errors import Refusal
from app.files import receive as receiving
from app.files.receive import receive


async def pieces(*them: bytes, every: float = 0.0, end: bool = True) -> AsyncIterator[bytes]:
    for piece in them:
        await asyncio.sleep(every)
        yield piece
    if not end:
        await asyncio.Event().wait()


async def kept(coming: AsyncIterator[bytes], takes: float = 0.0) -> bytes:
    return b"".join(await writes(coming, takes))


async def writes(coming: AsyncIterator[bytes], takes: float = 0.0) -> list[bytes]:
    written: list[bytes] = []

    async def write(piece: bytes) -> None:
        await asyncio.sleep(takes)
        written.append(piece)

    size = await receive(coming, write)
    assert size == sum(map(len, written))
    return written


async def test_silence_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SILENT_TIMEOUT", 0.05)
    with pytest.raises(Refusal, match="too_slow"):
        await kept(pieces(b"a" * 1_000_000, end=False))


async def test_a_trickle_ends_it_whatever_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MEAN_SECONDS", 0.1)
    with pytest.raises(Refusal, match="too_slow"):
        await kept(pieces(b"a" * 100_000, *[b"a"] * 10_000, every=0.01))


async def test_who_is_slow_and_not_too_slow_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MEAN_SECONDS", 0.1)
    assert len(await kept(pieces(*[b"a" * 100_000] * 40, every=0.01))) == 4_000_000


async def test_the_time_our_disk_takes_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MEAN_SECONDS", 0.1)
    monkeypatch.setattr(receiving, "SILENT_TIMEOUT", 0.2)
    large = [letter * 100_000 for letter in (b"a", b"b", b"c")]  # each written as it comes
    assert await kept(pieces(*large), takes=0.3) == b"".join(large)


async def test_small_pieces_are_written_together() -> None:
    sent = [bytes([n % 251]) * 1000 for n in range(200)]
    written = await writes(pieces(*sent))
    assert b"".join(written) == b"".join(sent)
    assert len(written) == 4, "three times what is written at once, and the rest"
