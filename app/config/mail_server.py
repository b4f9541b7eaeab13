"""The shop's mail server, as the address in `mail.smtp` names it."""

import ipaddress
import re
from urllib.parse import unquote

import msgspec

# The usual ports of RFC 6409 and RFC 8314.
_PORTS = {"smtp": 587, "smtps": 465}
_PLACE = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\],]+)(?::(\d{1,5}))?/?")


class MailServer(msgspec.Struct, frozen=True):
    """Where mail is handed in. `tls`: encrypted from the first byte, else by STARTTLS. No `user`: without a log-in."""

    host: str
    port: int
    user: str
    password: str
    tls: bool

    @property
    def loopback(self) -> bool:
        """Whether it is named as this machine's own: there alone what is said may go unencrypted."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse(address: str) -> MailServer:
    """`smtp://user:password@host:587`, or `smtps://`; both parts of the log-in may be percent-encoded, and have to be
    where a % or the user's colon stands. Raises ValueError, without a word of the address."""
    scheme, _, rest = address.partition("://")
    login, _, place = rest.rpartition("@")
    user, _, password = (unquote(part, errors="strict") for part in login.partition(":"))
    found = _PLACE.fullmatch(place)
    port = int((found and found[2]) or _PORTS.get(scheme, 0))
    if not found or not 0 < port < 65536 or scheme not in _PORTS:
        raise ValueError("no address of a mail server")
    if bool(user) != bool(password) or not (user + password).isprintable():
        raise ValueError("half a log-in")
    return MailServer(found[1].strip("[]"), port, user, password, scheme == "smtps")
