"""The courier as a process beside the workers: there where mail can be sent, and back when it dies."""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.running import Chatadmin, in_time, wait_until

MAIL = {
    "url": "https://chat.shop.example",
    "mail": {"smtp": "smtp://127.0.0.1:9", "from": "chat@shop.example"},
}
WORKS = r"from=courier pid=(\d+) msg=\"the courier works\" endpoints=(\S+)"


def courier(shop: Chatadmin, after: int = 0) -> int:
    """Its pid, once it works."""
    return int(shop.process.wait_for(WORKS, after=after)[1])


def nice(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def sockets(pid: int) -> set[str]:
    found = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.add(os.readlink(path))
    return found


def listening(port: int) -> set[str]:
    """The sockets that take connections at a port of loopback, as `/proc/<pid>/fd` calls them."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{words[9]}]" for words in lines if words[1].endswith(f":{port:04X}") and words[3] == "0A"}


def test_a_courier_works_beside_the_workers_and_comes_back(start_chatadmin: Callable[..., Chatadmin]) -> None:
    shop = start_chatadmin("--workers", "1", config=MAIL)
    first = courier(shop)
    assert shop.process.wait_for(WORKS)[2] == "mail,account,alert"
    assert nice(first) > nice(shop.process.pid)
    taking = listening(shop.port)
    assert taking
    assert not taking & sockets(first)
    told = len(shop.process.lines)
    os.kill(first, signal.SIGKILL)
    second = courier(shop, after=told)
    assert re.search(r'msg="a courier ended and will be started again"', shop.output)
    asked = time.monotonic()
    shop.process.signal(signal.SIGTERM)
    assert shop.process.wait() == 0
    assert in_time(asked, 8)
    wait_until(lambda: not Path(f"/proc/{second}").exists(), "its end")
    assert "Traceback" not in shop.output


def test_where_no_mail_can_be_sent_there_is_none(chatadmin: Chatadmin) -> None:
    main = chatadmin.process.pid
    children = map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())
    assert {nice(child) for child in children} == {nice(main)}
    assert "from=courier" not in chatadmin.output
