"""By what a shop knows its customers, on both engines: who is whom, which keys there are, how long a session counts."""

import asyncio
import time

import pytest

from app.store.hashes import hash_of
from app.store.identities import MOST_KEYS
from app.store.keys import Keys
from app.store.sessions import Proof
from app.store.store import Store
from tests.store.test_people import code, shop

__all__ = ["shop"]

DAY_MS = 24 * 3600 * 1000


async def test_a_customer_is_whoever_was_that_first_and_nobody_is_two(shop: Store) -> None:
    people, identities = shop.people, shop.identities
    made = [(await people.login_anonymous()).uid for _ in range(6)]
    found = await asyncio.gather(*(identities.identify("maria", uid) for uid in made[:4]))
    assert (len(set(found)), await identities.uid("maria"), await identities.uid("lin")) == (1, found[0], "")
    maria = found[0]
    assert await identities.identify("lin", maria) == ""
    await shop.linking.decide(made[4], maria)
    for uid in (made[4], "v" + "x" * 25):  # linked to her; and nobody
        assert await identities.identify("lin", uid) == ""
        assert await identities.identify("maria", uid) == maria
    assert await identities.identify("lin", made[5]) == made[5]
    known = await people.known(maria)
    assert (known.verified, known.sub) == (True, hash_of("maria"))
    others = [await people.known(uid) for uid in made if uid not in (maria, made[5])]
    assert not any(visitor.verified for visitor in others)


async def test_what_is_entered_at_the_same_time_does_not_go_over_what_the_shop_vouches_for(shop: Store) -> None:
    uid = (await shop.people.login_anonymous()).uid
    await shop.people.describe(uid, name="Mallory", email="m@example.com", fields={})
    await shop.identities.vouch(uid, {"name": "Maria"})
    await shop.people.describe(uid, name="Mallory", email="maria@example.com", fields={"choice": "Sizes"})
    known = await shop.people.known(uid)
    assert (known.name, known.email, known.fields) == ("Maria", "maria@example.com", {"choice": "Sizes"})
    assert known.identity == {"name": "Maria"}
    await shop.identities.vouch(uid, {"email": "sol@example.com"})  # its word for the name counts no longer
    await shop.people.describe(uid, name="Mallory", email="m@example.com", fields={})
    known = await shop.people.known(uid)
    assert (known.name, known.email, known.fields) == ("Mallory", "sol@example.com", {"choice": "Sizes"})


async def test_there_are_two_keys_at_most_however_many_are_asked_for_and_one_that_ended_stays_so(shop: Store) -> None:
    identities = shop.identities
    asked = await asyncio.gather(*(identities.make_key() for _ in range(5)), return_exceptions=True)
    made = dict(item for item in asked if not isinstance(item, BaseException))
    assert await identities.keys() == made
    assert len(made) == MOST_KEYS
    assert all(len(key.secret) == 43 for key in made.values())
    assert await code(identities.make_key()) == "too_many_keys"
    first, second = made
    await identities.use_key(first, made[first])
    used = (await identities.keys())[first]
    assert used.used >= used.since
    await identities.use_key(first, used)  # within the minute
    assert (await identities.keys())[first] == used
    assert await identities.end_key(second)
    await identities.use_key(second, made[second])  # by whom it was judged before
    assert set(await identities.keys()) == {first}
    assert not await identities.end_key(second)
    assert (await identities.make_key())[0] not in made


async def test_a_session_counts_for_a_day_from_the_last_token_while_its_key_does(shop: Store) -> None:
    """Whatever an earlier version, which knows no such end, made of it."""
    visitor, sessions, now = await shop.people.login_anonymous(), shop.sessions, int(time.time() * 1000)
    kid, other = [(await shop.identities.make_key())[0] for _ in range(2)]
    token, session = await sessions.create(visitor, proof=Proof(kid, "a" * 64, 5))
    assert now + DAY_MS <= session.until == session.expires_at < now + DAY_MS + 60_000
    key = Keys.session(session.hash)
    await shop.pipelines.people.call("HSET", key, "until", session.until - 20 * 3600 * 1000)
    found = await sessions.get(token)
    assert found is not None
    assert found.expires_at == session.expires_at  # of which less than half is left, by `until`
    anew = await sessions.prove(found, Proof(other, "b" * 64, 7))
    assert await sessions.get(token) == anew
    assert (anew.kid, anew.jwt.split(), anew.jwt_until) == (other, ["b" * 64, "a" * 64], 7)
    assert anew.until >= session.until
    for number in range(40):
        anew = await sessions.prove(anew, Proof(other, f"{number:064}", 7))
    assert len(anew.jwt.split()) == 20
    await shop.identities.end_key(kid)
    assert await sessions.get(token) == anew
    await shop.identities.end_key(other)
    assert await sessions.get(token) is None
    plain, _ = await sessions.create(visitor)
    assert await sessions.get(plain) is not None
    late, session = await sessions.create(visitor, proof=Proof((await shop.identities.make_key())[0], "c", 5))
    await shop.pipelines.people.call("HSET", Keys.session(session.hash), "until", now - 1)
    assert await sessions.get(late) is None


async def test_what_is_known_of_sessions_that_have_ended_is_forgotten_by_and_by(shop: Store) -> None:
    """Whoever comes every day begins one in each tab."""
    visitor, kept = await shop.people.login_anonymous(), []
    for number in range(200):
        token, _ = await shop.sessions.create(visitor, prove_by=0 if number % 50 == 0 else 1)
        kept += [token] if number % 50 == 0 else []
    assert await shop.pipelines.people.call("SCARD", Keys.sessions_of(visitor.uid)) < 60
    assert all([await shop.sessions.get(token) for token in kept])
    await shop.sessions.revoke_all(visitor.uid)
    assert not any([await shop.sessions.get(token) for token in kept])


async def test_who_comes_back_to_a_nickname_that_somebody_else_has_gets_another(shop: Store) -> None:
    maria = await shop.people.login_visitor("Maria", None)
    await shop.people.reclaim_nickname(maria.uid, ["Visitor 12345"])
    assert (await shop.people.known(maria.uid)).nickname == "Maria"
    await shop.people.release_nickname(maria.uid)
    other = await shop.people.login_visitor("Maria", None)
    taken = await shop.people.login_visitor("Visitor 12345", None)
    assert await code(shop.people.reclaim_nickname(maria.uid)) == "nickname_taken"
    await shop.people.reclaim_nickname(maria.uid, ["Visitor 12345", "Visitor 23456"])
    assert (await shop.people.known(maria.uid)).nickname == "Visitor 23456"
    for nickname, uid in (("Maria", other.uid), ("Visitor 12345", taken.uid), ("Visitor 23456", maria.uid)):
        found = await shop.people.find(nickname)
        assert found is not None
        assert found.uid == uid


@pytest.mark.parametrize("by", ["", "f" * 64])
async def test_a_link_says_who_asked_for_it_and_counts_once(shop: Store, by: str) -> None:
    visitor = await shop.people.login_anonymous()
    secret = await shop.links.make(visitor.uid, 60_000, by=by)
    assert await shop.links.find(secret) == (visitor.uid, by)
    assert [await shop.links.use(secret), await shop.links.use(secret)] == [True, False]
    assert await shop.links.find(secret) == ("", "")
