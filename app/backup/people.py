"""People, the team, and what the shop has decided, as lines of a backup."""

from collections.abc import AsyncIterator, Iterator
from hashlib import blake2b

import msgspec

from app.backup.records import (
    Agent,
    Document,
    Erased,
    Face,
    Key,
    Letter,
    OfPeople,
    Reply,
    Session,
    Site,
    StopLink,
    Stopped,
    Visitor,
)
from app.store.keys import Keys, MailKeys
from app.store.store import Store

_VISITORS, _SESSIONS, _LETTERS, _STOP_LINKS = (
    Keys.visitor(""),
    Keys.session(""),
    MailKeys.token(""),
    MailKeys.stop_link(""),
)


async def read(store: Store) -> AsyncIterator[list[OfPeople]]:
    """All of them, some at a time. Raises StoreError."""
    yield [record async for record in _team(store)]
    now, once = await store.now_ms(), Once()
    async for names in store.copying.names():
        names = [name for name in names if once.is_new(name)]
        yield await _visitors(store, names)
        yield await _sessions(store, names, now)
        yield await _letters(store, names)
    async for digests in store.copying.stopped():
        yield [Stopped(digest) for digest in digests if once.is_new(digest)]
    yield [Erased(salt, digest, at) for salt, digest, at in await store.erased.all()]


class Once:
    """Which names came already: by digests of eight bytes, which take some 70 bytes each."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def is_new(self, name: str) -> bool:
        """Whether that name comes for the first time."""
        digest = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
        if digest in self._known:
            return False
        self._known.add(digest)
        return True


def _of(names: list[str], prefix: str) -> list[str]:
    """What follows `prefix` in these names, where nothing else does."""
    rest = [name[len(prefix) :] for name in names if name.startswith(prefix)]
    return [one for one in rest if ":" not in one]


async def _visitors(store: Store, names: list[str]) -> list[OfPeople]:
    uids = _of(names, _VISITORS)
    found = await store.copying.hashes(map(Keys.visitor, uids))
    known = [(uid, fields) for uid, (_, fields) in zip(uids, found, strict=True) if fields]
    owners = await store.copying.owners([fields.get("fold", "") for _, fields in known])
    return [Visitor(uid, owner == uid, fields) for (uid, fields), owner in zip(known, owners, strict=True)]


async def _sessions(store: Store, names: list[str], now: int) -> list[OfPeople]:
    """Those of visitors whom the shop does not vouch for."""
    hashes = _of(names, _SESSIONS)
    found = zip(hashes, await store.copying.hashes(map(Keys.session, hashes)), strict=True)
    return [
        Session(hash, ends, fields)
        for hash, (until, fields) in found
        # Its key goes with it, but where a copy of the data was made for good.
        if (ends := until if until > 0 else int(fields.get("expires_at", 0))) > now
        and fields.get("kind") == "visitor"
        and not fields.get("kid")
    ]


async def _letters(store: Store, names: list[str]) -> list[OfPeople]:
    """By what letters are known, and the links by which they are stopped."""
    copying, tokens, codes = store.copying, _of(names, _LETTERS), _of(names, _STOP_LINKS)
    tokens = [token for token in tokens if MailKeys.token(token) != MailKeys.stopped()]
    letters = zip(tokens, await copying.hashes(map(MailKeys.token, tokens)), strict=True)
    links = zip(codes, await copying.texts(map(MailKeys.stop_link, codes)), strict=True)
    return [
        *(Letter(token, until, fields) for token, (until, fields) in letters if fields),
        *(StopLink(code, until, of) for code, (until, of) in links if of),
    ]


async def _team(store: Store) -> AsyncIterator[OfPeople]:
    """Agents, faces, replies, keys, settings and sites: what fits in memory many times over."""
    table = store.copying.table
    agents, mailboxes, away = await table(Keys.agents()), await table(Keys.mailboxes()), set[str]()
    async for some in store.copying.members(Keys.away()):
        away.update(some)
    for uid, agent in agents.items():
        mailbox = mailboxes.get(uid)
        yield Agent(uid, _raw(agent), uid in away, _raw(mailbox or "null"))
    for whose, id in (await table(Keys.faces())).items():
        if picture := await store.faces.picture(id):
            yield Face(whose, id, picture)
    for owner in ("", *agents):
        for id, reply in (await table(Keys.replies(owner)[0])).items():
            yield Reply(owner, id, _raw(reply))
    for kid, key in (await table(Keys.identity_keys())).items():
        yield Key(kid, _raw(key))
    for name, place in (("shop", Keys.shop()), ("widget", Keys.widget())):
        if known := await table(place):
            yield Document(name, known)
    for fate in ("seen", "refused"):
        for origin, at in await store.copying.scored(Keys.sites(fate)):
            yield Site(fate, origin, at)


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def lines(records: list[OfPeople]) -> Iterator[bytes]:
    """Each as a line."""
    return map(msgspec.json.encode, records)
