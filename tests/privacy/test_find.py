"""Who is meant: by each way of naming somebody, whole with what was linked to them, and never one of several."""

import pytest

from app.privacy.find import NobodyFound, SeveralFound, find
from app.store.store import Store


async def test_somebody_is_found_by_id_nickname_verified_address_and_what_the_shop_knows_them_by(shop: Store) -> None:
    maria = await shop.people.login_named("Maria", None)
    await shop.identities.identify("customer-7", maria.uid)
    await shop.identities.vouch(maria.uid, {"email": "Maria@example.com"})
    await shop.people.login_named("Ben", None)
    for typed in (maria.uid, "maria", "MARIA", "maria@EXAMPLE.com", "sub:customer-7"):
        assert (await find(shop, typed)).uids == [maria.uid]
    await shop.people.release_nickname(maria.uid)  # they logged out; agents still see them so
    assert (await find(shop, "maria")).uids == [maria.uid]


async def test_an_address_that_was_only_entered_names_nobody(shop: Store) -> None:
    ben = await shop.people.login_named("Ben", None)
    await shop.people.describe(ben.uid, name="", email="maria@example.com", fields={})
    for typed in ("maria@example.com", "sub:maria", "v" + "a" * 25, "", "sub:", "*"):
        with pytest.raises(NobodyFound):
            await find(shop, typed)


async def test_what_was_linked_is_theirs_from_both_ends(shop: Store) -> None:
    maria, other = [await shop.people.login_named(name, None) for name in ("Maria", "Ben")]
    await shop.identities.identify("customer-7", maria.uid)
    visits = [await shop.people.login_anonymous() for _ in range(3)]
    for visit in visits[:2]:
        assert await shop.linking.decide(visit.uid, maria.uid)
    theirs = {visit.uid for visit in visits[:2]} | {maria.uid}
    for typed in (maria.uid, visits[0].nickname, visits[1].uid):
        person = await find(shop, typed)
        assert (set(person.uids), person.uids[-1], person.visitor.uid) == (theirs, maria.uid, maria.uid)
    for alone in (visits[2], other):
        assert (await find(shop, alone.uid)).uids == [alone.uid]


async def test_of_several_none_is_taken_and_all_are_told(shop: Store) -> None:
    first = await shop.people.login_named("Maria", None)
    await shop.people.release_nickname(first.uid)
    second = await shop.people.login_named("Maria", None)
    with pytest.raises(SeveralFound) as found:
        await find(shop, "Maria")
    assert {person.visitor.uid for person in found.value.people} == {first.uid, second.uid}
    for visitor in (first, second):
        await shop.identities.identify(visitor.uid, visitor.uid)
        await shop.identities.vouch(visitor.uid, {"email": "family@example.com"})
    with pytest.raises(SeveralFound):
        await find(shop, "family@example.com")
    assert (await find(shop, second.uid)).visitor.uid == second.uid
