"""Files over HTTP: what is taken, in which order it is refused, who may read it, and what a browser is told of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients.api import Answer, ask
from tests.clients.sockets import RawSocket
from tests.pictures import PLACE, photograph
from tests.running import Chatadmin
from tests.web.conftest import Connect

LONGEST = 100_000
PDF = b"%PDF-1.7\nwords"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    limits = {"file_bytes": LONGEST, "files_per_minute": 0, "logins_per_minute": 0, "conversation_bytes": 4 * LONGEST}
    return {"limits": limits}


Send = Callable[..., Answer]


@pytest.fixture
def send(url: str) -> Send:
    """Upload: `send(token, b"...", "a.pdf", client=uid, note=1)`."""

    def upload(token: str, content: Any, name: str = "tea.pdf", type: str = "", **query: Any) -> Answer:
        headers = {"Authorization": token, "Content_Type": type}
        return ask(url, f"/v1/files?{urlencode({'name': name, **query})}", content, method="POST", **headers)

    return upload


def sent(answer: Answer) -> dict[str, Any]:
    assert answer.status == 201, answer.body
    value: dict[str, Any] = answer.json["value"]
    return value


def kept(shop: Chatadmin) -> list[Path]:
    """What lies there, finished or not."""
    return [path for path in (shop.data_dir / "files").rglob("*") if path.is_file()]


def test_a_photograph_is_sent_shown_and_kept_without_its_place(
    shop: Chatadmin, url: str, page: RawSocket, visitor: str, olga: str, send: Send, connect: Connect, uid: str
) -> None:
    hello = connect(visitor).hear(type="hello")
    assert hello["limits"]["file_bytes"] == ask(url, "/v1/desk").value["file_bytes"] == LONGEST
    info = sent(send(visitor, photograph(), "kettle.JPG", "image/jpeg"))
    assert info == {
        "id": info["id"], "name": "kettle.JPG", "type": "image/jpeg", "size": info["size"], "width": 8, "height": 16
    }  # fmt: skip
    page.tell(type="send", id="t.1", content="broken", file=info["id"])
    assert page.hear(type="ack")["id"] == "t.1"
    answer = ask(url, f"/v1/files/{info['id']}", Authorization=olga)
    assert answer.status == 200
    assert len(answer.body) == info["size"]
    assert PLACE not in answer.body
    told = {name: answer.headers[name] for name in sorted(answer.headers) if name not in ("date", "etag")}
    assert told == {
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": 'inline; filename="kettle.JPG"',
        "content-length": str(info["size"]),
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "content-type": "image/jpeg",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    (path,) = (path for path in kept(shop) if path.parent.name == uid)
    assert f"{uid}.{path.name}" == info["id"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.read_bytes() == answer.body
