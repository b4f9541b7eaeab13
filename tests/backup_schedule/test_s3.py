"""A bucket of a real server, which checks signatures: OpenStack's Swift."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.backup.records import BackupError
from app.backup.s3 import Object
from app.backup.s3_link import Link, S3Error
from tests.backup_schedule.bucket import Way, bucket, made, settings, swift

PART = 5 << 20
AT_ONCE = {"pause": lambda seconds: None}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with swift(tmp_path_factory.mktemp("swift")) as found:
        made(found, "backups")
        yield found


@pytest.fixture
def way(port: int) -> Iterator[Way]:
    opened = Way(port)
    yield opened
    opened.close()


@pytest.mark.parametrize("size", [0, 5, PART, PART + 1, 2 * PART + 7])
def test_what_is_put_is_there_whole_and_is_no_more_once_it_is_deleted(port: int, size: int) -> None:
    found, data, name = bucket(Link("backups", settings(port))), os.urandom(size), f"sizes/{size} a+b~(1).gz"
    found.put(name, io.BytesIO(data), size)
    assert found.size(name) == size
    assert list(found.list(f"sizes/{size} ")) == [Object(name, size)]
    with found.open(name) as source:
        assert source.read() == data
    found.delete(name)
    found.delete(name)
    assert found.size(name) is None
    assert list(found.list(f"sizes/{size} ")) == []


def test_a_list_is_read_to_its_end(port: int) -> None:
    found, link = bucket(Link("backups", settings(port))), Link("backups", settings(port))
    for number in range(5):
        link.ask("PUT", f"many/{number}", body=b"x")
    asked = link.ask

    def two_at_a_time(method: str, name: str, query: dict[str, str], body: bytes = b"") -> object:
        return asked(method, name, {**query, "max-keys": "2"} if "list-type" in query else query, body)

    link.ask = two_at_a_time  # type: ignore[method-assign, assignment]
    assert [one.name for one in bucket(link).list("many/")] == [f"many/{number}" for number in range(5)]
    assert [one.name for one in found.list("many/")] == [f"many/{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("link", "code", "advice"),
    [
        (lambda port: Link("backups", settings(port, "wrong")), "SignatureDoesNotMatch", "backup.s3.secret_key"),
        (lambda port: Link("nowhere", settings(port)), "NoSuchBucket", "make the bucket first"),
        (
            lambda port: Link("backups", settings(port), clock=lambda: datetime.now(UTC) - timedelta(hours=1)),
            "RequestTimeTooSkewed",
            "NTP",
        ),
    ],
)
def test_what_is_refused_is_one_line_with_what_to_do(port: int, link: object, code: str, advice: str) -> None:
    with pytest.raises(S3Error) as caught:
        bucket(link(port)).put("refused", io.BytesIO(b"x"), 1)  # type: ignore[operator]
    assert caught.value.code == code
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "open-sesame" not in str(caught.value)


def test_bytes_that_arrive_otherwise_are_refused(port: int) -> None:
    link = Link("backups", settings(port))
    sent = link._pool.request

    def flipped(method: str, address: str, **given: object) -> object:
        return sent(method, address, **{**given, "body": b"X" + bytes(given["body"])[1:]})  # type: ignore[call-overload]

    link._pool.request = flipped  # type: ignore[method-assign, assignment]
    with pytest.raises(S3Error):
        bucket(link).put("flipped", io.BytesIO(b"hello"), 5)
    assert bucket(Link("backups", settings(port))).size("flipped") is None


@pytest.mark.parametrize("trouble", ["busy", "lose"])
@pytest.mark.parametrize("method", ["PUT", "POST", "HEAD", "DELETE"])
def test_a_busy_server_and_a_lost_answer_are_asked_again(way: Way, trouble: str, method: str) -> None:
    found, data = bucket(Link("backups", settings(way.port), **AT_ONCE)), os.urandom(2 * PART)  # type: ignore[arg-type]
    getattr(way, trouble).extend([method, method])
    found.put("again", io.BytesIO(data), len(data))
    assert found.size("again") == len(data)
    with found.open("again") as source:
        assert source.read() == data
    found.delete("again")
    assert found.size("again") is None
    assert getattr(way, trouble) == []


def test_the_answer_to_the_last_step_may_get_lost(way: Way) -> None:
    found, data = bucket(Link("backups", settings(way.port), **AT_ONCE)), os.urandom(2 * PART)  # type: ignore[arg-type]
    put_together = found._put_together

    def lost(*given: object) -> None:
        way.lose.append("POST")
        way.gone.append("POST")
        put_together(*given)  # type: ignore[arg-type]

    found._put_together = lost  # type: ignore[method-assign, assignment]
    found.put("last", io.BytesIO(data), len(data))
    assert found.size("last") == len(data)
    assert way.gone == []


def test_a_server_that_stays_away_is_named(way: Way) -> None:
    way.close()
    with pytest.raises(S3Error, match=f"127.0.0.1:{way.port} cannot be reached: Connection refused"):
        Link("backups", settings(way.port), **AT_ONCE).ask("GET", "")  # type: ignore[arg-type]


def test_an_upload_that_breaks_off_leaves_nothing(port: int) -> None:
    found = bucket(Link("backups", settings(port)))
    with pytest.raises(BackupError, match="became shorter"):
        found.put("chatadmin-short", io.BytesIO(bytes(PART + 1)), 2 * PART)
    assert found.forget_unfinished("chatadmin-") == 0
    assert found.size("chatadmin-short") is None


def test_an_upload_whose_process_was_killed_is_forgotten_by_the_next(port: int) -> None:
    link = Link("backups", settings(port))
    link.ask("POST", "shop/chatadmin-killed", {"uploads": ""})
    link.ask("POST", "shop/others", {"uploads": ""})
    assert bucket(link).forget_unfinished("shop/chatadmin-") == 1
    assert bucket(link).forget_unfinished("shop/") == 1


def test_memory_is_a_part_and_not_the_whole(port: int, tmp_path: Path) -> None:
    sizes: list[int] = []
    link = Link("backups", settings(port))
    asked = link.ask

    def watched(method: str, name: str, query: dict[str, str] | None = None, body: bytes = b"") -> object:
        sizes.append(len(body))
        return asked(method, name, query, body)

    link.ask = watched  # type: ignore[method-assign, assignment]
    (tmp_path / "large").write_bytes(bytes(4 * PART))
    with (tmp_path / "large").open("rb") as source:
        bucket(link).put("large", source, 4 * PART)
    assert max(sizes) == PART
