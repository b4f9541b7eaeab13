"""Passwords: kept as hashes only, which take long to make and to compare, on threads of their own."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.chat.errors import Refusal

T = TypeVar("T")

# OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Hashings at once: bounds memory under a storm of guesses. Threads of their own, so that nothing else waits for them.
_HASHING = ThreadPoolExecutor(2, "hashing")
# Characters of a password.
SHORTEST_PASSWORD = 10


async def hashed(password: str) -> str:
    """What is kept of a password. Raises Refusal weak_password."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("weak_password")
    return await _threaded(_HASHER.hash, password)


async def verify(kept: str, password: str) -> bool:
    """Whether `kept` was made of that password. Takes as long where nothing is kept (""), and is False."""
    try:
        await _threaded(_HASHER.verify, kept or await _threaded(_nobody), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


@cache
def _nobody() -> str:
    """What is compared where there is no such agent: the clock must not tell a name from a wrong password."""
    return _HASHER.hash(secrets.token_hex(16))


async def _threaded(work: Callable[..., T], *args: str) -> T:
    """What `work` gives, once there is a thread for it."""
    return await asyncio.get_running_loop().run_in_executor(_HASHING, work, *args)
