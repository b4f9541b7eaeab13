"""What clients may say: a key that stands twice is read in two ways, and is no frame."""

import pytest

from app.chat.client_frames import parse, parse_plain
from app.chat.errors import Refusal
from app.chat.frames import Send

FULL = b'{"type":"send","id":"t.1","content":"a"'


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (FULL + b',"content":"b"}', "content"),
        (FULL + b',"\\u0063ontent":"b"}', "content"),
        (FULL + b',"note":false,"note":true}', "note"),
        (FULL + b',"more":{"x":1,"x":2}}', "x"),
        (b'{"type":"typing","on":true,"on":false}', "on"),
        (b'{"type":"ping","type":"ping"}', "type"),
        (b'{"type":"join","conversation":"v","id":"a","i\\u0064":"b"}', "id"),
    ],
)
def test_a_key_that_stands_twice_is_named(payload: bytes, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(payload)
    assert (caught.value.code, caught.value.detail) == ("bad_frame", {"field": field})


@pytest.mark.parametrize(
    "more", [b'"content":"b"', b'"\\u0063ontent":"b"', b'"send_time":1,"send_time":2', b'"x":1,"x":2']
)
def test_in_plain_mode_too(more: bytes) -> None:
    with pytest.raises(Refusal, match="bad_frame"):
        parse_plain(b'{"content":"a",' + more + b"}")


@pytest.mark.parametrize("more", [b"", b',"conversation":"v"', b',"note":true', b',"x":{"id":1,"content":2}'])
@pytest.mark.parametrize("content", [b"a", b'\\"content\\":\\"b\\", \\"id\\"'])
def test_what_stands_once_is_taken_whatever_it_says(content: bytes, more: bytes) -> None:
    frame = parse(b'{"type":"send","id":"t.1","content":"' + content + b'"' + more + b"}")
    assert isinstance(frame, Send)
    assert frame.content.encode() == content.replace(b"\\", b"")
    for time in (b"", b',"send_time":"now"', b',"send_time":7', b',"send_time":null'):
        assert parse_plain(b'{"content":"' + content + b'"' + time + b"}").content == frame.content
