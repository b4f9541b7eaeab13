"""What the process keeps of memory it needed for a moment."""

from tests.attacks.beside import memory
from tests.clients import api
from tests.running import Chatadmin, wait_until

CHECK = 19 << 20  # bytes of one password check (store/passwords.py)


def test_a_password_check_leaves_nothing_behind() -> None:
    with Chatadmin() as running:
        before = memory(running)
        api.set_up(running.url, running.setup_secret)  # makes a password's hash, and checks one
        api.login(running.url, "Anna", "correct horse battery")
        wait_until(lambda: memory(running) - before < CHECK // 2, "what a check took is given back")
