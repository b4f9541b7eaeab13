"""A log line stays one line, whatever is in it."""

import io
import json
import logging
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from app.server import log
from tests.running import PATIENCE, ROOT

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


@pytest.fixture
def objects() -> Iterator[Lines]:
    stream = io.StringIO()
    handler, logger = log.handler(stream, "json"), logging.getLogger("chatadmin")
    logger.addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logger.removeHandler(handler)


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


def test_a_record_is_one_object(objects: Lines) -> None:
    web = logging.getLogger("chatadmin.web")
    # What is no UTF-8 stands beside the message, which pytest keeps in its report: its workers cannot send that.
    extra = {"status": 200, "took": math.inf, "why": ValueError("no"), "file": "\udc80"}
    web.warning("said %s", "a\r\n\u202e\u2028小明", extra=extra)
    (line,) = objects()
    assert line.isprintable()
    assert "小明" in line
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "warning",
        "logger": "chatadmin.web",
        "pid": os.getpid(),
        "message": "said a\r\n\u202e\u2028小明",
        "extra": {"status": 200, "took": "inf", "why": "no", "file": "\udc80"},
    }


def test_an_exception_is_part_of_its_object(objects: Lines) -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError:
        logging.getLogger("chatadmin.web").exception("failed")
    (line,) = objects()
    found = json.loads(line)
    assert found["error"].startswith("Traceback")
    assert list(found) == ["time", "level", "logger", "pid", "message", "error"]


PYTHONS_OWN = """
import gc, sys, threading, warnings
from app.server import log
log.set_up("info", sys.argv[1])
warnings.warn("old")
thread = threading.Thread(target=lambda: 1 / 0, name="t")
thread.start()
thread.join()
class Ends:
    def __del__(self): raise ValueError("at the end")
Ends()
log.last_words("cannot")
raise KeyError("uncaught")
"""


@pytest.mark.parametrize("form", ["lines", "json"])
def test_what_python_says_itself_is_a_record_too(form: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PYTHONS_OWN, form],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 1
    lines = ran.stderr.splitlines()
    assert len(lines) == 5
    if form == "json":
        found = [json.loads(line) for line in lines]
        assert [one["level"] for one in found] == ["warning", "error", "error", "critical", "error"]
        assert [one["logger"] for one in found[:2]] == ["py.warnings", "chatadmin"]
        assert "ZeroDivisionError" in found[1]["error"]
        assert "at the end" in found[2]["error"]
    else:
        assert lines[3] == "chatadmin: cannot"
        assert all(line.startswith("time=") for line in (*lines[:3], lines[4]))
