"""Behind nginx as README sets it up, on a port that is not the usual one: log-in, socket, event stream."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Shop, bubbles, row, say, take
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import ROOT, Chatadmin, Process, wait_until

NAME = "chat.localhost"  # browsers take what ends so for this machine
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port}{tls};
        {location}
    }}
}}
"""


def block() -> str:
    """What README says to put inside a server block."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"# or nginx.*?\n(    location / \{\n.*?\n    \})\n", readme, re.DOTALL)
    assert found, "README has no block for nginx"
    return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx(folder: Path, upstream: int, tls: bool) -> tuple[Process, str]:
    """Start it; returns the process and the address it serves."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "nginx is missing: ./build.sh test installs it"
    port, words = free_port(), ""
    if tls:
        request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        request += ["-subj", f"/CN={NAME}", "-keyout", f"{folder}/key", "-out", f"{folder}/certificate"]
        subprocess.run(request, check=True, capture_output=True)
        words = f" ssl; ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key"
    location = block().replace("127.0.0.1:9090", f"127.0.0.1:{upstream}")
    file = folder / "nginx.conf"
    file.write_text(CONFIG.format(folder=folder, port=port, tls=words, location=location))
    process = Process([program, "-e", "stderr", "-c", str(file)], {}, folder)

    def listens() -> bool:
        assert process.popen.poll() is None, process.output
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, "nginx listens")
    return process, f"{'https' if tls else 'http'}://{NAME}:{port}"


@pytest.fixture(params=["http", "https"])
def behind(request: pytest.FixtureRequest, browser: Browser, prepared: Prepared, tmp_path: Path) -> Iterator[Shop]:
    config = {"hosts": [NAME], "trusted_proxies": ["127.0.0.1"]}
    with Chatadmin(data_dir=prepared("Anna"), config=config) as running:
        process, url = nginx(tmp_path, running.port, tls=request.param == "https")
        shop = Shop(running, browser)
        shop.url = url
        yield shop
        shop.close()
        process.close()
        assert "refused by its Host or Origin" not in running.output


def test_both_sides_talk_through_the_proxy_of_the_readme(behind: Shop) -> None:
    visitor = behind.visitor("Maria", ignore_https_errors=True)
    say(visitor, "Is the kettle back?")
    console = behind.open("/admin", ignore_https_errors=True)
    console.fill("#login-name", "Anna")
    console.fill("#login-password", PASSWORD)
    console.click(".login .button-main")
    expect(row(console, "Maria")).to_be_visible()
    take(console, "Maria")
    say(console, "Since this morning.")
    expect(visitor.locator(".bubble").filter(has_text="Since this morning.")).to_be_visible()
    assert "Is the kettle back?" in bubbles(console)
