"""Where a mail server is: its name looked up, and one of its addresses connected to."""

import asyncio
import errno
import socket

from app import outbound
from app.trial.finding import Asked, Failed

# Seconds for an answer of the DNS, and for one of the server.
PATIENCE = 10.0
# Addresses that are tried, in the order in which the system offers them, and seconds for each.
_MOST, _REACHED = 3, 4.0


async def addresses(asked: Asked) -> list[str]:
    """Of the server, each one judged: a name may have one that we may go to, and another. Raises Failed."""
    look = asyncio.to_thread(socket.getaddrinfo, asked.server.host, asked.server.port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.wait_for(look, PATIENCE)
    except TimeoutError:
        raise Failed("resolve", "silent") from None
    except socket.gaierror as error:
        outcome = "silent" if error.errno == socket.EAI_AGAIN else "unknown"
        raise Failed("resolve", outcome) from None
    except UnicodeError:  # a label that is too long, or none
        raise Failed("resolve", "unknown") from None
    known = list(dict.fromkeys(str(place[0]) for *_, place in found))
    if not asked.anywhere and not all(outbound.may_connect(address, private=asked.private) for address in known):
        raise Failed("resolve", "forbidden", ", ".join(known))
    return known[:_MOST]


async def connected(addresses: list[str], port: int) -> socket.socket:
    """A socket to the first of them that takes it: to no other than those that were judged. Raises Failed."""
    failed = Failed("connect", "unreachable")
    for address in addresses:
        link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        link.setblocking(False)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(link, (address, port)), _REACHED)
        except TimeoutError:
            failed = Failed("connect", "silent")
        except OSError as error:
            failed = Failed("connect", "refused" if error.errno == errno.ECONNREFUSED else "unreachable")
        else:
            return link
        link.close()
    raise failed
