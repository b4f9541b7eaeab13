"""What a shop's own server says of a customer: a token (JWT, RFC 7519) that it signs with a key of ours.

What is in it is believed; so whatever is not as it should be makes it worth nothing, but for a name, an address and
attributes that nobody could use: those are left out, and the log-in stands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec

from app.chat import json_faults, names
from app.chat.entered import Entered
from app.chat.errors import Refusal

T = TypeVar("T")

# Characters of a token.
LONGEST_TOKEN = 4096
# How long a token may be good for, and how far a shop's clock may be off; seconds.
LONGEST_LIFE, LEEWAY = 24 * 3600, 60
# Attributes, characters of the name of one, and bytes of all of them as JSON.
MOST_ATTRIBUTES, LONGEST_ATTRIBUTE, ATTRIBUTES_BYTES = 20, 40, 2048
# Whole numbers that a browser reads as they are (ECMAScript's Number.MAX_SAFE_INTEGER).
_SAFE_NUMBER = 2**53 - 1

_ALGORITHM = "HS256"
# Without the padding that some put behind a part: one token has one spelling.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class _Head(msgspec.Struct):
    """What we look at of a token's header, beside what PyJWT does."""

    kid: str = ""


class _Claims(msgspec.Struct):
    """Times in unix seconds. `aud`, `iss`, `iat` are not looked at: the key alone says whose a token is."""

    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    exp: float
    nbf: float = 0
    name: Any = None
    email: Any = None
    attributes: Any = None


@dataclass(frozen=True)
class Identity:
    """Whom the shop knows as `sub`, and what it vouches for: "" and {} where for nothing.

    `kid`: of the key that signed it. `expires_at`: when the token ends, unix ms.
    """

    sub: str
    name: str
    email: str
    attributes: dict[str, str | int | float]
    kid: str
    expires_at: int

    @property
    def told(self) -> dict[str, Any]:
        """What it vouches for, as agents are told."""
        found = {"name": self.name, "email": self.email, "attributes": self.attributes}
        return {key: value for key, value in found.items() if value}


def judge(token: str, keys: Mapping[str, str], now: int) -> Identity:
    """Who that is, by the secrets of `keys`, each by its kid, at `now` (unix ms).

    Raises Refusal bad_identity, with the reason `expired`, or `invalid` for all else.
    """
    from app.chat.jws import jwt  # by the shops that vouch for somebody

    try:
        kid, claims = _read(token, keys)
    except (jwt.PyJWTError, ValueError, RecursionError, json_faults.TwinKey):
        raise Refusal("bad_identity", reason="invalid") from None
    seconds = now / 1000
    if claims.exp <= seconds - LEEWAY:
        raise Refusal("bad_identity", reason="expired")
    if claims.exp > seconds + LONGEST_LIFE + LEEWAY or claims.nbf > seconds + LEEWAY:
        raise Refusal("bad_identity", reason="invalid")
    name, email = _entered(name=claims.name), _entered(email=claims.email)
    expires_at = int(claims.exp * 1000)
    return Identity(claims.sub, name.name, email.email, attributes(claims.attributes), kid, expires_at)


def _read(token: str, keys: Mapping[str, str]) -> tuple[str, _Claims]:
    """The kid of the key that signed it, and what it says. Raises what is wrong with it."""
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise ValueError
    from app.chat.jws import base64url_decode, jwt

    signatures = jwt.PyJWS(algorithms=[_ALGORITHM])
    head = _strict(base64url_decode(token.partition(".")[0]), _Head)
    for kid in keys.keys() & {head.kid} if head.kid else keys:
        try:
            payload = signatures.decode(token, keys[kid], [_ALGORITHM])
        except jwt.InvalidSignatureError:
            continue
        return kid, _strict(payload, _Claims)
    raise ValueError


def _strict(payload: bytes, kind: type[T]) -> T:
    json_faults.refuse_twins(payload)
    return msgspec.json.decode(payload, type=kind)


def _entered(**claim: Any) -> Entered:
    """A name or an address, as one that was entered; nothing where it could be none."""
    claim = {key: names.undirected(value) for key, value in claim.items() if isinstance(value, str)}
    try:
        found = Entered(**claim).checked()
    except Refusal:
        return Entered()
    return Entered() if names.reserved(found.name, ()) else found


def attributes(given: object) -> dict[str, str | int | float]:
    """What a shop tells of a customer beside name and address, as it names it: texts, numbers, true and false.

    Without direction and other controls; {} where anything is of another kind, or there is too much of it.
    """
    if not isinstance(given, dict) or len(given) > MOST_ATTRIBUTES:
        return {}
    found = {_plain(name): _plain(value) if isinstance(value, str) else value for name, value in given.items()}
    sound = len(found) == len(given) and all(0 < len(name) <= LONGEST_ATTRIBUTE for name in found)
    if not sound or not all(isinstance(value, str | int | float) for value in found.values()):
        return {}
    # A browser would round a longer number: it is an order's, say, and none to reckon with.
    found = {name: str(value) if _is_long(value) else value for name, value in found.items()}
    return found if len(msgspec.json.encode(found)) <= ATTRIBUTES_BYTES else {}


def _is_long(value: object) -> bool:
    return isinstance(value, int) and abs(value) > _SAFE_NUMBER


def _plain(text: str) -> str:
    return names.permitted(text).strip()
