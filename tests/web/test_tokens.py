"""Tokens that let nobody in, each kind by its name, and keys that are made, overlap and end."""

import base64
import secrets
import string
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients import api
from tests.clients.api import Answer, ask
from tests.clients.customers import Key
from tests.clients.tokens import claims, signed
from tests.running import Chatadmin
from tests.web.conftest import Connect

pytestmark = pytest.mark.usefixtures("beside")


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Every test asks from an address of its own."""
    return {"limits": {"logins_per_minute": 60}, "trusted_proxies": ["127.0.0.1"]}


@pytest.fixture(scope="module")
def keys(shop: Chatadmin) -> tuple[Key, Key]:
    """The shop's two keys."""
    token = api.log_in(shop.url, "Olga", api.PASSWORD)
    return Key.made(shop.url, token), Key.made(shop.url, token)


def enter(url: str, token: str, address: str = "", **body: Any) -> Answer:
    """A log-in with a first message."""
    sender = address or f"198.51.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    told = {"identity": token, "id": secrets.token_urlsafe(16), **body}
    return ask(url, "/login/widget", told, X_Forwarded_For=sender)


def reason(answer: Answer) -> str:
    assert answer.refusal == (401, "bad_identity"), answer.body
    return str(answer.json["reason"])


# How somebody would make a token, given the key and another: each is refused as invalid.
FORGED: dict[str, Callable[[Key, Key], str]] = {
    "alg none": lambda key, _: signed("", claims(), head={"alg": "none"}).rpartition(".")[0] + ".",
    "alg none, signed": lambda key, _: signed(key.secret, claims(), head={"alg": "none", "kid": key.kid}),
    "alg NONE": lambda key, _: signed(key.secret, claims(), head={"alg": "nOnE", "kid": key.kid}),
    "alg HS512": lambda key, _: signed(key.secret, claims(), head={"alg": "HS512"}, digest="sha512"),
    "alg RS256": lambda key, _: signed(key.secret, claims(), head={"alg": "RS256", "kid": key.kid}),
    "no alg": lambda key, _: signed(key.secret, claims(), head={"kid": key.kid}),
    "alg a list": lambda key, _: signed(key.secret, claims(), head={"alg": ["HS256"], "kid": key.kid}),
    "twin alg": lambda key, _: signed(key.secret, claims(), head=b'{"alg":"none","alg":"HS256"}'),
    "crit": lambda key, _: signed(key.secret, claims(), head={"alg": "HS256", "crit": ["exp"], "exp": 1}),
    "b64 false": lambda key, _: signed(key.secret, claims(), head={"alg": "HS256", "crit": ["b64"], "b64": False}),
    "a head that is a list": lambda key, _: signed(key.secret, claims(), head=b"[]"),
    "a head of another encoding": lambda key, _: signed(key.secret, claims(), head='{"alg":"HS256"}'.encode("utf-16")),
    "unknown kid": lambda key, _: signed(key.secret, claims(), kid="00000000"),
    "kid a list": lambda key, _: signed(key.secret, claims(), kid=[key.kid]),
    "kid null": lambda key, _: signed(key.secret, claims(), head={"alg": "HS256", "kid": None}),
    "kid a path": lambda key, _: signed("", claims(), kid="../../../dev/null"),
    "kid a key of the store": lambda key, _: signed("", claims(), kid="{people}:tickets"),
    "the other key's kid": lambda key, other: signed(key.secret, claims(), kid=other.kid),
    "an empty key": lambda key, _: signed("", claims()),
    "an empty key, unknown kid": lambda key, _: signed("", claims(), kid="none"),
    "the kid as the key": lambda key, _: signed(key.kid, claims(), kid=key.kid),
    "the key's bytes decoded": lambda key, _: signed(
        base64.urlsafe_b64decode(key.secret + "=").decode("latin-1"), claims(), kid=key.kid
    ),
    "a bit of the signature": lambda key, _: _bent(signed(key.secret, claims(), kid=key.kid), 2, 5),
    "a bit of the claims": lambda key, _: _bent(signed(key.secret, claims(), kid=key.kid), 1, 15),
    "another spelling of the signature": lambda key, _: _respelled(signed(key.secret, claims())),
    "padding behind it": lambda key, _: signed(key.secret, claims()) + "=",
    "a line break behind it": lambda key, _: signed(key.secret, claims()) + "\n",
    "blanks around it": lambda key, _: f" {signed(key.secret, claims())}",
    "Bearer before it": lambda key, _: f"Bearer {signed(key.secret, claims())}",
    "four parts": lambda key, _: signed(key.secret, claims()) + ".x",
    "two parts": lambda key, _: signed(key.secret, claims()).rpartition(".")[0],
    "no signature": lambda key, _: signed(key.secret, claims()).rpartition(".")[0] + ".",
    "a word": lambda key, _: "token",
    "other letters": lambda key, _: "ключ." * 3,
    "5 KB": lambda key, _: signed(key.secret, claims(more="x" * 3500)),
    "55 KB": lambda key, _: signed(key.secret, claims(more="x" * 40_000)),
    "dots": lambda key, _: "." * 4000,
    "nested 3,000 deep": lambda key, _: signed(key.secret, b"[" * 2900),
    "claims that are a list": lambda key, _: signed(key.secret, b"[]"),
    "claims that are none": lambda key, _: signed(key.secret, b"\xff"),
    "no sub": lambda key, _: signed(key.secret, {"exp": claims()["exp"]}),
    "sub null": lambda key, _: signed(key.secret, claims(None)),
    "sub empty": lambda key, _: signed(key.secret, claims("")),
    "sub a list": lambda key, _: signed(key.secret, claims(["customer"])),
    "sub a number": lambda key, _: signed(key.secret, claims(7)),
    "sub an object": lambda key, _: signed(key.secret, claims({"a": 1})),
    "sub of 256": lambda key, _: signed(key.secret, claims("x" * 256)),
    "sub of 10 KB": lambda key, _: signed(key.secret, claims("x" * 10_000)),
    "sub a half character": lambda key, _: signed(key.secret, claims("\ud800")),
    "twin sub": lambda key, _: signed(key.secret, b'{"sub":"a","sub":"b","exp":%d}' % claims()["exp"]),
    "twin in attributes": lambda key, _: signed(
        key.secret, b'{"sub":"a","exp":%d,"attributes":{"a":1,"a":2}}' % claims()["exp"]
    ),
    "no exp": lambda key, _: signed(key.secret, {"sub": "customer"}),
    "exp null": lambda key, _: signed(key.secret, {"sub": "customer", "exp": None}),
    "exp a text": lambda key, _: signed(key.secret, {"sub": "customer", "exp": str(claims()["exp"])}),
    "exp true": lambda key, _: signed(key.secret, {"sub": "customer", "exp": True}),
    "exp NaN": lambda key, _: signed(key.secret, b'{"sub":"customer","exp":NaN}'),
    "exp 1e400": lambda key, _: signed(key.secret, b'{"sub":"customer","exp":1e400}'),
    "exp in ten years": lambda key, _: signed(key.secret, claims(life=10 * 365 * 86400)),
    "exp in 25 hours": lambda key, _: signed(key.secret, claims(life=25 * 3600)),
    "exp in milliseconds": lambda key, _: signed(key.secret, {"sub": "customer", "exp": claims()["exp"] * 1000}),
    "nbf tomorrow": lambda key, _: signed(key.secret, claims(nbf=claims(life=3600)["exp"])),
    "nbf a text": lambda key, _: signed(key.secret, claims(nbf="now")),
}


