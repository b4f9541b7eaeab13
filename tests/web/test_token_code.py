"""docs/identity, run as it stands: each file signs a token, in its own language, with its own library alone."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clients.api import ask
from tests.running import ROOT, node

FILES = ROOT / "docs" / "identity"
RUN = {"py": [sys.executable], "mjs": [node()], "php": ["php"], "rb": ["ruby"], "go": ["go", "run"]}
KEY = "the-key-of-a-shop-that-nobody-else-ought-to-know"


def signed(file: Path, key: str) -> str:
    """What a file prints, run in a folder of its own with nothing else of ours."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(file.parent), "CHATADMIN_KEY": key}
    line = [*RUN[file.suffix[1:]], file.name]
    told = subprocess.run(line, cwd=file.parent, env=environ, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("ending", RUN)
def test_it_runs_as_it_stands(url: str, olga: str, tmp_path: Path, ending: str) -> None:
    shown = ask(url, "/v1/widget/token_code", Authorization=olga).value
    assert shown == {file.suffix[1:]: file.read_text() for file in FILES.glob("chat_token.*")}
    file = tmp_path / f"chat_token.{ending}"
    file.write_text(shown[ending].replace("your-key-id", "k2"))
    head, claims, mac = signed(file, KEY).split(".")
    assert json.loads(decoded(head)) == {"alg": "HS256", "typ": "JWT", "kid": "k2"}
    assert decoded(mac) == hmac.new(KEY.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    said = json.loads(decoded(claims))
    assert 0 < said.pop("exp") - time.time() <= 300
    attributes = {"plan": "gold", "orders": 12, "cart": 129.9}
    assert said == {"sub": "1024", "name": "Zoë Müller", "email": "zoe@example.com", "attributes": attributes}
