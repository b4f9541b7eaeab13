"""Requests to S3, signed by its rules (AWS Signature Version 4): who asks, for what, and what is sent. None of that can
be changed on the way, or sent again after a quarter of an hour."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

_ALGORITHM, _END = "AWS4-HMAC-SHA256", "aws4_request"
# All that stands for itself; everything else is encoded, once.
_PLAIN = "-._~"


class Asked(NamedTuple):
    """A request, before it is signed: `path` and `query` not encoded yet; `digest`: SHA-256 of its body, in hex."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    digest: str


class Signer(NamedTuple):
    """Who signs, and for which region. `service` is another one in the examples of the rules alone."""

    access_key: str
    secret_key: str
    region: str
    service: str = "s3"

    def headers(self, asked: Asked, at: datetime) -> dict[str, str]:
        """The headers of a request, by their names in small letters. `at`: now, in UTC."""
        stamp = f"{at:%Y%m%dT%H%M%SZ}"
        headers = {"host": asked.host, "x-amz-content-sha256": asked.digest, "x-amz-date": stamp}
        credential = f"{self.access_key}/{self._scope(stamp)}"
        names = ";".join(sorted(headers))
        signature = self.signature(asked, headers, stamp)
        headers["authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
        return headers

    def signature(self, asked: Asked, headers: Mapping[str, str], stamp: str) -> str:
        """What is signed: the request with all of these headers, at that moment."""
        names = sorted(headers)
        lines = "".join(f"{name}:{headers[name]}\n" for name in names)
        request = [asked.method, encoded(asked.path), query_of(asked.query), lines, ";".join(names), asked.digest]
        digest = hashlib.sha256("\n".join(request).encode()).hexdigest()
        text = "\n".join([_ALGORITHM, stamp, self._scope(stamp), digest])
        return hmac.new(self._key(stamp[:8]), text.encode(), "sha256").hexdigest()

    def _scope(self, stamp: str) -> str:
        return f"{stamp[:8]}/{self.region}/{self.service}/{_END}"

    def _key(self, day: str) -> bytes:
        """The one of a day, a region and a service: no signature is made by the secret itself."""
        key = f"AWS4{self.secret_key}".encode()
        for part in (day, self.region, self.service, _END):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return key


def encoded(path: str) -> str:
    """A path as it is signed and sent."""
    return quote(path, safe=_PLAIN + "/")


def query_of(query: Mapping[str, str]) -> str:
    """What stands behind the question mark, as it is signed and sent: in order, and each with a value."""
    pairs = sorted((quote(name, safe=_PLAIN), quote(value, safe=_PLAIN)) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)
