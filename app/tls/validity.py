"""From when to when a certificate is good, read from its file without any library: workers are to know it, too.

X.509 (RFC 5280, 4.1): Certificate is a sequence of which the first is again one: an optional version, serial number,
algorithm, issuer, and then the two times.
"""

import base64
import binascii
import calendar
import re
import time
from collections.abc import Iterator
from typing import NamedTuple

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
# ASN.1's tags: a sequence, what a number in brackets means, and the two ways to write a time.
_VERSION, _UTC_TIME, _TIME = 0xA0, 0x17, 0x18


class Validity(NamedTuple):
    """Unix seconds."""

    begins: float
    ends: float

    @property
    def life(self) -> float:
        """How long it is good, in seconds."""
        return self.ends - self.begins


def validity(pem: bytes) -> Validity:
    """Of the first certificate of a PEM file. Raises ValueError where there is none."""
    found = _PEM.search(pem)
    if not found:
        raise ValueError("there is no certificate in it")
    try:
        der = base64.b64decode(found[1])
        fields = list(_parts(_content(_content(der))))
        if fields[0][0] == _VERSION:
            del fields[0]
        begins, ends = list(_parts(fields[3][1]))[:2]
        return Validity(_seconds(*begins), _seconds(*ends))
    except (IndexError, binascii.Error):
        raise ValueError("it is no certificate") from None


def _content(der: bytes) -> bytes:
    return next(_parts(der))[1]


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """What stands one behind the other: the tag and the content of each."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:  # that many bytes say it
            end = at + (size & 0x7F)
            size, at = int.from_bytes(der[at:end], "big"), end
        yield tag, der[at : at + size]
        at += size


def _seconds(tag: int, text: bytes) -> float:
    """RFC 5280, 4.1.2.5: years below 50 are of this century."""
    if tag not in (_UTC_TIME, _TIME):
        raise ValueError("it has no such times")
    written = text.decode("ascii")
    if tag == _UTC_TIME:
        written = ("20" if int(written[:2]) < 50 else "19") + written
    return calendar.timegm(time.strptime(written, "%Y%m%d%H%M%SZ"))
