"""The shop's settings, canned replies and the team in the store, on both engines: two people at once."""

import asyncio
from typing import Any

import pytest

from app.chat.errors import Refusal
from app.chat.form import Choice, Form
from app.chat.replies import MOST_OWN, Reply
from app.chat.shop import Change, Shop
from app.chat.widget import Widget
from app.chat.widget_change import Change as WidgetChange
from app.store import scripts
from app.store.faces import SHOP
from app.store.keys import Keys
from app.store.people import Agent, Role
from app.store.store import Store
from tests.store.test_people import PASSWORD, code, shop

__all__ = ["shop"]  # the fixture

INITIAL = Shop("From the file")


@pytest.fixture
async def anna(shop: Store) -> Agent:
    return await shop.people.add_agent("Anna", PASSWORD, "admin")


# -- the document ---------------------------------------------------------------------------------------------------


async def test_the_configuration_holds_until_something_was_decided(shop: Store) -> None:
    assert await shop.shop.read(INITIAL) == INITIAL
    assert await shop.shop.save(0, Change(greetings={"en": "Hello"}), "anna")
    assert await shop.shop.read(INITIAL) == Shop("From the file", {"en": "Hello"}, "", 0, version=1, by="anna")
    assert await shop.shop.save(1, Change(name="", retention_days=30), "ben")
    assert await shop.shop.read(INITIAL) == Shop("", {"en": "Hello"}, "", 30, version=2, by="ben")


async def test_of_two_at_once_one_is_told(shop: Store) -> None:
    asked = [shop.shop.save(0, Change(name=f"Shop {n}"), f"admin{n}") for n in range(8)]
    saved = await asyncio.gather(*asked)
    assert saved.count(True) == 1
    kept = await shop.shop.read(INITIAL)
    assert (kept.name, kept.by, kept.version) == (f"Shop {saved.index(True)}", f"admin{saved.index(True)}", 1)


async def test_words_in_any_script_come_back_as_they_were(shop: Store) -> None:
    greeting = '你好 👋 "quoted" \\ \u2028 é </script>'
    await shop.shop.save(0, Change(greetings={"en": greeting, "zh": "您好"}), "anna")
    await shop.shop.save(1, Change(name="x"), "anna")
    greetings = (await shop.shop.read(INITIAL)).greetings
    assert list(greetings.items()) == [("en", greeting), ("zh", "您好")]


async def test_the_one_greeting_of_an_earlier_version_is_the_first(shop: Store) -> None:
    await shop.pipelines.people.call(
        "HSET", Keys.shop(), "version", 1, "document", '{"greeting": "Hello", "name": "Tea"}'
    )
    kept = await shop.shop.read(INITIAL)
    assert (kept.name, kept.greetings) == ("Tea", {"en": "Hello"})
    assert await shop.shop.save(1, Change(greetings={}), "anna")
    assert (await shop.shop.read(INITIAL)).greetings == {}


async def test_a_list_that_is_empty_stays_a_list(shop: Store) -> None:
    """Lua would make an object of it, which no node could read."""
    form = Form("required", choice=Choice({"en": "Topic"}, {"en": ["Order"]}))
    assert await shop.widget.save(
        0, WidgetChange(("https://shop.example.com",), quick={"en": ["Hi"]}, form=form), "anna"
    )
    assert await shop.widget.save(1, WidgetChange((), quick={}), "ben")
    kept = await shop.widget.read(Widget())
    assert kept == Widget((), form=form, version=2, by="ben")
    assert not await shop.widget.save(1, WidgetChange(beacons=False), "anna")
    assert (await shop.shop.read(INITIAL)).version == 0


# -- canned replies -------------------------------------------------------------------------------------------------


def reply(shortcut: str, text: str = "Hello", *, shared: bool = True) -> Reply:
    return Reply("", shortcut, text, shared, by="Anna")


async def test_everybody_sees_the_shop_s_and_their_own(shop: Store) -> None:
    for who, one in (("anna", reply("hi")), ("anna", reply("bye", shared=False)), ("ben", reply("hi", shared=False))):
        await shop.replies.add(who, one)
    assert [(one.shortcut, one.shared) for one in await shop.replies.all("anna")] == [("bye", False), ("hi", True)]
    assert [(one.shortcut, one.shared) for one in await shop.replies.all("ben")] == [("hi", True), ("hi", False)]
    mine = next(one for one in await shop.replies.all("ben") if not one.shared)
    assert await code(shop.replies.find("anna", mine.id)) == "unknown_reply"


async def test_a_shortcut_belongs_to_one_reply(shop: Store) -> None:
    one = await shop.replies.add("anna", reply("Hi"))
    assert await code(shop.replies.add("ben", reply("hI"))) == "shortcut_taken"
    moved = await shop.replies.change("anna", one, reply("hello"))
    other = await shop.replies.add("anna", reply("hi"))  # free again
    assert await code(shop.replies.change("anna", moved, reply("HI"))) == "shortcut_taken"
    await shop.replies.delete("anna", other)
    assert (await shop.replies.change("anna", moved, reply("hi"))).version == 3
    added = await asyncio.gather(
        *(shop.replies.add("anna", reply("once", shared=False)) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Reply) for one in added) == 1


