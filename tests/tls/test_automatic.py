"""Certificates that come by themselves, from a real authority to the product as it is run."""

import pytest

from tests.running import Chatadmin
from tests.tls.pebble import Pebble, wait_for_certificate


@pytest.mark.parametrize("refused", [0, 20])
def test_two_settings_are_all_it_takes(refused: int) -> None:
    with Pebble(refused=refused) as authority:
        names = ("chat.shop.test", "www.shop.test")
        with Chatadmin(config=authority.settings(*names), env=authority.env) as server:
            trust = authority.believing()
            for name in names:
                found = wait_for_certificate(server.port, name, trust)
                assert found["subjectAltName"] == (("DNS", name),)
