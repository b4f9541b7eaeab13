"""The team's mail, to real mailboxes: an invitation, an address that is confirmed, a way back in."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, ask, log_in
from tests.clients.events import Stream
from tests.mail.post_office import SHOP, PostOffice
from tests.prepared import Prepared
from tests.running import Chatadmin, wait_until

_numbers = count(1)
ADDRESS = "https://chat.shop.test"
NEW = "another " + PASSWORD
OVER = (403, "link_over")


@pytest.fixture(scope="module")
def url(post_office: PostOffice, prepared: Prepared) -> Iterator[str]:
    """A shop that sends mail; its administrator is Olga."""
    settings = {
        "url": ADDRESS,
        "shop_name": "Teehaus",
        "mail": {"smtp": post_office.url(), "from": SHOP},
        "limits": {"logins_per_minute": 0},
    }
    with Chatadmin(config=settings, data_dir=prepared("Olga")) as running:
        yield running.url
        assert "Traceback" not in running.output


@pytest.fixture
def olga(url: str) -> str:
    return log_in(url, "Olga", PASSWORD)


@pytest.fixture
def person() -> tuple[str, str]:
    """A name and an address that nobody has yet."""
    number = next(_numbers)
    return f"Pavel {number}", f"pavel{number}@team.test"


def secret(office: PostOffice, email: str, purpose: str, nth: int = 1) -> str:
    """That of the link in the nth mail to an address, which says the same as text and as HTML."""
    mail = office.world.wait(email, nth)[nth - 1]
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    (found,) = re.findall(rf"{re.escape(ADDRESS)}/admin#{purpose}=([\w-]+)", text)
    assert f"/admin#{purpose}={found}" in html
    return str(found)


def post(url: str, path: str, **asked: Any) -> Answer:
    return ask(url, path, asked)


def me(url: str, token: str) -> Any:
    return ask(url, "/v1/me", Authorization=token).value


def named(url: str, token: str, email: str, present: str = PASSWORD) -> Answer:
    return ask(url, "/v1/me/email", {"email": email, "present": present}, method="PUT", Authorization=token)


def joined(url: str, olga: str, office: PostOffice, person: tuple[str, str]) -> str:
    """Somebody is invited, and comes; their token."""
    name, email = person
    assert ask(url, "/v1/agents", {"nickname": name, "email": email}, Authorization=olga).status == 200
    entered = post(url, "/login/mailed", secret=secret(office, email, "join"), password=PASSWORD)
    return entered.headers["token"]


def test_who_is_invited_chooses_a_password_and_is_in(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    name, email = person
    added = ask(url, "/v1/agents", {"nickname": name, "email": email, "role": "admin"}, Authorization=olga).value
    assert (added["invited"], added["email"], added["email_asked"]) == (True, "", email)
    link = secret(post_office, email, "join")
    assert (post_office.world.mails(email)[0]["Subject"]) == "Teehaus invites you to answer its visitors"
    for short in ({}, {"password": "short"}):  # nobody but them knows one, and the link stays good
        assert post(url, "/login/mailed", secret=link, **short).refusal == (400, "weak_password")
    assert post(url, "/login", nickname=name, password="").refusal[0] in (401, 403)
    asked = post(url, "/login/mailed/look", secret=link)
    assert asked.value == {"purpose": "join", "nickname": name, "email": email}
    entered = post(url, "/login/mailed", secret=link, password=PASSWORD)
    assert (entered.value["nickname"], entered.value["agent_role"]) == (name, "admin")
    own = me(url, entered.headers["token"])
    assert (own["email"], own["email_asked"]) == (email, "")
    assert log_in(url, name, PASSWORD)
    for path in ("/login/mailed", "/login/mailed/look", "/login/confirm"):
        assert post(url, path, secret=link, password=NEW).refusal == OVER
    (row,) = [one for one in ask(url, "/v1/agents", Authorization=olga).value if one["uid"] == added["uid"]]
    assert (row["invited"], row["email"]) == (False, email)


def test_an_invitation_that_went_astray_is_sent_anew_and_the_first_lets_nobody_in(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    name, email = person
    stray = f"stray.{email}"
    added = ask(url, "/v1/agents", {"nickname": name, "email": stray}, Authorization=olga).value
    first = secret(post_office, stray, "join")
    path = f"/v1/agents/{added['uid']}"
    assert ask(url, path, {"email": ""}, method="PATCH", Authorization=olga).refusal == (400, "bad_form")
    again = ask(url, path, {"email": email}, method="PATCH", Authorization=olga).value
    assert (again["email_asked"], again["invited"]) == (email, True)
    second = secret(post_office, email, "join")
    assert post(url, "/login/mailed", secret=first, password=PASSWORD).refusal == OVER
    assert ask(url, path, {"disabled": True}, method="PATCH", Authorization=olga).status == 200
    assert post(url, "/login/mailed", secret=second, password=PASSWORD).refusal == OVER
    assert ask(url, path, {"disabled": False}, method="PATCH", Authorization=olga).status == 200
    assert post(url, "/login/mailed", secret=second, password=PASSWORD).status == 200


def test_an_address_of_ones_own_counts_once_it_is_confirmed(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    token = joined(url, olga, post_office, person)
    new = f"new.{person[1]}"
    assert named(url, token, new, "wrong " + PASSWORD).refusal == (403, "wrong_password")
    assert named(url, token, "nobody").refusal == (400, "bad_form")
    asked = ask(url, "/v1/me/email?lang=zh", {"email": new, "present": PASSWORD}, method="PUT", Authorization=token)
    assert asked.value == {"email": person[1], "email_asked": new}
    link = secret(post_office, new, "confirm")
    assert "这是您的邮箱吗" in post_office.world.mails(new)[0]["Subject"]
    assert post(url, "/login/mailed", secret=link, password=NEW).refusal == OVER  # which lets nobody in
    assert post(url, "/login/mailed/look", secret=link).value["purpose"] == "confirm"
    assert post(url, "/login/confirm", secret=link).value == {"nickname": person[0], "email": new}
    assert post(url, "/login/confirm", secret=link).refusal == OVER
    assert (me(url, token)["email"], me(url, token)["email_asked"]) == (new, "")
    assert named(url, token, "").value == {"email": "", "email_asked": ""}


def test_who_forgot_the_password_is_let_in_once_and_everybody_else_is_out(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    name, email = person
    before = joined(url, olga, post_office, person)
    stream = Stream(url, before, "?delta=1")
    assert post(url, "/login/help", email=email.upper()).value is None
    assert post(url, "/login/help", email=email).value is None
    first, second = (secret(post_office, email, "help", nth) for nth in (2, 3))
    entered = post(url, "/login/mailed", secret=first)  # and keeps the password
    assert stream.over(within=5)
    assert ask(url, "/v1/me", Authorization=before).refusal == (401, "no_session")
    assert me(url, entered.headers["token"])["nickname"] == name
    assert log_in(url, name, PASSWORD)
    for link in (first, second):
        assert post(url, "/login/mailed", secret=link, password=NEW).refusal == OVER
    assert post(url, "/login/help", email=email).status == 200
    third = secret(post_office, email, "help", 4)
    assert post(url, "/login/mailed", secret=third, password="short").refusal == (400, "weak_password")
    assert post(url, "/login/mailed", secret=third, password=NEW).status == 200
    assert post(url, "/login", nickname=name, password=PASSWORD).refusal == (401, "bad_credentials")
    assert log_in(url, name, NEW)
    stream.close()


def test_nobody_learns_who_has_an_address_or_floods_it(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    name, email = person
    joined(url, olga, post_office, person)
    answers = {post(url, "/login/help", email=one).body for one in (email, "nobody@team.test", "", "x" * 9000, email)}
    answers |= {post(url, "/login/help", email=email).body for _ in range(4)}
    assert len(answers) == 1
    last = (f"Last {name}", f"last.{email}")
    joined(url, olga, post_office, last)
    assert post(url, "/login/help", email=last[1]).status == 200
    secret(post_office, last[1], "help", 2)  # and by then all asked for before has gone out
    assert len(post_office.world.mails(email)) == 1 + 3
    assert post_office.world.mails("nobody@team.test") == []


def test_a_mailbox_that_takes_nothing_for_now_keeps_nobody_locked_out(
    url: str, olga: str, post_office: PostOffice, person: tuple[str, str]
) -> None:
    email, busy = person[1], f"busy.{person[1]}"
    token = joined(url, olga, post_office, person)
    post_office.answer(busy, "451 4.7.1 Come back later")
    assert named(url, token, busy).status == 200
    wait_until(lambda: post_office.refusals(busy), "a refusal")
    assert post(url, "/login/help", email=email).status == 200
    assert post(url, "/login/mailed", secret=secret(post_office, email, "help", 2)).status == 200
    whose = f"account:{me(url, log_in(url, person[0], PASSWORD))['uid']}"

    def fails() -> bool:
        lanes = ask(url, "/v1/delivery", Authorization=olga).value["lanes"]
        return ("451 4.7.1 Come back later", 1) in [
            (one["reason"], one["jobs"]) for one in lanes if one["lane"] == whose
        ]

    wait_until(fails, "what administrators are told")
    post_office.answer(busy, "")
    assert ask(url, "/v1/delivery/retry", {"lane": whose}, Authorization=olga).status == 200
    assert post(url, "/login/confirm", secret=secret(post_office, busy, "confirm")).value["email"] == busy
