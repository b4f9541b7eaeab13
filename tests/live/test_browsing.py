"""Who looks at the shop's pages: counted, heard less often when they are many, forgotten."""

from app.live.browsing import LATEST, SOONEST, Browsing


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_more_there_are_the_less_often_each_says_so() -> None:
    browsing = Browsing(Clock())
    told = {number: browsing.hear(f"page {number}", gone=False) for number in range(1, 7001)}
    assert (told[1], told[750], told[751], told[3000], told[6000], told[7000]) == (SOONEST, 15, 16, 60, LATEST, LATEST)
    assert len(browsing) == 6000  # however many there are
    assert browsing.hear("page 7000", gone=False) == LATEST
    for number in range(1001, 7001):
        browsing.hear(f"page {number}", gone=True)
    assert len(browsing) == 0


def test_who_is_not_heard_of_for_three_minutes_has_gone() -> None:
    clock = Clock()
    browsing = Browsing(clock)
    for number in range(750):
        browsing.hear(f"page {number}", gone=False)
    clock.now += 120
    assert browsing.hear("page 0", gone=False) == SOONEST
    assert browsing.hear("another", gone=False) == SOONEST + 1
    clock.now += 61
    assert browsing.hear("another", gone=False) == SOONEST
    assert len(browsing) == 2
