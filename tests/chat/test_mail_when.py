"""When a mail goes out."""

from app.chat.mail_when import due

NOW, S = 1_000_000_000, 1000


def ago(*seconds: int, here: bool = False, left: int = 3600) -> int:
    """Due in seconds from now, for messages written so long ago by their reader who left so long ago; 0 for at once."""
    written = [NOW - second * S for second in seconds]
    return max(0, due(written, here=here, left=NOW - left * S, now=NOW) - NOW) // S


def test_one_mail_tells_of_what_is_said_until_nothing_was_for_a_minute_or_for_five() -> None:
    assert [ago(0), ago(59), ago(60), ago(86400)] == [60, 1, 0, 0]
    assert [ago(70, 20), ago(120, 61, 1), ago(299, 5), ago(300, 5)] == [40, 59, 1, 0]


def test_nothing_is_mailed_to_who_is_here_or_was_two_minutes_ago() -> None:
    assert [ago(90, left=0), ago(90, left=119), ago(90, left=120)] == [120, 1, 0]
    assert ago(500, here=True) == ago(500, here=True, left=10) == 3600
    assert due([NOW - 90 * S], here=False, left=0, now=NOW) <= NOW  # who was never here
