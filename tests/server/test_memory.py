"""What the process keeps of memory it needed for a moment."""

from tests import client
from tests.attacks.beside import memory
from tests.running import Chatadmin

CHECK = 19 << 20  # bytes of one password check (store/people.py)


def test_a_password_check_leaves_nothing_behind() -> None:
    with Chatadmin() as running:
        before = memory(running)
        client.set_up(running.url, running.setup_secret)  # makes a password's hash, and checks one
        client.login(running.url, "Anna", "correct horse battery")
        assert memory(running) - before < CHECK // 2
