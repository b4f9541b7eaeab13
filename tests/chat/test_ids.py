"""What a message's id may be."""

import pytest

from app.chat import client_frames
from app.chat.errors import Refusal


@pytest.mark.parametrize("id", ["t.1", "T_a-9.999999999999999", "a" * 32 + ".10"])
def test_an_id_is_a_tab_and_a_number(id: str) -> None:
    tab, number = client_frames.split_id(id)
    assert f"{tab}.{number}" == id


@pytest.mark.parametrize(
    "id",
    [
        *("", ".", "1", "a.", ".1", "a.0", "a.01", "a.-1", "a.+1", "a.1 ", "a. 1", "a.1.2", "a.1\n", "a\n.1"),
        *("a.1e3", "a.１", "a.²", "ａ.1", "\ud800.1", "a.\ud800", "a b.1", "a" * 33 + ".1", "a." + "9" * 16),
    ],
)
def test_anything_else_is_refused(id: str) -> None:
    with pytest.raises(Refusal, match="bad_id"):
        client_frames.split_id(id)
