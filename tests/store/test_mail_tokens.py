"""By what letters are known, on both engines: a token for an address, a letter for a group, an end to all."""

import asyncio

from app.store.keys import MailKeys
from app.store.mail_tokens import MOST_A_DAY, Begun, Whose, stop_code
from app.store.store import Store
from tests.store.test_people import shop

__all__ = ["shop"]

UID, LENA, OTHER = "v" + "a" * 25, "Lena@Example.com", "lena@example.org"


async def test_a_conversation_has_one_token_for_an_address_until_it_is_revoked(shop: Store) -> None:
    mail = shop.mail
    tokens = set(await asyncio.gather(*(mail.token(UID, LENA) for _ in range(8)), mail.token(UID, LENA.lower())))
    assert len(tokens) == 1
    token = tokens.pop()
    others = {await mail.token(UID, OTHER), await mail.token("v" + "b" * 25, LENA)}
    assert len(others | {token}) == 3
    assert await mail.whose(token) == Whose(UID, LENA, 0, 0)
    assert [await mail.whose(text) for text in ("", "a" * 20, "stop", f"of:{UID}")] == [None] * 4
    await mail.revoke(token)
    assert (await mail.whose(token), await mail.begin(token, UID, fence=1, epoch=1, seqs=[1])) == (None, None)
    assert await mail.token(UID, LENA) not in {token} | others
    names = await shop.pipelines.people.call("KEYS", "*")
    assert not any(b"xample" in name.lower() for name in names)


async def test_a_letter_that_may_have_been_sent_is_the_same_letter_again(shop: Store) -> None:
    mail = shop.mail
    token = await mail.token(UID, LENA)

    fences = iter(range(1, 99))

    async def begin(first: int, last: int, epoch: int = 1, *more: int) -> Begun | None:
        seqs = [*range(first, last + 1), *more]
        return await mail.begin(token, UID, fence=next(fences), epoch=epoch, seqs=seqs)

    assert await begin(3, 5) == Begun(5, 0)
    assert await begin(3, 9) == Begun(5, 0)  # whoever sent it was killed, and more was said meanwhile
    assert await begin(4, 9) == Begun(5, 0)  # of which some was read
    assert await begin(3, 4) == Begun(4, 5)  # or is kept no more
    assert await begin(6, 9) == Begun(9, 4)
    await mail.release(token, fence=1, epoch=1, through=5)  # by one who was paused for long
    assert await begin(6, 11) == Begun(9, 4)
    await mail.release(token, fence=6, epoch=1, through=9)  # the server was away this time, but not the time before
    await mail.release(token, fence=5, epoch=1, through=9)  # as was found out late
    assert await begin(6, 11) == Begun(9, 4)
    assert await begin(10, 11) == Begun(11, 9)
    await mail.release(token, fence=8, epoch=1, through=11)  # the server was away
    assert await begin(10, 12) == Begun(12, 9)
    # What was given up and is asked for again goes by a name of its own, also together with what was said since.
    assert await begin(2, 2, 1, 14) == Begun(14, 12)
    found = await mail.whose(token)
    assert found is not None
    assert (found.epoch, found.since) == (1, 2)
    assert await begin(2, 2, epoch=2) == Begun(2, 0)
    await mail.release(token, fence=1, epoch=1, through=2)
    found = await mail.whose(token)
    assert found is not None
    assert (found.epoch, found.since) == (2, 2)


async def test_whoever_stops_letters_gets_none_of_any_conversation_however_it_is_written(shop: Store) -> None:
    mail = shop.mail
    token = await mail.token(UID, LENA)
    code = stop_code(token)
    await mail.revoke(token)
    found = [await mail.of_link(text) for text in (code, token, "", "x:y", "A" * 20)]
    assert found == [(UID, LENA), None, None, None, None]
    assert await mail.stopped([]) == await mail.stopped([LENA, OTHER]) == set()
    await mail.stop(LENA)
    assert await mail.stopped([LENA, LENA.upper(), OTHER]) == {LENA, LENA.upper()}


async def test_an_address_gets_so_many_letters_a_day(shop: Store) -> None:
    mail = shop.mail
    for _ in range(MOST_A_DAY):
        assert await mail.full_for(LENA) == 0
        await mail.count(LENA)
    day_ms = 24 * 3600 * 1000
    assert day_ms - 60_000 < await mail.full_for(LENA.lower()) <= day_ms
    assert await mail.full_for(OTHER) == 0


async def test_links_outlive_what_they_are_about_and_no_longer(shop: Store) -> None:
    token = await shop.mail.token(UID, LENA)
    await shop.mail.begin(token, UID, fence=1, epoch=1, seqs=[1])
    keys = (MailKeys.token(token), MailKeys.tokens_of(UID), MailKeys.stop_link(stop_code(token)))
    days = [await shop.pipelines.people.call("TTL", key) / 86400 for key in keys]
    assert [round(day) for day in days] == [90, 90, 400]
