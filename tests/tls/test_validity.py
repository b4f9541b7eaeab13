"""When a certificate begins and ends, without a library; judged by one."""

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from app.tls.validity import validity
from tests.tls.making import make


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("long", [False, True])
def test_both_ways_to_write_a_time_are_read(kind: str, long: bool) -> None:
    pem, key = make(kind=kind, long=long)
    judge = x509.load_pem_x509_certificate(pem.encode())
    found = validity((pem + key).encode())
    assert found.begins == judge.not_valid_before_utc.timestamp()
    assert found.ends == judge.not_valid_after_utc.timestamp()


PEM = make()[0]


@given(st.integers(0, len(PEM) - 1), st.characters(max_codepoint=127))
def test_what_is_no_certificate_is_said_to_be_none(at: int, sign: str) -> None:
    changed = PEM[:at] + sign + PEM[at + 1 :]
    for text in (changed, PEM[:at], ""):
        try:
            validity(text.encode())
        except ValueError:
            continue
