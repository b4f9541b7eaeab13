"""An answer to who has left, told from beginning to end against a real mail server."""

import re
from collections.abc import Iterator

import pytest

from tests.clock import KNOWN
from tests.mail.post_office import NAME, OTHER_NAME, SHOP, PostOffice
from tests.mail.shop import DAY, HOUR, MINUTE, MailShop, content
from tests.running import wait_until

pytestmark = pytest.mark.skipif(not KNOWN, reason="the store's clock is moved by machine code for Linux on x86-64")


@pytest.fixture(scope="module")
def shop(post_office: PostOffice) -> Iterator[MailShop]:
    with MailShop(post_office, post_office.url(host=NAME)) as shop:  # by STARTTLS
        yield shop


def test_what_was_said_together_comes_in_one_mail_and_the_next_continues_the_thread(
    shop: MailShop, post_office: PostOffice
) -> None:
    tom = shop.leaves("tom")
    shop.answers(tom, "No.")
    lin = shop.leaves("lin")
    (first,) = shop.answers(lin, "Yes, in three days.")
    shop.later(90)  # she is gone for less than two minutes as yet
    (second,) = shop.answers(lin, "<b>Free</b> above 50 €.")
    shop.later(31)  # and now for more, but it was said less than a minute ago
    post_office.world.wait(tom.address)
    assert not post_office.world.mails(lin.address), "more may be said to her"
    shop.later(2 * MINUTE)
    (mail,) = post_office.world.wait(lin.address)
    assert "Yes, in three days." in content(mail)
    assert "<b>Free</b> above 50 €." in content(mail)
    assert (mail["Return-Path"], mail["To"]) == (f"<{SHOP}>", lin.address)
    assert mail["Received"].find("TLS") > 0, "not encrypted"
    wait_until(lambda: shop.events(lin, "mail.sent"), "the conversation tells of it")
    (told,) = shop.events(lin, "mail.sent")
    assert (told["first"], told["through"]) == (first, second)

    shop.answers(lin, "Anything else?")
    shop.later(5 * MINUTE)
    _, next_one = post_office.world.wait(lin.address, 2)
    assert "Anything else?" in content(next_one)
    assert "three days" not in content(next_one)
    assert mail["Message-ID"] != next_one["Message-ID"]
    assert mail["Message-ID"] in next_one["References"]


def test_what_was_read_here_is_not_mailed(shop: MailShop, post_office: PostOffice) -> None:
    max_ = shop.leaves("max")
    (seq,) = shop.answers(max_, "Read in the chat.")
    max_.comes("Thanks!")
    max_.reads(seq)
    max_.goes()
    shop.answers(max_, "Read in the mail.")
    shop.later(5 * MINUTE)
    (mail,) = post_office.world.wait(max_.address)
    assert "Read in the mail." in content(mail)
    assert "Read in the chat." not in content(mail)


def test_who_is_refused_for_a_while_gets_it_later_and_agents_are_told_once(
    shop: MailShop, post_office: PostOffice
) -> None:
    ida = shop.leaves("ida")
    post_office.answer(ida.address, "451 4.7.1 Greylisted, come back later")
    (seq,) = shop.answers(ida, "We have it in blue.")
    for tries in (1, 2, 3):
        shop.later(HOUR)
        wait_until(lambda n=tries: post_office.refusals(ida.address) >= n, f"try {tries}")
    (told,) = shop.events(ida, "mail.delayed")
    assert (told["first"], told["through"]) == (seq, seq)
    post_office.answer(ida.address, "")
    shop.later(3 * HOUR)
    (mail,) = post_office.world.wait(ida.address)
    assert "We have it in blue." in content(mail)
    wait_until(lambda: shop.events(ida, "mail.sent"), "the conversation tells that it went")
    assert len(shop.events(ida, "mail.delayed")) == 1


@pytest.mark.parametrize(("name", "at"), [("noah", "recipient"), ("mia", "whole")])
def test_who_is_refused_for_good_is_not_tried_again(
    shop: MailShop, post_office: PostOffice, name: str, at: str
) -> None:
    customer = shop.leaves(name)
    post_office.answer(customer.address, "552 5.2.2 Mailbox full", at=at)
    shop.answers(customer, "Are you there?")
    shop.later(5 * MINUTE)
    wait_until(lambda: shop.events(customer, "mail.failed"), "the conversation tells of it")
    (told,) = shop.events(customer, "mail.failed")
    assert told["told"].startswith("552 5.2.2")
    post_office.answer(customer.address, "", at=at)
    shop.later(2 * DAY)
    other = shop.leaves(f"{name}-after")
    shop.answers(other, "Hello")
    shop.later(5 * MINUTE)
    post_office.world.wait(other.address)
    assert post_office.refusals(customer.address) == 1
    assert not post_office.world.mails(customer.address)


def test_a_bounce_comes_to_the_shops_own_mailbox(shop: MailShop, post_office: PostOffice) -> None:
    gone = shop.leaves("gone", "gone@nowhere.test")
    shop.answers(gone, "Where are you?")
    shop.later(5 * MINUTE)
    (bounce,) = post_office.shop.wait()
    assert bounce["X-Failed-Recipients"] == "gone@nowhere.test"
    wait_until(lambda: shop.events(gone, "mail.sent"), "it was taken")
    assert re.search(r"Message-ID: <[^>]*\.\d+@shop\.test>", bounce.as_string()), "which mail it was"


def test_nothing_is_lost_in_a_day_without_a_mail_server(shop: MailShop, post_office: PostOffice) -> None:
    post_office.kill()
    people = [shop.leaves(f"day-{n}") for n in range(4)]
    for customer in people:
        shop.answers(customer, f"For {customer.address}")
    shop.passes(0, lambda: all(shop.events(one, "mail.delayed") for one in people), "their conversations tell of it")
    people.append(shop.leaves("next-day"))
    shop.answers(people[-1], f"For {people[-1].address}")
    # It is tried again, too: the others wait for longer.
    shop.passes(DAY, lambda: shop.events(people[-1], "mail.delayed"), "theirs tells of it")
    shop.answers(people[0], "And this.")
    post_office.restart()
    shop.passes(0, lambda: all(shop.events(one, "mail.sent") for one in people), "their mails go")
    for customer in people:
        (mail,) = post_office.world.wait(customer.address)
        assert f"For {customer.address}" in content(mail)
        assert ("And this." in content(mail)) == (customer is people[0])
        assert len(shop.events(customer, "mail.delayed")) == 1


def test_a_wrong_password_holds_mail_back_until_it_is_right(post_office: PostOffice) -> None:
    with MailShop(post_office, post_office.url(password="wrong")) as shop:
        eve = shop.leaves("eve")
        shop.answers(eve, "It is on its way.")
        shop.later(5 * MINUTE)
        wait_until(lambda: shop.events(eve, "mail.delayed"), "the conversation tells of it")
        assert "535 Incorrect authentication data" in post_office.log
        shop.restart(post_office.url())
        shop.later(HOUR)
        (mail,) = post_office.world.wait(eve.address)
        assert "It is on its way." in content(mail)


def test_a_server_that_is_not_who_it_says_gets_nothing(post_office: PostOffice) -> None:
    with MailShop(post_office, post_office.url(host=OTHER_NAME)) as shop:
        ada = shop.leaves("ada")
        shop.answers(ada, "A secret.")
        shop.passes(5 * MINUTE, lambda: shop.events(ada, "mail.delayed"), "the conversation tells of it")
        assert not post_office.world.mails(ada.address)
