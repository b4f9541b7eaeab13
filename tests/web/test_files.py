"""Files over HTTP: what is taken, in which order it is refused, who may read it, and what a browser is told of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients.api import Answer, ask, log_in
from tests.clients.sockets import RawSocket
from tests.clients.uploading import Uploading
from tests.folders import files_in
from tests.pictures import PLACE, photograph, png
from tests.running import Chatadmin, wait_until
from tests.web.conftest import Act, Connect

LONGEST = 100_000
PDF = b"%PDF-1.7\nwords"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    limits = {"file_bytes": LONGEST, "logins_per_minute": 0, "conversation_bytes": 4 * LONGEST}
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
    place = shop.data_dir / "files"
    return [path for path in files_in(place) if path.parent != place]


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


def test_what_is_refused_is_refused_before_a_byte_of_it_came(
    url: str, visitor: str, pavel: str, olga: str, act: Act, uid: str, send: Send
) -> None:
    """Each request has every later fault as well; none of them ever sends a byte of its file."""
    full = sent(send(olga, b"x" * (4 * LONGEST // 5), client=uid, note=1))["size"]
    for _ in range(4):
        send(olga, b"x" * full, client=uid, note=1)
    worst: dict[str, Any] = {"size": 2**30, "name": ".exe", "client": uid}

    def refused(token: str, **changed: Any) -> tuple[int, str]:
        query = {**worst, **changed}
        status, refusal = Uploading(url, token, **query).answer()
        return status, refusal["code"]

    assert refused("") == (401, "no_session")
    assert refused(visitor, note=1) == (403, "forbidden")
    assert refused(pavel) == (403, "not_yours")
    assert refused(pavel, client="nobody") == (404, "unknown_client")
    assert act(olga, "block").status == 200
    assert refused(visitor) == (403, "blocked")
    assert act(olga, "block", on=False).status == 200
    assert refused(visitor, size=None) == (411, "length_required")
    status, refusal = Uploading(url, visitor, **worst).answer()
    assert (status, refusal["code"], refusal["limit"]) == (413, "too_large", LONGEST)
    assert refused(visitor, size=LONGEST) == (415, "bad_type")
    assert refused(visitor, size=LONGEST, name="\u200d.pdf") == (400, "bad_name")
    assert refused(visitor, size=LONGEST, name="tea.pdf") == (507, "files_full")
    for _ in range(19):  # the pace of a session is asked before the room, and was spent on it
        refused(visitor, size=LONGEST, name="tea.pdf")
    status, refusal = Uploading(url, visitor, **{**worst, "size": LONGEST, "name": "tea.pdf"}).answer()
    assert (status, refusal["code"]) == (429, "slow_down")
    assert 0 < refusal["retry_ms"] <= 3000


def test_what_comes_slowly_is_kept_whole_and_what_breaks_off_not_at_all(
    shop: Chatadmin, url: str, visitor: str, uid: str, olga: str
) -> None:
    four = [Uploading(url, visitor, 3) for _ in range(4)]
    for each in four:
        each.more(b"a")
    wait_until(lambda: len([path for path in kept(shop) if path.parent.name == uid]) == 4, "four drafts")
    assert {path.suffix for path in kept(shop) if path.parent.name == uid} == {".part"}
    status, refusal = Uploading(url, visitor, 3).answer()
    assert (status, refusal["code"]) == (429, "slow_down")
    status, other = Uploading(url, visitor, 0, source="127.0.0.2").answer()
    assert (status, other["size"]) == (201, 0)
    for each in four[1:]:
        each.close()
    four[0].more(b"bc")
    status, info = four[0].answer()
    assert status == 201
    assert ask(url, f"/v1/files/{info['id']}", Authorization=olga).body == b"abc"
    names = {other["id"].partition(".")[2], info["id"].partition(".")[2]}
    wait_until(lambda: {path.name for path in kept(shop) if path.parent.name == uid} == names, "no drafts")


def test_a_file_is_read_by_those_who_may_read_its_message(
    url: str, page: RawSocket, visitor: str, pavel: str, olga: str, act: Act, uid: str, send: Send, connect: Connect
) -> None:
    stranger = log_in(url, f"Stranger {uid[:6]}")
    act(olga, "claim")
    theirs, answer = (sent(send(token, PDF, client=uid))["id"] for token in (visitor, olga))
    note, unsent = (sent(send(token, PDF, client=uid, note=1))["id"] for token in (olga, pavel))

    def readers(id: str) -> list[int]:
        tokens = {"visitor": visitor, "stranger": stranger, "olga": olga, "pavel": pavel}
        return [ask(url, f"/v1/files/{id}", Authorization=token).status for token in tokens.values()]

    assert readers(theirs) == [200, 404, 200, 200]
    assert readers(answer) == [404, 404, 200, 200]
    desk = connect(olga)
    desk.hear(type="hello")
    desk.tell(type="join", conversation=uid)
    desk.hear(type="joined")
    desk.tell(type="send", id="o.1", content="", file=answer, conversation=uid)
    assert page.hear(type="message", id="o.1")["file"]["id"] == answer
    assert readers(answer) == [200, 404, 200, 200]
    desk.tell(type="send", id="o.2", content="look", file=unsent, note=True, conversation=uid)
    assert desk.hear(type="error", id="o.2")["code"] == "bad_file"  # it is Pavel's
    desk.tell(type="send", id="o.2", content="look", file=note, note=True, conversation=uid)
    desk.hear(type="ack", id="o.2")
    assert readers(unsent) == readers(note) == [404, 404, 200, 200]
    unknown = ask(url, f"/v1/files/{uid}.{'a' * 22}", Authorization=visitor)
    forbidden = ask(url, f"/v1/files/{note}", Authorization=visitor)
    assert (unknown.status, unknown.body) == (forbidden.status, forbidden.body)
    assert ask(url, f"/v1/files/{note}").refusal == (401, "no_session")


def test_a_ticket_opens_files_for_as_long_as_the_session_lasts(url: str, page: RawSocket, visitor: str) -> None:
    status, info = Uploading(url, visitor, 0).answer()
    assert status == 201
    ticket = ask(url, "/v1/files/ticket", Authorization=visitor).value["ticket"]
    place = f"/v1/files/{info['id']}"
    assert ask(url, f"{place}?t={ticket}").status == 200
    assert ask(url, f"{place}?t={ticket}", method="HEAD").status == 200
    hash, end, signature = ticket.split(".")
    for bent in (
        f"{hash}.{int(end) + 1}.{signature}",
        f"{'0' * 64}.{end}.{signature}",
        ticket[:-2],
        "",
        "\udce9",
        "a.b",
    ):
        assert ask(url, f"{place}?t={urlencode({'': bent}, errors='surrogateescape')[1:]}").status == 401, bent
    for path in ("/v1/me", "/v1/msgs", "/v1/files/ticket"):  # which would be another hour, again and again
        assert ask(url, f"{path}?t={ticket}").refusal == (401, "no_session")
    assert ask(url, f"/v1/files?name=a.pdf&t={ticket}", b"").refusal == (401, "no_session")
    assert ask(url, "/logout", {}, Authorization=visitor).status == 200
    assert ask(url, f"{place}?t={ticket}").refusal == (401, "no_session")


def test_parts_of_a_file_are_given(url: str, visitor: str, send: Send) -> None:
    id = sent(send(visitor, b"0123456789", "tea.txt"))["id"]
    etag = ask(url, f"/v1/files/{id}", Authorization=visitor).headers["etag"]

    def part(range: str, method: str = "GET", **headers: str) -> tuple[int, str, str, bytes]:
        found = ask(url, f"/v1/files/{id}", method=method, Authorization=visitor, Range=range, **headers)
        return found.status, found.headers.get("content-range", ""), found.headers["content-length"], found.body

    assert part("bytes=2-4") == (206, "bytes 2-4/10", "3", b"234")
    assert part("bytes=2-4", "HEAD") == (206, "bytes 2-4/10", "3", b"")
    assert part("bytes=7-") == (206, "bytes 7-9/10", "3", b"789")
    assert part("bytes=-3") == (206, "bytes 7-9/10", "3", b"789")
    assert part("bytes=-99") == (206, "bytes 0-9/10", "10", b"0123456789")
    assert part("bytes=7-99999999999999999999") == (206, "bytes 7-9/10", "3", b"789")
    assert part("bytes=2-4", If_Range=etag) == (206, "bytes 2-4/10", "3", b"234")
    whole = (200, "", "10", b"0123456789")
    for unheeded in ("bytes=0-1,3-4", "bytes=4-2", "lines=1-2", "bytes=a-b", "bytes", "bytes=-", "bytes=0-9" * 5):
        assert part(unheeded) == whole, unheeded
    assert part("bytes=0-9") == (206, "bytes 0-9/10", "10", b"0123456789")
    assert part("bytes=2-4", If_Range='"other"') == whole
    assert part("bytes=2-4", If_Range="Sat, 28 Nov 2026 00:00:00 GMT") == whole
    assert part("bytes=10-")[:2] == (416, "bytes */10")
    again = ask(url, f"/v1/files/{id}", Authorization=visitor, If_None_Match=etag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    ("called", "content", "type", "shown"),
    [
        ("kettle.png", png(3, 2), "image/png", "inline"),
        ("offer.pdf", PDF, "application/octet-stream", "attachment"),
        ("page.html", b"<script>", None, ""),
        ("logo.svg", b"<svg onload='alert(1)'/>", None, ""),
        ("kettle.jpg", b"<script>alert(1)</script>", None, ""),
        ("kettle.png", png(3, 2)[:-20], None, ""),
        ("film.mp4", bytes(4) + b"ftypisom" + bytes(20), "video/mp4", "attachment"),
        ("film.mp4", b"<html>no film at all</html>", "application/octet-stream", "attachment"),
        ('茶 "壶"%.txt', b"tea", "application/octet-stream", "attachment"),
    ],
)
def test_a_browser_is_told_what_our_own_table_says(
    shop: Chatadmin,
    uid: str,
    visitor: str,
    send: Send,
    called: str,
    content: bytes,
    type: str | None,
    shown: str,
) -> None:
    answer = send(visitor, content, called, "text/html")
    if type is None:
        assert answer.refusal == (415, "bad_type")
        assert [path for path in kept(shop) if path.parent.name == uid] == []
        return
    info = sent(answer)
    found = ask(shop.url, f"/v1/files/{info['id']}", Authorization=visitor)
    assert found.headers["content-type"] == type
    assert found.headers["content-disposition"].partition(";")[0] == shown
    assert "\n" not in found.headers["content-disposition"]
    saved = ask(shop.url, f"/v1/files/{info['id']}?save=1", Authorization=visitor)
    assert saved.headers["content-disposition"].startswith('attachment; filename="')
