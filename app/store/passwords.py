"""Passwords: kept as hashes only, which take long to make and to compare, on threads of their own.

The library that makes them is loaded with the first of them: most workers never see one.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from app.chat.errors import Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

# Hashings at once: bounds memory under a storm of guesses. Threads of their own, so that nothing else waits for them.
_HASHING = ThreadPoolExecutor(2, "hashing")
# Characters of a password.
SHORTEST_PASSWORD = 10


async def hashed(password: str) -> str:
    """What is kept of a password. Raises Refusal weak_password."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("weak_password")
    return await _threaded(_hash, password)


async def verify(kept: str, password: str) -> bool:
    """Whether `kept` was made of that password. Takes as long where nothing is kept (""), and is False."""
    return await _threaded(_fits, kept or await _threaded(_nobody), password) and bool(kept)


@cache
def _hasher() -> "PasswordHasher":
    """OWASP's first choice for Argon2id: 19 MiB, two passes, one lane."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _hash(password: str) -> str:
    return _hasher().hash(password)


def _fits(kept: str, password: str) -> bool:
    hasher = _hasher()
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """What is compared where there is no such agent: the clock must not tell a name from a wrong password."""
    return _hash(secrets.token_hex(16))


async def _threaded(work: Callable[..., T], *args: str) -> T:
    """What `work` gives, once there is a thread for it."""
    return await asyncio.get_running_loop().run_in_executor(_HASHING, work, *args)
