"""What a token says, to the second and the character; and that no text of any kind is more than a refusal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.errors import Refusal
from app.chat.identity import LEEWAY, LONGEST_LIFE, LONGEST_TOKEN, Identity, attributes, judge
from tests.clients.tokens import encoded, signed

KEYS = {"first": "the shop's first key, which nobody else has", "second": "and the second, which comes after it"}
NOW = 1_790_000_000


def heard(said: dict[str, Any] | bytes, *, now: float = NOW, key: str = "first", **how: Any) -> Identity | str:
    """What is made of a token with these claims: who it is, or why it is nobody."""
    return found(signed(KEYS[key], said, **how), now)


def found(token: str, now: float = NOW) -> Identity | str:
    try:
        return judge(token, KEYS, int(now * 1000))
    except Refusal as refusal:
        return str(refusal.detail["reason"])


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_what_clocks_may_be_off_is_a_minute_to_the_second(off: int) -> None:
    over, early, long = (
        heard({"sub": "a", "exp": NOW}, now=NOW + LEEWAY + off),
        heard({"sub": "a", "exp": NOW + 300, "nbf": NOW + LEEWAY + off}),
        heard({"sub": "a", "exp": NOW + LONGEST_LIFE + LEEWAY + off}),
    )
    assert (over == "expired") is (off >= 0)
    assert (early == "invalid", long == "invalid") == (off > 0, off > 0)


def test_a_fraction_of_a_second_is_a_time_too() -> None:
    sound = heard({"sub": "a", "exp": NOW + 0.25})
    assert isinstance(sound, Identity)
    assert sound.expires_at == NOW * 1000 + 250


def test_a_token_may_be_so_long_and_no_longer() -> None:
    lengths = {}
    for more in range(2900, 3000):
        token = signed(KEYS["first"], {"sub": "a", "exp": NOW + 1, "more": "x" * more})
        lengths[len(token)] = isinstance(found(token), Identity)
    assert LONGEST_TOKEN in lengths
    assert all(sound is (length <= LONGEST_TOKEN) for length, sound in lengths.items())


@pytest.mark.parametrize("key", KEYS)
def test_either_key_counts_and_the_token_may_name_it(key: str) -> None:
    for kid in (key, None):
        sound = heard({"sub": "a", "exp": NOW + 1}, key=key, kid=kid)
        assert isinstance(sound, Identity)
        assert sound.kid == key
    assert heard({"sub": "a", "exp": NOW + 1}, key=key, kid=next(other for other in KEYS if other != key)) == "invalid"


def test_without_keys_nobody_is_anybody() -> None:
    for secret in ("", *KEYS.values()):
        with pytest.raises(Refusal):
            judge(signed(secret, {"sub": "a", "exp": NOW + 1}), {}, NOW * 1000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.one_of(
        st.text(),
        st.lists(st.binary(max_size=40), min_size=1, max_size=4).map(lambda parts: ".".join(map(encoded, parts))),
        st.binary(max_size=200).map(lambda said: signed(KEYS["first"], said)),
        st.fixed_dictionaries({}, optional=dict.fromkeys(("alg", "kid", "crit", "b64", "typ"), JSON)).map(
            lambda head: signed(KEYS["first"], {"sub": "a", "exp": NOW + 1}, head=head)
        ),
    )
)
def test_no_text_is_anybody_or_breaks_anything(token: str) -> None:
    assert found(token) in ("invalid", "expired") or found(token).kid == "first"  # type: ignore[union-attr]


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("sub", "exp", "nbf", "name", "email", "attributes"), JSON)))
def test_whatever_is_signed_is_somebody_who_can_be_shown_or_nobody(said: dict[str, Any]) -> None:
    sound = heard({"sub": "a", "exp": NOW + 1, **said})
    if isinstance(sound, Identity):
        assert len(sound.name) <= 60
        assert attributes(sound.attributes) == sound.attributes


@given(st.dictionaries(st.text(max_size=50), JSON, max_size=25))
def test_attributes_stay_as_they_are_when_they_are_judged_again(given: dict[str, Any]) -> None:
    assert attributes(attributes(given)) == attributes(given)
