"""Tokens as a shop's own server signs them, and as nobody should: by hand, since a library would refuse to."""

import base64
import hmac
import json
import time
from typing import Any


def encoded(part: bytes) -> str:
    """base64url, without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def claims(sub: object = "customer", *, life: float = 300, **more: Any) -> dict[str, Any]:
    """What a token says that is good for so many seconds."""
    return {"sub": sub, "exp": int(time.time() + life), **more}


def signed(
    secret: str,
    said: dict[str, Any] | bytes,
    *,
    kid: object = None,
    head: dict[str, Any] | bytes | None = None,
    digest: str = "sha256",
) -> str:
    """A token with these claims, or these bytes for them, and this `head` where it is no ordinary one."""
    head = head if head is not None else {"alg": "HS256", "typ": "JWT", **({"kid": kid} if kid is not None else {})}
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, said)]
    text = ".".join(map(encoded, parts))
    return f"{text}.{encoded(hmac.new(secret.encode(), text.encode(), digest).digest())}"
