"""What is said first on a new connection, and whether whoever answers may be used."""

from app.store import scripts
from app.store.address import Address
from app.store.errors import word
from app.store.resp import Argument, Reply, ReplyError

Words = tuple[Argument, ...]


def handshake(address: Address, key: str) -> list[Words]:
    """The commands that stand before all others on a new connection for keys such as `key`, which need not be there.
    Each must be answered without error."""
    commands: list[Words] = []
    if address.password:
        commands.append(("AUTH", *([address.username] if address.username else []), address.password))
    if address.database:
        commands.append(("SELECT", address.database))
    # Refused while the store loads its data set, and in a cluster where another server has that slot.
    commands.append(("EXISTS", key))
    # A replica would answer reads with what may be rolled back, and refuse writes.
    commands.append(("ROLE",))
    return [*commands, *loads()]


def loads() -> list[Words]:
    """The commands that give the store all our scripts."""
    return [("SCRIPT", "LOAD", scripts.load(name).source) for name in scripts.names()]


def unfit(reply: Reply) -> str:
    """Why a server that answers the handshake so must not be used; empty where it may."""
    if isinstance(reply, ReplyError):
        return "" if word(reply) == "NOPERM" and "'role'" in str(reply).lower() else str(reply)
    if isinstance(reply, list) and reply and reply[0] == b"slave":
        return "it is a replica, which takes no messages"
    return ""
