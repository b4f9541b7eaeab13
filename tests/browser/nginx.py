"""nginx before the product, or beside it, as operators run it."""

import os
import re
import shutil
import socket
from pathlib import Path

from tests.ports import free_port
from tests.running import ROOT, Process, wait_until
from tests.transport.echo_server import certificate

_CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{}}
http {{
    access_log off; types {{ text/html html; text/javascript js; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {before}
    server {{
        listen 127.0.0.1:{port}{tls};
        {locations}
    }}
}}
"""


def readme_block(upstream: int) -> str:
    """What README says to put inside a server block, for the product on that port."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"# or nginx.*?\n(    location / \{\n.*?\n    \})\n", readme, re.DOTALL)
    assert found, "README has no block for nginx"
    return found[1].replace("127.0.0.1:9090", f"127.0.0.1:{upstream}")


def nginx(folder: Path, name: str, locations: str, *, tls: bool = False, before: str = "") -> tuple[Process, str]:
    """Start it with these `location` blocks, and what stands `before` the server's; returns the process and the address
    it serves, at `name`."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "nginx is missing: ./build.sh test installs it"
    port, words = free_port(), ""
    if tls:
        certificate(folder)
        words = f" ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem"
    file = folder / "nginx.conf"
    file.write_text(_CONFIG.format(folder=folder, port=port, tls=words, locations=locations, before=before))
    process = Process([program, "-e", "stderr", "-c", str(file)], {}, folder)

    def listens() -> bool:
        assert process.popen.poll() is None, process.output
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, "nginx listens")
    return process, f"{'https' if tls else 'http'}://{name}:{port}"