def _bent(token: str, part: int, at: int) -> str:
    parts = token.split(".")
    parts[part] = parts[part][:at] + ("A" if parts[part][at] != "A" else "B") + parts[part][at + 1 :]
    return ".".join(parts)


def _respelled(token: str) -> str:
    """The same bytes, with other bits where base64 has some to spare."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    other = token[:-1] + letters[letters.index(token[-1]) ^ 1]
    decode = [base64.urlsafe_b64decode(text.rpartition(".")[2] + "=") for text in (token, other)]
    assert decode[0] == decode[1]
    return other


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_lets_nobody_in(url: str, keys: tuple[Key, Key], kind: str) -> None:
    assert reason(enter(url, FORGED[kind](*keys))) == "invalid"


def test_a_token_as_it_should_be_lets_them_in(url: str, keys: tuple[Key, Key]) -> None:
    """With either key, with or without its kid; what we have no use for is no fault; and two clocks may differ."""
    for key in keys:
        for kid in (key.kid, None, ""):
            sound = signed(key.secret, claims(secrets.token_hex(8), aud=["a"], iss=7, iat="x", jti=1), kid=kid)
            assert enter(url, sound).value["verified"] is True
    for said in (claims("x" * 255), claims("顾客"), claims(" "), claims(life=24 * 3600), claims(life=-45)):
        assert enter(url, signed(keys[0].secret, {**said, "nbf": claims(life=45)["exp"]})).value["uid"]
    for life in (-75, -86400 * 365 * 50):
        over = enter(url, signed(keys[0].secret, claims(life=life), kid=keys[0].kid))
        assert reason(over) == "expired"


def test_who_guesses_is_slowed_down_whatever_they_bring(url: str, keys: tuple[Key, Key]) -> None:
    """Right ones from there as well; and nobody elsewhere notices."""
    forged, right = FORGED["an empty key"](*keys), signed(keys[0].secret, claims(secrets.token_hex(8)))
    for token, before in ((forged, 401), (right, 200)):  # one a second is let through all the while
        answers = [enter(url, token, "203.0.113.9")]
        while answers[-1].status != 429:
            assert len(answers) < 1000, "nobody is slowed down"
            answers.append(enter(url, token, "203.0.113.9"))
        assert {answer.status for answer in answers[:-1]} <= {before}
    late = answers[-1]
    assert late.refusal == (429, "slow_down")
    assert int(late.headers["retry-after"]) > 0
    assert enter(url, right).value["uid"]


def test_a_key_that_ends_takes_its_sessions_along_in_mid_chat(
    url: str, olga: str, pavel: str, keys: tuple[Key, Key], connect: Connect
) -> None:
    """And nobody else's: who was vouched for by the other one meanwhile goes on, and so do who are anonymous."""
    assert ask(url, "/v1/widget/keys", b"", Authorization=olga).refusal == (409, "too_many_keys")
    for method, path in (("POST", "/v1/widget/keys"), ("DELETE", f"/v1/widget/keys/{keys[0].kid}")):
        assert ask(url, path, b"", method=method, Authorization=pavel).refusal == (403, "forbidden")
    shown = ask(url, "/v1/widget", Authorization=olga)
    assert [key["kid"] for key in shown.value["keys"]] == [key.kid for key in keys]
    assert not any(key.secret.encode() in shown.body for key in keys)
    assert ask(url, "/v1/widget", Authorization=pavel).value["keys"] == []

    maria, moved, lin = (secrets.token_hex(8) for _ in range(3))
    hers, moves, his = (
        enter(url, keys[0].sign(maria)),
        enter(url, keys[0].sign(moved)),
        enter(url, keys[1].sign(lin)),
    )
    anonymous = enter(url, "")
    used = ask(url, "/v1/widget", Authorization=olga).value["keys"]
    assert all(key["used"] and key["used"] >= key["since"] for key in used)
    chats = [connect(answer.value["token"]) for answer in (hers, moves, his, anonymous)]
    for chat in chats:
        chat.hear(type="joined")
    again = ask(url, "/login/widget", {"identity": keys[1].sign(moved)}, Authorization=moves.value["token"])
    assert again.value["token"] == moves.value["token"]
    link = ask(url, "/v1/me/link", b"", Authorization=hers.value["token"]).value["secret"]
    assert keys[0].end(url, olga).status == 200
    assert chats[0].close_code() == 4401
    assert ask(url, "/v1/me", Authorization=hers.value["token"]).refusal == (401, "no_session")
    assert ask(url, "/login/link", {"secret": link}).refusal == (403, "link_over")
    for chat in chats[1:]:
        chat.tell(type="send", id="tab.1", content="still here")
        chat.hear(type="ack")
    assert reason(enter(url, keys[0].sign(maria))) == "invalid"
    assert keys[0].end(url, olga).refusal == (404, "not_found")
    third = Key.made(url, olga)
    assert enter(url, third.sign(maria)).value["uid"] == hers.value["uid"]
