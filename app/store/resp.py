"""How commands are written for the store, and what it tells in flat lists: RESP, its protocol."""

import hiredis

Argument = str | int | float | bytes | memoryview


def pack(command: tuple[Argument, ...]) -> bytes:
    """A command as it goes to the store."""
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows tuples of one
    return packed


def bulk(*words: Argument) -> bytes:
    """The words of a command, or some of them, as the store reads them; in front of all goes `*<how many>`."""
    packed = pack(words)
    return packed[packed.index(b"\n") + 1 :]


def pairs(reply: list[bytes]) -> dict[str, str]:
    """A hash of the store, from the flat list it is told in."""
    texts = [item.decode() for item in reply]
    return dict(zip(texts[::2], texts[1::2], strict=True))
