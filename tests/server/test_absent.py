"""What is left out of a process that serves (app/absent.py). Every route is served so in tests/web/test_policies.py."""

import subprocess
import sys

from app import absent
from tests.ports import free_ports
from tests.running import PATIENCE, ROOT


def said(code: str) -> str:
    """What a Python of its own prints that runs `code`."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout


def test_all_of_it_would_be_loaded_otherwise() -> None:
    loaded = set(said("import sys, app.server.worker, app.chat.jws; print(*sys.modules)").split())
    assert set(absent.BY_NOBODY) - loaded == set()


def test_what_is_used_after_all_says_so() -> None:
    code = """
from app import absent
absent.leave_out()
import click, werkzeug
for use in (click.Group, werkzeug.Client):
    try:
        use()
    except absent.Absent as error:
        print(error)
"""
    assert said(code).splitlines() == [
        "click.Group is left out of the server: app/absent.py",
        "werkzeug.test.Client is left out of the server: app/absent.py",
    ]


def test_a_store_of_several_servers_is_looked_for_with_what_is_left() -> None:
    """Nobody answers at these, which is all that may be wrong."""
    ports = ",".join(f"127.0.0.1:{port}" for port in free_ports(2))
    code = f"""
import asyncio
from app import absent
absent.leave_out()
import app.server.worker
from app.store import several, topology
several.ASK_TIMEOUT = 60  # s: for a machine that stalls

async def ask(url):
    found = topology.of(url)
    try:
        await found.where("{{s}}")
    except OSError as error:
        print(type(found).__name__, error)
    await found.close()

asyncio.run(ask("redis+sentinel://{ports}/shop"))
asyncio.run(ask("redis+cluster://{ports}"))
"""
    sentinels, cluster = said(code).splitlines()
    assert sentinels.startswith("Watched Error 111 connecting to 127.0.0.1")
    assert cluster.startswith("Clustered Redis Cluster cannot be connected")
