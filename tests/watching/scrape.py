"""What /metrics says, and the processes it says it of."""

import os
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from prometheus_client.parser import text_string_to_metric_families

from tests.running import PATIENCE, Chatadmin

Figures = dict[str, float]


def text(url: str) -> str:
    """What it answers, over HTTPS too, whoever vouches for the certificate."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{url}/metrics", timeout=PATIENCE, context=trusting) as answer:
        return str(answer.read().decode())


def told(url: str) -> list[tuple[str, dict[str, str], float]]:
    """Every sample: its name, its labels, its value."""
    samples = (sample for family in text_string_to_metric_families(text(url)) for sample in family.samples)
    return [(sample.name, dict(sample.labels), sample.value) for sample in samples]


def scrape(url: str) -> Figures:
    """Every figure by its name and, where it has labels, theirs: `chatadmin_processes{worker}`."""
    return {name + "".join(f"{{{text}}}" for text in labels.values()): value for name, labels, value in told(url)}


def workers(shop: Chatadmin) -> list[int]:
    """The processes that serve, of a shop with a store elsewhere: those without children."""
    return sorted(pid for pid in shop.pids() if _children(pid) == [])


def _children(pid: int) -> list[str] | None:
    """A process's; None where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return None


@contextmanager
def only(one: int, pids: list[int]) -> Iterator[None]:
    """The other workers stand still: whoever comes meanwhile comes to this one."""
    others = [pid for pid in pids if pid != one]
    for pid in others:
        os.kill(pid, SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, SIGCONT)