async def test_who_changes_what_another_changed_meanwhile_is_told_who(shop: Store) -> None:
    seen = await shop.replies.add("anna", reply("hi"))
    await shop.replies.change("ben", seen, Reply("", "hi", "Hello from Ben", shared=True, by="Ben"))
    with pytest.raises(Refusal) as refused:
        await shop.replies.change("anna", seen, reply("hi", "Hello from Anna"))
    assert (refused.value.code, refused.value.detail) == ("changed_meanwhile", {"who": "Ben"})
    assert [one.text for one in await shop.replies.all("anna")] == ["Hello from Ben"]
    (now,) = await shop.replies.all("anna")
    await shop.replies.delete("ben", now)
    await shop.replies.delete("anna", now)
    assert await code(shop.replies.change("anna", now, reply("hi"))) == "unknown_reply"


async def test_there_is_an_end_to_them(shop: Store) -> None:
    for n in range(MOST_OWN):
        await shop.replies.add("anna", reply(f"r{n}", shared=False))
    assert await code(shop.replies.add("anna", reply("more", shared=False))) == "too_many_replies"
    await shop.replies.add("ben", reply("more", shared=False))
    await shop.replies.add("anna", reply("more"))


# -- the team -------------------------------------------------------------------------------------------------------


async def test_the_last_administrator_stays(shop: Store, anna: Agent) -> None:
    ben = await shop.people.add_agent("Ben", PASSWORD, "agent")
    assert await code(shop.team.change(anna.uid, disabled=True)) == "last_admin"
    assert await code(shop.team.change(anna.uid, role="agent")) == "last_admin"
    await shop.team.change(ben.uid, role="admin")
    await shop.team.change(ben.uid, disabled=True)
    assert await code(shop.team.change(anna.uid, role="agent")) == "last_admin"  # Ben could not log in
    await shop.team.change(ben.uid, disabled=False)
    await shop.team.change(anna.uid, role="agent")
    assert [agent.nickname for agent in await shop.people.agents() if agent.role == "admin"] == ["Ben"]
    await shop.team.change(ben.uid, disabled=True, even_last=True)  # the operator's word is the last
    assert not await shop.people.has_admin()


async def test_two_administrators_cannot_lock_each_other_out_at_once(shop: Store, anna: Agent) -> None:
    for n in range(10):
        ben = await shop.people.add_agent(f"Ben {n}", PASSWORD, "admin")
        done = await asyncio.gather(
            shop.team.change(anna.uid, disabled=True),
            shop.team.change(ben.uid, role="agent"),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in done) == ["Agent", "Refusal"]
        assert await shop.people.has_admin()
        await shop.team.change(anna.uid, disabled=False)
        await shop.team.change(ben.uid, role="agent")


async def test_changes_of_one_agent_at_once_are_all_kept(shop: Store, anna: Agent) -> None:
    ben = await shop.people.add_agent("Ben", PASSWORD, "agent")
    turns: list[tuple[Role, bool]] = [("admin", True), ("agent", False)]
    for role, disabled in turns * 5:
        await asyncio.gather(shop.team.change(ben.uid, role=role), shop.team.change(ben.uid, disabled=disabled))
        now = await shop.people.agent(ben.uid)
        assert now is not None
        assert (now.role, now.disabled) == (role, disabled)


async def test_another_role_or_password_ends_sessions_and_a_return_does_not(shop: Store, anna: Agent) -> None:
    ben = await shop.people.add_agent("Ben", PASSWORD, "agent")
    changes: list[dict[str, Any]] = [{"role": "admin"}, {"password": "another " + PASSWORD}, {"disabled": True}]
    for change in changes:
        token, _ = await shop.sessions.create(ben)
        await shop.team.change(ben.uid, **change)
        assert await shop.sessions.get(token) is None, change
    token, session = await shop.sessions.create(anna)
    other, _ = await shop.sessions.create(anna)
    await shop.team.change(anna.uid, password="another " + PASSWORD, keep=session.hash)
    assert await shop.sessions.get(token) == session
    assert await shop.sessions.get(other) is None
    await shop.team.change(anna.uid, disabled=False)
    assert await shop.sessions.get(token) == session
    assert await code(shop.team.change("anobody", disabled=True)) == "unknown_agent"


# -- faces ----------------------------------------------------------------------------------------------------------


async def test_a_face_takes_the_place_of_the_former_one(shop: Store, anna: Agent) -> None:
    first, logo = await shop.faces.put(anna.uid, b"first"), await shop.faces.put(SHOP, b"logo")
    second = await shop.faces.put(anna.uid, b"\xff second")
    assert [await shop.faces.picture(id) for id in (first, second, logo)] == [None, b"\xff second", b"logo"]
    assert [agent.face for agent in await shop.people.agents()] == [second]
    assert (await shop.shop.read(INITIAL)).logo == logo
    await shop.people.change_agent(anna.uid, role=None, password="another one", disabled=None, even_last=True)
    assert [agent.face for agent in await shop.people.agents()] == [second]
    assert await shop.faces.put(anna.uid, b"") == ""
    assert [agent.face for agent in await shop.people.agents()] == [""]
    assert await shop.faces.picture(second) is None
    await shop.pipelines.people.call("SET", Keys.face("x"), b"no id of ours")
    assert await shop.faces.picture("x") is None


async def test_a_face_whose_answer_was_lost_may_be_given_again(shop: Store) -> None:
    put, keys = scripts.load("put_face"), (Keys.faces(),)
    for _ in range(2):
        await shop.pipelines.people.eval(put, keys, (SHOP, "x" * 22, b"picture", Keys.face("")))
    assert await shop.faces.picture("x" * 22) == b"picture"
