"""The names and addresses of machines, as settings have them."""

import ipaddress
import re


def may_be_host(text: str) -> bool:
    """Whether it may be a name, an address, an IPv6 one in brackets, or nothing, which is every address."""
    if not text.startswith("["):
        return not re.search(r"[\s\[\]/:@*]", text)
    try:
        ipaddress.IPv6Address(text[1:].removesuffix("]"))
    except ValueError:
        return False
    return text.endswith("]")
