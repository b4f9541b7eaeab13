"""When certificates are fetched."""

from itertools import pairwise

from app.tls import renewing
from app.tls.folder import Try
from app.tls.validity import Validity

DAY = 86400.0
OF_90_DAYS = Validity(0, 90 * DAY)


def test_it_is_renewed_at_two_thirds_of_its_life_where_the_authority_does_not_say() -> None:
    assert renewing.renewal(OF_90_DAYS, None) == 60 * DAY


def test_it_is_renewed_when_the_authority_says_but_not_after_three_quarters() -> None:
    assert renewing.renewal(OF_90_DAYS, 5 * DAY) == 5 * DAY
    assert renewing.renewal(OF_90_DAYS, 80 * DAY) == 67.5 * DAY


def test_an_authority_is_asked_less_and_less_often_and_at_most_five_times_an_hour() -> None:
    tried, tries = Try(), list[float]()
    while len(tries) < 12:
        tries.append(tried.next_at)
        tried = renewing.failed(tried, tried.next_at, "no", 0, None)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert all(sum(at <= one < at + 3600 for one in tries) <= 5 for at in tries)
    assert pauses[-1] == 6 * 3600
    assert tried.failures == 12


def test_what_the_authority_asks_for_is_obeyed_over_a_restart_too() -> None:
    tried = renewing.failed(Try(), 1000, "too many", 5 * DAY, OF_90_DAYS)
    assert tried.next_at == renewing.restarted(tried).next_at == 1000 + 5 * DAY


def test_after_a_start_it_is_tried_again_within_a_minute() -> None:
    tried = Try()
    for _ in range(6):
        tried = renewing.failed(tried, 1000, "no", 0, None)
    assert tried.next_at == 1000 + 6 * 3600
    assert renewing.restarted(tried).next_at == 1060


def test_a_certificate_of_a_short_life_is_tried_sooner() -> None:
    tried = renewing.failed(Try(failures=9), 0, "no", 0, Validity(0, 6 * DAY))
    assert tried.next_at == 6 * 3600
    assert renewing.failed(Try(failures=9), 0, "no", 0, Validity(0, 3600)).next_at == 150


def test_the_operator_hears_of_it_at_a_quarter_of_its_life() -> None:
    assert not renewing.alarming(OF_90_DAYS, 67 * DAY)
    assert renewing.alarming(OF_90_DAYS, 68 * DAY)
    assert renewing.alarming(None, 0)
