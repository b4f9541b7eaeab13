"""The address of a page on the shop's own site, as far as anybody needs to know it."""

import re
from urllib.parse import urlsplit

# Characters that are kept: enough for a product's page.
LONGEST = 300
# Characters that are looked at: what is longer is no address that anybody would open.
_LONGEST_TOLD = 2000
_HOST = re.compile(r"[^\s\\@/?#]+")


def shown(address: str) -> str:
    """The address without its fragment, and of its query only what tells a campaign (`utm_...`): the rest may hold an
    order, a search, a name. "" for what is none of a page, http or https."""
    if len(address) > _LONGEST_TOLD or not address.isprintable():
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or "\\" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    query = "&".join(pair for pair in parts.query.split("&") if pair.startswith("utm_"))
    return f"{parts.scheme}://{host}{parts.path}{'?' if query else ''}{query}"[:LONGEST]
