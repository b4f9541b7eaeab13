"""People and their sessions, on both engines: who owns a name, who may come in, and what ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from app.chat import contact
from app.chat.errors import Refusal
from app.store.errors import StoreError
from app.store.keys import Keys
from app.store.people import Visitor
from app.store.resp import pairs
from app.store.store import Store

PASSWORD = "correct horse battery"


@pytest.fixture
async def shop(store_url: str) -> AsyncIterator[Store]:
    """An open, empty store: names are kept 30 days, visitors' sessions 30, agents' 7."""
    opened = Store(store_url, 1, 30, 30, 168)
    await opened.open()
    yield opened
    await opened.close()


async def code(refused: object) -> str:
    """The code of the Refusal that awaiting `refused` raises."""
    with pytest.raises(Refusal) as found:
        await refused  # type: ignore[misc]
    return found.value.code


async def unseen_since(shop: Store, visitor: Visitor, days: float) -> None:
    seen = visitor.seen - int(days * 24 * 3600 * 1000)
    await shop.pipelines.people.call("HSET", Keys.visitor(visitor.uid), "seen", str(seen))


# -- nicknames ------------------------------------------------------------------------------------------------------


async def test_of_two_browsers_that_ask_at_once_exactly_one_gets_the_name(shop: Store) -> None:
    spellings = ["Anna", "ANNA", "ａｎｎａ", "an\u200bna", " anna "] * 4
    answers = await asyncio.gather(*(shop.people.login_visitor(s, None) for s in spellings), return_exceptions=True)
    winners = [answer for answer in answers if isinstance(answer, Visitor)]
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(winners) == 1
    assert {refusal.code for refusal in refused} == {"nickname_taken"}
    assert len(refused) == len(spellings) - 1


async def test_of_many_who_are_called_alike_and_come_at_once_each_has_a_handle(shop: Store) -> None:
    spellings = ["Anna", "ANNA", "ａｎｎａ", "an\u200bna", " anna "] * 40
    visitors = await asyncio.gather(*(shop.people.login_named(spelling, None) for spelling in spellings))
    handles = {visitor.nickname.casefold() for visitor in visitors}
    assert len(handles) == len({visitor.uid for visitor in visitors}) == len(spellings)
    assert all(len(handle) <= 20 for handle in handles)
    for visitor in visitors:
        assert await shop.people.find(visitor.nickname) == await shop.people.visitor(visitor.uid)


async def test_a_name_that_a_hundred_thousand_have_is_still_free(shop: Store) -> None:
    owner = await shop.people.login_visitor("somebody", None)
    numbers = [f"guest {number}" for number in range(10, 100_000)]
    taken = [word for handle in ("guest", *numbers) for word in (handle, owner.uid)]
    await shop.pipelines.people.call("HSET", Keys.nicknames(), *taken)
    one, other = [await shop.people.login_named("Guest", None) for _ in range(2)]
    assert one.nickname != other.nickname
    assert len(one.nickname) <= 20


async def test_who_gives_no_name_is_called_by_a_number_of_their_own(shop: Store) -> None:
    """Where nearly all with five digits are kept, by a longer one."""
    numbers = [f"visitor {number}" for number in range(10_000, 100_000)]
    owner = await shop.people.login_visitor("somebody", None)
    await shop.pipelines.people.call("HSET", Keys.nicknames(), *[word for one in numbers for word in (one, owner.uid)])
    for digits in (6, 5):
        visitors = await asyncio.gather(*(shop.people.login_anonymous() for _ in range(20)))
        assert {len(visitor.nickname) for visitor in visitors} == {len("Visitor ") + digits}
        assert len({visitor.nickname for visitor in visitors}) == len(visitors)
        for visitor in visitors:
            assert await shop.people.find(visitor.nickname) == await shop.people.visitor(visitor.uid)
            assert visitor.name == visitor.nickname
        await shop.pipelines.people.call("HDEL", Keys.nicknames(), *numbers)


async def test_what_a_visitor_entered_is_kept_beside_who_they_are(shop: Store) -> None:
    lin = await shop.people.login_anonymous()
    token, _ = await shop.sessions.create(lin)
    await shop.people.describe(lin.uid, name="", email="lin@example.com", fields={"choice": "Returns"})
    await shop.people.describe(lin.uid, name="Lin", email="", fields={})
    await shop.sessions.rename(lin.uid, "Lin")
    found = await shop.people.visitor(lin.uid)
    assert found is not None
    assert (found.name, found.nickname) == ("Lin", lin.nickname)
    assert (found.email, found.fields) == ("lin@example.com", {"choice": "Returns"})
    session = await shop.sessions.get(token)
    assert session is not None
    assert (session.name, session.nickname, session.expires_at > time.time() * 1000) == ("Lin", lin.nickname, True)


async def test_an_address_that_took_no_mail_is_not_written_to_until_it_is_given_anew(shop: Store) -> None:
    lin = await shop.people.login_anonymous()
    agreed = contact.agreed("lin@mail.example", 1_795_962_123_456, language="de", before={})

    async def address() -> str:
        found = await shop.people.visitor(lin.uid)
        assert found is not None
        return contact.address(found)

    assert await shop.contacts.put(lin.uid, "lin@mail.example", agreed)
    assert await address() == "lin@mail.example"
    await shop.contacts.bounced(lin.uid, "former@mail.example", "550 User unknown")
    assert await address() == "lin@mail.example"
    await shop.contacts.bounced(lin.uid, "lin@mail.example", "550 User unknown")
    found = await shop.people.visitor(lin.uid)
    assert found is not None
    assert (contact.address(found), contact.bounced(found)) == ("", "550 User unknown")
    assert {key: found.mail[key] for key in agreed} == agreed  # the time whole, after the script has written it
    assert await shop.contacts.put(lin.uid, found.email, contact.agreed(found.email, 3000, before=found.mail))
    assert await address() == "lin@mail.example"
    assert not await shop.contacts.stop(lin.uid, "former@mail.example")
    assert await shop.contacts.stop(lin.uid, "lin@mail.example")
    assert await address() == ""
    await shop.identities.vouch(lin.uid, {"email": "lin@shop.example"})
    assert not await shop.contacts.put(lin.uid, "lin@mail.example", agreed)
    assert not await shop.contacts.put(lin.uid, "", {})
    assert await address() == "lin@shop.example"
    assert await shop.contacts.stop(lin.uid, "lin@shop.example")
    assert await address() == ""
    await shop.contacts.bounced("v" + "a" * 25, "a@b.example", "550 nobody of ours")
    assert await shop.people.visitor("v" + "a" * 25) is None


async def test_who_never_came_back_with_the_cookie_holds_no_name(shop: Store) -> None:
    """And who did keeps it, though it was a while ago."""
    soon = int(time.time() * 1000) + 45_000
    for used in (False, True):
        name = f"Anna {used}"
        anna = await shop.people.login_visitor(name, None, prove_by=soon)
        token, session = await shop.sessions.create(anna, prove_by=soon)
        await shop.people.touch(anna.uid)  # by the log-in itself
        ends = await shop.pipelines.people.call("PEXPIRETIME", Keys.session(session.hash))
        assert ends == await shop.pipelines.people.call("PEXPIRETIME", Keys.sessions_of(anna.uid)) == soon
        assert await code(shop.people.login_visitor(name, None)) == "nickname_taken"
        if used:
            assert await shop.sessions.get(token) is not None
        else:  # its end is there
            await shop.pipelines.people.call("DEL", Keys.session(session.hash), Keys.sessions_of(anna.uid))
            assert await code(shop.people.login_visitor(name, None)) == "nickname_taken"
        past = soon - 90_000
        await shop.pipelines.people.call("HSET", Keys.visitor(anna.uid), "prove_by", past, "seen", past - 45_000)
        if used:
            assert await code(shop.people.login_visitor(name, None)) == "nickname_taken"
            await shop.sessions.revoke(session)
            await shop.people.touch(anna.uid)
            assert await code(shop.people.login_visitor(name, None)) == "nickname_taken"
        else:
            assert (await shop.people.login_visitor(name, None)).uid != anna.uid


async def test_who_had_a_nickname_before_there_were_names_is_called_by_it(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    token, session = await shop.sessions.create(anna)
    for key in (Keys.visitor(anna.uid), Keys.session(session.hash)):
        assert await shop.pipelines.people.call("HDEL", key, "name") == 1
    found, again = await shop.people.find("anna"), await shop.sessions.get(token)
    assert found is not None
    assert again is not None
    assert (found.name, again.name) == ("Anna", "Anna")


async def test_a_visitor_who_returns_is_the_same_visitor(shop: Store) -> None:
    first = await shop.people.login_visitor("Anna", None)
    again = await shop.people.login_visitor("ANNA", first.uid)
    assert again.uid == first.uid
    assert again.enter_at >= first.enter_at
    found = await shop.people.find("anna")
    assert found is not None
    assert (found.uid, found.nickname) == (first.uid, "ANNA")


async def test_a_name_given_back_belongs_to_somebody_new(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    await shop.people.release_nickname(anna.uid)
    assert await shop.people.find("Anna") is None
    other = await shop.people.login_visitor("Anna", None)
    assert other.uid != anna.uid
    assert (await shop.people.find("Anna")) == (await shop.people.visitor(other.uid))
    before = await shop.people.visitor(anna.uid)
    assert before is not None  # the shop still knows whom the old conversation was with
    assert before.nickname == "Anna"


async def test_giving_back_a_name_that_is_anothers_by_now_does_nothing(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    await shop.people.release_nickname(anna.uid)
    await shop.people.login_visitor("Anna", None)
    await shop.people.release_nickname(anna.uid)
    assert await code(shop.people.login_visitor("Anna", None)) == "nickname_taken"


async def test_whoever_gave_the_name_back_starts_anew_too(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    await shop.people.release_nickname(anna.uid)
    assert (await shop.people.login_visitor("Anna", anna.uid)).uid != anna.uid


async def test_a_name_is_free_after_thirty_days_unseen_and_not_before(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    await unseen_since(shop, anna, 29.9)
    assert await code(shop.people.login_visitor("anna", None)) == "nickname_taken"
    await unseen_since(shop, anna, 30.1)
    assert (await shop.people.login_visitor("anna", None)).uid != anna.uid


async def test_being_seen_keeps_the_name(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    await unseen_since(shop, anna, 31)
    await shop.people.touch(anna.uid)
    assert await code(shop.people.login_visitor("anna", None)) == "nickname_taken"


async def test_agents_names_and_what_looks_like_them_are_reserved(shop: Store) -> None:
    await shop.people.add_agent("Olga", PASSWORD, "agent")
    for name in ("Olga", "оlga", "0lga", "ol\u200bga", "admin", "System"):
        assert await code(shop.people.login_visitor(name, None)) == "nickname_reserved", name
    await shop.people.login_visitor("Helga", None)


async def test_nothing_a_person_typed_is_part_of_a_key(shop: Store) -> None:
    for number, name in enumerate(["@ : {s00} *", "{people}", "a/b\\c", "%s%n"]):
        visitor = await shop.people.login_visitor(name, None)
        assert (await shop.people.find(name)) == (await shop.people.visitor(visitor.uid)), number
        assert await shop.people.find(f"{visitor.uid} ") is None
    keys = [key.decode() for key in await shop.pipelines.people.call("KEYS", "*")]
    assert len(keys) >= 5
    assert not [key for key in keys if any(sign in key for sign in "@*/\\%")]
    for unsound in ("", "v" * 26, "x" * 100_000, "*", "v\r\n", "vaaaa"):
        assert await shop.people.find(unsound) is None


async def test_many_visitors_in_one_look(shop: Store) -> None:
    known = [await shop.people.login_visitor(name, None) for name in ("Anna", "Bob")]
    found = await shop.people.visitors([*(visitor.uid for visitor in known), "vnobody"])
    assert {uid: visitor.nickname for uid, visitor in found.items()} == {known[0].uid: "Anna", known[1].uid: "Bob"}


# -- agents ---------------------------------------------------------------------------------------------------------


async def test_an_agent_comes_in_by_name_in_any_case_and_password(shop: Store) -> None:
    olga = await shop.people.add_agent("Olga", PASSWORD, "admin")
    assert await shop.people.authenticate("oLGA", PASSWORD) == olga
    assert olga.password.startswith("$argon2id$")
    for name, password in [("Olga", PASSWORD + " "), ("Olga", ""), ("Nobody", PASSWORD), ("", ""), ("x" * 9999, "x")]:
        assert await shop.people.authenticate(name, password) is None


async def test_a_name_belongs_to_one_agent(shop: Store) -> None:
    await shop.people.add_agent("Olga", PASSWORD, "admin")
    assert await code(shop.people.add_agent("OLGA", PASSWORD, "agent")) == "nickname_taken"
    assert await code(shop.people.add_agent("O", PASSWORD, "agent")) == "bad_nickname"
    assert await code(shop.people.add_agent("Pavel", "short", "agent")) == "weak_password"
    assert [agent.nickname for agent in await shop.people.agents()] == ["Olga"]


async def test_a_disabled_agent_is_out_and_a_new_password_replaces_the_old(shop: Store) -> None:
    olga = await shop.people.add_agent("Olga", PASSWORD, "admin")
    assert await shop.people.has_admin()
    await shop.team.change(olga.uid, password="another " + PASSWORD)
    assert await shop.people.authenticate("Olga", PASSWORD) is None
    changed = await shop.people.authenticate("Olga", "another " + PASSWORD)
    assert changed is not None
    await shop.team.change(olga.uid, disabled=True, even_last=True)
    assert await shop.people.authenticate("Olga", "another " + PASSWORD) is None
    assert not await shop.people.has_admin()


async def test_the_demos_agents_have_no_password_that_works(shop: Store) -> None:
    await shop.people.add_agent("admin", "", "admin")
    assert await shop.people.authenticate("admin", "") is None


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(shop: Store) -> None:
    await shop.people.add_agent("Olga", PASSWORD, "admin")
    loop = asyncio.get_running_loop()

    async def took(name: str) -> float:
        began = loop.time()
        await shop.people.authenticate(name, "wrong")
        return loop.time() - began

    # In turn, so that whatever else the machine does falls on both; without the pretence one takes a hundredth.
    pairs = [(await took("Olga"), await took("Nobody")) for _ in range(5)]
    known, unknown = (min(column) for column in zip(*pairs, strict=True))
    assert 0.2 < unknown / known < 5


# -- sessions -------------------------------------------------------------------------------------------------------


async def test_a_token_is_only_kept_as_a_hash(shop: Store) -> None:
    anna = await shop.people.login_visitor("Anna", None)
    token, session = await shop.sessions.create(anna)
    assert await shop.sessions.get(token) == session
    assert (session.uid, session.kind, session.nickname, session.role) == (anna.uid, "visitor", "Anna", "visitor")
    for key in await shop.pipelines.people.call("KEYS", "*"):
        assert token not in key.decode()
        if await shop.pipelines.people.call("TYPE", key) == b"hash":
            assert token not in str(await shop.pipelines.people.call("HGETALL", key))


async def test_nobody_comes_in_by_half_a_token(shop: Store) -> None:
    token, session = await shop.sessions.create(await shop.people.login_visitor("Anna", None))
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in ("", token[:-1], token + "A", flipped, session.hash, "x" * 1_000_000, "\udcff", "null", "*"):
        assert await shop.sessions.get(wrong) is None


async def test_a_session_ends_by_itself_and_lives_on_when_used(shop: Store) -> None:
    token, session = await shop.sessions.create(await shop.people.login_visitor("Anna", None))
    life = 30 * 24 * 3600 * 1000
    assert 0 <= life - await shop.pipelines.people.call("PTTL", Keys.session(session.hash)) < 60_000
    nearly = session.expires_at - int(life * 0.6)
    await shop.pipelines.people.call("HSET", Keys.session(session.hash), "expires_at", str(nearly))
    extended = await shop.sessions.get(token)
    assert extended is not None
    assert extended.expires_at >= session.expires_at
    await shop.pipelines.people.call(
        "HSET", Keys.session(session.hash), "expires_at", str(session.expires_at - life - 1)
    )
    assert await shop.sessions.get(token) is None


async def test_what_is_told_of_a_session_that_has_ended_is_not_kept(shop: Store) -> None:
    token, session = await shop.sessions.create(await shop.people.login_visitor("Anna", None))
    await shop.sessions.revoke(session)
    await shop.sessions.came_with(session, "Firefox, Linux", "https://shop.example/teapots")
    assert await shop.sessions.get(token) is None
    assert await shop.pipelines.people.call("EXISTS", Keys.session(session.hash)) == 0


async def test_one_session_ends_or_all_but_one(shop: Store) -> None:
    olga = await shop.people.add_agent("Olga", PASSWORD, "admin")
    (one, first), (two, second), (three, _) = [await shop.sessions.create(olga) for _ in range(3)]
    await shop.sessions.revoke(first)
    assert await shop.sessions.get(one) is None
    assert await shop.sessions.get(two) == second
    await shop.sessions.revoke_all(olga.uid, keep=second.hash)
    assert await shop.sessions.get(two) == second
    assert await shop.sessions.get(three) is None
    await shop.sessions.revoke_all(olga.uid)
    assert await shop.sessions.get(two) is None


async def test_who_is_locked_out_is_out_although_the_news_cannot_be_told(shop: Store) -> None:
    olga = await shop.people.add_agent("Olga", PASSWORD, "agent")
    tokens = [(await shop.sessions.create(olga))[0] for _ in range(2)]
    await shop.pipelines.people.call("SET", Keys.feed(shop.keys.shard(0)), "nothing that can be appended to")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        await shop.team.change(olga.uid, disabled=True)
    assert [await shop.sessions.get(token) for token in tokens] == [None, None]


async def test_every_end_is_announced_to_all_nodes(shop: Store) -> None:
    heard: list[tuple[str, bytes]] = []
    told = asyncio.Event()

    def hear(entry: Any) -> None:
        heard.append((entry.kind, entry.body))
        told.set()

    async def gap(_shard: str) -> None:
        raise AssertionError("the feed has no gap here")

    shop.feed.on_entry, shop.feed.on_gap = hear, gap
    await shop.feed.start()
    _, session = await shop.sessions.create(await shop.people.login_visitor("Anna", None))
    await shop.sessions.revoke(session)
    await asyncio.wait_for(told.wait(), 60)
    assert heard == [("session.revoked", b'{"hash":"%s"}' % session.hash.encode())]


async def test_who_may_see_a_part_alone_is_nobody_to_a_version_that_would_show_them_all(shop: Store) -> None:
    visitor = await shop.people.login_anonymous()
    token, session = await shop.sessions.create(visitor, mailed="m", since=7)
    await shop.sessions.rename(visitor.uid, "Lena")
    assert await shop.sessions.get(token) == replace(session, name="Lena")
    kept = pairs(await shop.pipelines.people.call("HGETALL", Keys.session(session.hash)))
    assert "uid" not in kept  # by which all versions before know whether there is one
