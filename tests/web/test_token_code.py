"""docs/identity, run as it stands: what each file signs, in its own language, logs its customer in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.api import PASSWORD, Answer, ask, call, log_in
from tests.clients.customers import Key
from tests.running import PATIENCE, ROOT, Chatadmin, node

FILES = ROOT / "docs" / "identity"
RUN = {"py": [sys.executable], "mjs": [node()], "php": ["php"], "rb": ["ruby"], "go": ["go", "run"]}
ENDINGS = {"PHP": "php", "Node.js": "mjs", "Python": "py", "Ruby": "rb", "Go": "go"}


def signed(file: Path, key: str) -> str:
    """What a file prints, run in a folder of its own with nothing else of ours."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(file.parent), "CHATADMIN_KEY": key}
    line = [*RUN[file.suffix[1:]], file.name]
    told = subprocess.run(line, cwd=file.parent, env=environ, capture_output=True, text=True, timeout=PATIENCE)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def identified(url: str, token: str, **more: str) -> Answer:
    """A frame of the shop's logs in with such a token."""
    return ask(url, "/login/widget", {"identity": token, **more})


@pytest.fixture(scope="module")
def key(shop: Chatadmin) -> Key:
    """A key of the shop's."""
    return Key.made(shop.url, log_in(shop.url, "Olga", PASSWORD))


@pytest.mark.parametrize("ending", RUN)
def test_it_runs_as_it_stands(url: str, olga: str, key: Key, tmp_path: Path, ending: str) -> None:
    shown = ask(url, "/v1/widget/token_code", Authorization=olga).value
    assert shown == {file.suffix[1:]: file.read_text() for file in FILES.glob("chat_token.*")}
    file = tmp_path / f"chat_token.{ending}"
    file.write_text(shown[ending].replace("your-key-id", key.kid))
    customer = identified(url, signed(file, key.secret), id="a" * 16).value  # the same one each time
    assert customer["verified"]
    row = call(url, f"/v1/visitors/{customer['uid']}", olga)
    attributes = {"plan": "gold", "orders": 12, "cart": 129.9}
    assert row["identity"] == {"name": "Zoë Müller", "email": "zoe@example.com", "attributes": attributes}
