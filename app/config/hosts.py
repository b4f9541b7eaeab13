"""The names and addresses of machines, as settings have them."""

import ipaddress
import re
from urllib.parse import urlsplit

# A name as DNS has it, in ASCII: what an authority vouches for.
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def may_be_host(text: str) -> bool:
    """Whether it may be a name, an address, an IPv6 one in brackets, or nothing, which is every address."""
    if not text.startswith("["):
        return not re.search(r"[\s\[\]/:@*]", text)
    try:
        ipaddress.IPv6Address(text[1:].removesuffix("]"))
    except ValueError:
        return False
    return text.endswith("]")


def may_be_address(text: str, *schemes: str, deep: bool = False) -> bool:
    """Whether it may be an address of one of these schemes, in letters of ASCII and without a log-in, as browsers name
    where a page is from; only of a `deep` one with anything behind its host and port."""
    try:
        found = urlsplit(text)
        port = found.port
    except ValueError:
        return False
    host = f"[{found.hostname}]" if "[" in found.netloc else found.hostname or "/"
    whole = deep or text == f"{found.scheme}://{found.netloc}"
    plain = text.isascii() and "@" not in found.netloc
    return whole and plain and found.scheme in schemes and may_be_host(host) and port != 0


def name_of(host: str) -> str:
    """The name in an entry of `hosts:`, where people write it with its port or scheme too; "" for what is none."""
    try:
        name = (urlsplit(f"//{host.rpartition('//')[2]}").hostname or "").rstrip(".")
        ipaddress.ip_address(name)
    except ValueError:
        return name if _NAME.fullmatch(name) else ""
    return ""
