"""Where mail reaches agents, and the links that are mailed there, on both engines."""

import asyncio
from typing import Any

import pytest

from app.chat.agent_email import Mailbox
from app.live.team import Team
from app.live.team_mail import TeamMail
from app.store.agent_mail import AgentMail
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.people import Agent
from app.store.sessions import Session
from app.store.store import Store
from tests.store.test_people import code, shop

__all__ = ["shop"]

PASSWORD = "correct horse battery"


@pytest.fixture
async def anna(shop: Store) -> Agent:
    """Somebody with a confirmed address."""
    agent = await shop.people.add_agent("Anna", PASSWORD, "admin")
    await asks(shop.agent_mail, agent.uid, "anna@example.com")
    secret, _ = await shop.agent_mail.make("confirm", agent.uid)
    await shop.agent_mail.use(secret, "zh")
    return agent


async def asks(mail: AgentMail, uid: str, email: str) -> None:
    await mail.change(uid, lambda box: box.asking(email, "en"))


async def test_an_address_counts_once_a_link_that_was_mailed_there_has_been_used(shop: Store, anna: Agent) -> None:
    mail = shop.agent_mail
    assert await mail.of(anna.uid) == Mailbox("anna@example.com", language="zh")
    await asks(mail, anna.uid, "ANNA@example.com")  # which is that one
    assert await mail.make("confirm", anna.uid) == ("", "")
    await asks(mail, anna.uid, "a.b@example.org")
    assert await mail.of(anna.uid) == Mailbox("anna@example.com", "a.b@example.org")
    secret, to = await mail.make("confirm", anna.uid)
    assert to == "a.b@example.org"
    await asks(mail, anna.uid, "other@example.org")
    assert await code(mail.use(secret, "en")) == "link_over"  # nobody showed that they read mail there
    assert (await shop.people.agents())[0].mail == Mailbox("anna@example.com", "other@example.org")
    secret, _ = await mail.make("confirm", anna.uid)
    await mail.use(secret, "en")
    for email in ("anna@example.com", "other@example.org"):
        await asks(mail, anna.uid, email)
        last, _ = await mail.make("confirm", anna.uid)
        if email == "anna@example.com":
            await mail.use(last, "en")
    assert await code(mail.use(secret, "en")) == "link_over"  # which was used, though it is for that address again
    assert await mail.of(anna.uid) == Mailbox("anna@example.com", "other@example.org")
    await asks(mail, anna.uid, " ")
    assert await mail.of(anna.uid) == Mailbox()
    assert await mail.make("help", anna.uid) == ("", "")
    assert await code(mail.change(anna.uid, lambda box: box.asking("nobody", "en"))) == "bad_form"


async def test_a_link_lets_in_once_and_ends_all_that_were_made_before(shop: Store, anna: Agent) -> None:
    mail = shop.agent_mail
    (first, to), (second, _) = await mail.make("help", anna.uid), await mail.make("help", anna.uid)
    assert to == "anna@example.com"
    outcomes = await asyncio.gather(*(mail.use(first, "en") for _ in range(5)), return_exceptions=True)
    assert sorted(isinstance(one, BaseException) for one in outcomes) == [False, True, True, True, True]
    for secret in (first, second, "", "x" * 32):
        assert await code(mail.use(secret, "en")) == "link_over"
        assert await code(mail.find(secret)) == "link_over"
    third, _ = await mail.make("help", anna.uid)
    await shop.team.change(anna.uid, password=PASSWORD + "!")  # whoever knows it has no use for a link
    assert await code(mail.use(third, "en")) == "link_over"
    fourth, _ = await mail.make("help", anna.uid)
    await asks(mail, anna.uid, "")
    assert await code(mail.use(fourth, "en")) == "link_over"


async def test_who_is_invited_manages_nothing_until_they_come(shop: Store, anna: Agent) -> None:
    people, mail = shop.people, shop.agent_mail
    boris = await people.add_agent("Boris", "", "admin", invited=True)
    await asks(mail, boris.uid, "boris@example.com")
    assert await code(shop.team.change(anna.uid, disabled=True)) == "last_admin"
    assert await people.authenticate("Boris", "") is None
    secret, to = await mail.make("join", boris.uid)
    assert to == "boris@example.com"
    await mail.use(secret, "zh")
    await shop.team.change(boris.uid, password=PASSWORD)
    assert await mail.of(boris.uid) == Mailbox("boris@example.com", language="zh", used=2)
    assert not (await shop.team.change(anna.uid, disabled=True)).invited
    assert await people.has_admin()


async def test_the_store_keeps_no_secret_and_forgets_what_is_over(shop: Store, anna: Agent) -> None:
    mail, pipeline = shop.agent_mail, shop.pipelines.people
    secret, _ = await mail.make("help", anna.uid)
    key = Keys.mailed_link(hash_of(secret))
    assert secret.encode() not in await pipeline.call("GET", key)
    assert 0 < await pipeline.call("PTTL", key) <= 15 * 60 * 1000
    assert [await mail.may_send("Anna@Example.com", 3) for _ in range(3)] == [True] * 3
    assert not await mail.may_send("anna@example.com", 3)
    assert await mail.may_send("boris@example.com", 3)
    counted = Keys.mailed(hash_of("anna@example.com"))
    assert 0 < await pipeline.call("PTTL", counted) <= 3600 * 1000


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "agent"}])
async def test_who_is_locked_out_while_a_link_lets_them_in_is_out(
    shop: Store, anna: Agent, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """As it may be by an administrator at the console of another node."""
    create = shop.sessions.create

    async def late(agent: Agent) -> tuple[str, Session]:
        await shop.team.change(anna.uid, **change, even_last=True)
        return await create(agent)

    team = TeamMail(shop, Team(shop), sends=True)
    secret, _ = await shop.agent_mail.make("help", anna.uid)
    monkeypatch.setattr(shop.sessions, "create", late)
    assert await code(team.let_in(secret, "", "en")) == "link_over"
    assert await shop.pipelines.people.call("SMEMBERS", Keys.sessions_of(anna.uid)) == []
