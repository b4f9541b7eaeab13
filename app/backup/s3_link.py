"""The way to a server that speaks S3: requests are signed, sent, tried again where that may help, and what it refuses
is one line with what to do about it. Everything blocks."""

import hashlib
import html
import io
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from app import trust
from app.backup.records import BackupError
from app.backup.signature import Asked, Signer, encoded, query_of
from app.config import S3Settings
from app.unpacked import use

# Seconds to connect, and between two pieces of an answer. Putting a large object together may take minutes, in which a
# server sends blanks.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 10.0, 60.0
# Tries of a request that the server failed at, or the way to it, with 1, 2, 4 and 8 seconds in between.
_TRIES = 5
_FAILED = frozenset({429, 500, 502, 503, 504})
# Bytes of an answer that is no object, at most: a list of a thousand names is some 300 KB.
_LONGEST_ANSWER = 4 << 20
_USUAL_REGION = "us-east-1"
# Of an answer without a body, what S3 would have called it.
_CODES = {403: "AccessDenied", 404: "NoSuchKey"}
# What to do, where the server's own words do not say.
_ADVICE = {
    "SignatureDoesNotMatch": "backup.s3.secret_key is not that of backup.s3.access_key",
    "InvalidAccessKeyId": "it does not know backup.s3.access_key",
    "AccessDenied": "its keys must be allowed to list, read, write and delete in the bucket",
    "NoSuchBucket": "make the bucket first",
    "RequestTimeTooSkewed": "this machine's clock is wrong: set it, best by NTP",
    "AuthorizationHeaderMalformed": "see backup.s3.region",
    "PermanentRedirect": "the bucket is elsewhere: see backup.s3.region and backup.s3.endpoint",
}


class S3Error(BackupError):
    """The bucket could not be used. `code`: S3's own word for why, "" where it said none."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Link:
    """To one bucket, in path style (`https://host/bucket/name`), which every server understands.

    `clock` tells the time that requests are signed with; `pause(seconds)` waits before another try.
    """

    def __init__(
        self,
        bucket: str,
        settings: S3Settings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        use("urllib3")
        import urllib3  # that only those load who have a bucket

        region = settings.region or _USUAL_REGION
        self._endpoint = settings.endpoint.rstrip("/") or f"https://s3.{region}.amazonaws.com"
        self._bucket, self._clock, self._pause = bucket, clock, pause
        self._signer = Signer(settings.access_key, settings.secret_key, region)
        place = urlsplit(self._endpoint)
        # As urllib3 names it: without a port that goes without saying.
        self.host = place.netloc.removesuffix(":443" if place.scheme == "https" else ":80")
        timeout = urllib3.Timeout(connect=_CONNECT_TIMEOUT, read=_READ_TIMEOUT)
        self._pool = urllib3.PoolManager(ssl_context=trust.context(), timeout=timeout)
        self._lost = (urllib3.exceptions.HTTPError, OSError)

    def ask(self, method: str, name: str, query: Mapping[str, str] | None = None, body: bytes = b"") -> "Answer":
        """A request about the object `name`, "" for the bucket, and the whole answer. Raises S3Error."""
        reply = self._tried(method, name, query or {}, body)
        return Answer(reply.headers, reply.read_whole)

    def open(self, name: str) -> "Body":
        """An object, to be read from its beginning on. Raises S3Error."""
        return Body(self._tried("GET", name, {}, b"", stream=True), self.host, self._lost)

    def _tried(self, method: str, name: str, query: Mapping[str, str], body: bytes, *, stream: bool = False) -> Any:
        for attempt in range(_TRIES):
            if attempt:
                self._pause(2.0 ** (attempt - 1))
            try:
                reply = self._sent(method, name, query, body)
                read = b"" if stream and reply.status < 300 else reply.read(_LONGEST_ANSWER)
            except self._lost as error:
                trouble = S3Error(f"{self.host} cannot be reached: {_said(error)}")
                continue
            if reply.status < 300:
                reply.read_whole = read
                return reply
            trouble = self._refusal(reply.status, read.decode(errors="replace"), name)
            if reply.status not in _FAILED:
                break
        raise trouble

    def _sent(self, method: str, name: str, query: Mapping[str, str], body: bytes) -> Any:
        path = f"/{self._bucket}/{name}" if name else f"/{self._bucket}"
        asked = Asked(method, self.host, path, query, hashlib.sha256(body).hexdigest())
        headers = self._signer.headers(asked, self._clock())
        address = f"{self._endpoint}{encoded(path)}?{query_of(query)}".removesuffix("?")
        # Neither redirects nor tries of its own: each request is signed anew.
        return self._pool.request(
            method, address, body=body, headers=headers, preload_content=False, redirect=False, retries=False
        )

    def refusal(self, said: str, name: str) -> S3Error | None:
        """What an answer says that began well and then told of a failure; None where it does not."""
        return self._refusal(200, said, name) if "<Error>" in said else None

    def _refusal(self, status: int, said: str, name: str) -> S3Error:
        code = found("Code", said) or _CODES.get(status, "")
        words = found("Message", said) or f"status {status}"
        advice = f" ({_ADVICE[code]})" if code in _ADVICE else ""
        what = f"{self._bucket}/{name}" if name else self._bucket
        return S3Error(f"{self.host} refused {what}: {code or 'it says'}: {words[:200]}{advice}", code)


class Answer:
    """What a server said, whole."""

    def __init__(self, headers: Mapping[str, str], body: bytes) -> None:
        self.headers, self.text = headers, body.decode(errors="replace")


class Body(io.RawIOBase):
    """An object while it comes. Reading raises OSError."""

    def __init__(self, reply: Any, host: str, lost: tuple[type[Exception], ...]) -> None:
        self._reply, self._host, self._lost = reply, host, lost

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end."""
        try:
            data = self._reply.read(len(buffer))
        except self._lost as error:
            raise OSError(f"{self._host} ended too early: {_said(error)}") from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Read no more of it."""
        self._reply.close()
        super().close()


def found(tag: str, text: str) -> str:
    """What stands in the first of these tags; "" without one."""
    match = re.search(rf"<{tag}>([^<]*)</{tag}>", text)
    return html.unescape(match[1]) if match else ""


def _said(error: BaseException) -> str:
    """The innermost reason, without the library's own words around it."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
