"""A log line stays one line, whatever is in it."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from app.server import log

Lines = Callable[[], list[str]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    handler, logger = log.handler(stream), logging.getLogger("chatadmin")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: stream.getvalue().splitlines()
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_a_record_is_one_line_of_pairs(lines: Lines) -> None:
    logging.getLogger("chatadmin.web").info("visitor came", extra={"status": 200, "took_ms": 1.5})
    (line,) = lines()
    assert " level=info from=web pid=" in line
    assert line.endswith('msg="visitor came" status=200 took_ms=1.5')
    assert line.startswith("time=2")
    assert line.split()[0].endswith("Z")


def test_what_comes_from_outside_cannot_begin_a_line_or_hide(lines: Lines) -> None:
    logging.getLogger("chatadmin.web").warning("said %s", "a\r\nlevel=error from=forged\x1b[2J\u202e\u2028小明")
    (line,) = lines()
    assert '"said a\\r\\nlevel=error from=forged\\u001b[2J\\u202e\\u2028小明"' in line
    assert line.isprintable()


def test_an_exception_is_part_of_its_line(lines: Lines) -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError:
        logging.getLogger("chatadmin.web").exception("failed")
    (line,) = lines()
    assert 'error="Traceback' in line
    assert "broken\\nin two" in line
