"""Answers by mail: the driver of the endpoint `mail`, whose lanes are conversations."""

from collections.abc import Sequence
from contextlib import suppress

from app.chat import contact, deliveries, mail_when, names
from app.chat.conversation import Entry
from app.chat.deliveries import Told
from app.chat.shop import Shop
from app.config import Settings
from app.courier.drivers import Done, Failed, Later, Outcome
from app.courier.mail import look
from app.courier.mail.answer import Answer
from app.courier.mail.enclosed import enclosed
from app.courier.mail.letter import Letter
from app.courier.mail.smtp import Smtp
from app.courier.mail.trouble import SmtpTrouble
from app.store.errors import StoreError
from app.store.mail_tokens import Begun
from app.store.outbox import Job, Lane
from app.store.people import Visitor
from app.store.store import Store

_SECOND = 1000
_ENTRIES = 200  # of a log, read at once


class MailDriver:
    """What agents wrote to somebody who has left, and has not read it, comes to them by mail."""

    name = "mail"

    def __init__(self, settings: Settings, store: Store, smtp: Smtp) -> None:
        self._settings, self._store, self._smtp = settings, store, smtp
        look.prepare()

    async def deliver(self, lane: Lane) -> Outcome:
        """Mail the messages of a conversation that wait, together."""
        lane = lane._replace(jobs=sorted(lane.jobs, key=lambda job: job.seq))  # some may have been planned anew
        at = mail_when.due(sorted(job.at_ms for job in lane.jobs), here=lane.here, left=lane.left_ms, now=lane.now_ms)
        if at > lane.now_ms:
            return Later(at)
        ids = [job.id for job in lane.jobs]
        visitor = await self._store.people.visitor(lane.subject)
        address = await self._address(visitor)
        if visitor is None or not address:
            return Done(ids)  # they have taken it back: there is nobody to tell
        if lane.shut:
            return Failed(lane.shut, True, ids, _delayed(lane, [job.seq for job in lane.jobs]))
        if wait := await self._store.mail.full_for(address):
            return Later(lane.now_ms + wait)
        return await self._mail(lane, visitor, address)

    async def _address(self, visitor: Visitor | None) -> str:
        """Theirs; "" where there is none, nobody there wants mail, or they are shut out: its link leads nowhere."""
        address = contact.address(visitor) if visitor is not None else ""
        if visitor is None or (await self._store.conversations.state(visitor.uid)).status == "blocked":
            return ""
        return "" if address in await self._store.mail.stopped([address]) else address

    async def _mail(self, lane: Lane, visitor: Visitor, address: str) -> Outcome:
        mail, epoch = self._store.mail, lane.jobs[0].epoch
        token = await mail.token(visitor.uid, address)
        seqs = [job.seq for job in lane.jobs]
        begun = await mail.begin(token, visitor.uid, fence=lane.fence, epoch=epoch, seqs=seqs)
        if begun is None:  # revoked in between
            return Later(lane.now_ms + _SECOND)
        jobs = [job for job in lane.jobs if job.seq <= begun.through]
        ids = [job.id for job in jobs]
        entries = await self._entries(visitor.uid, jobs)
        if not entries:
            return Done(ids)  # kept no more
        letter = await self._letter(lane, visitor, address, entries, token, begun)
        try:
            await self._smtp.send(letter)
        except SmtpTrouble as trouble:
            if not trouble.unsure:
                await mail.release(token, fence=lane.fence, epoch=epoch, through=begun.through)
            return await self._failed(lane, jobs, visitor, address, trouble)
        with suppress(StoreError):  # it went: whatever becomes of the count, it must not go again
            await mail.count(address)
        return Done(ids, deliveries.sent([job.seq for job in jobs]))

    async def _entries(self, uid: str, jobs: Sequence[Job]) -> list[Entry]:
        """The messages themselves, as they stand in the log now."""
        first, last, wanted = jobs[0].seq, jobs[-1].seq, {job.seq for job in jobs}
        found: list[Entry] = []
        while first <= last:
            read = await self._store.conversations.between(uid, first, last, _ENTRIES)
            found += [entry for entry in read if entry.seq in wanted and entry.kind == "message"]
            first = read[-1].seq + 1 if len(read) == _ENTRIES else last + 1
        return found

    async def _letter(
        self, lane: Lane, visitor: Visitor, address: str, entries: Sequence[Entry], token: str, begun: Begun
    ) -> Letter:
        shop = await self._store.shop.read(Shop(names.undirected(self._settings.shop_name)))
        logo = look.logo(await self._store.faces.picture(shop.logo)) if shop.logo else []
        files = await enclosed(entries, self._settings.files_directory)
        url = self._settings.url.rstrip("/")
        answer = Answer(shop, visitor, entries, files, token, begun.through, begun.before, url, lane.now_ms)
        return answer.letter(address, logo)

    async def _failed(
        self, lane: Lane, jobs: Sequence[Job], visitor: Visitor, address: str, trouble: SmtpTrouble
    ) -> Failed:
        """What becomes of it, and what agents are told."""
        seqs = [job.seq for job in jobs]
        if trouble.bounced:
            await self._store.contacts.bounced(visitor.uid, address, trouble.reason)
            entry: Told | None = deliveries.failed(seqs, "bounced", trouble.reason, address)
        elif trouble.again:
            entry = _delayed(lane, seqs)
        else:
            entry = deliveries.failed(seqs, "refused", trouble.reason)
        return Failed(trouble.reason, trouble.again, [job.id for job in jobs], entry, trouble.whose)


def _delayed(lane: Lane, seqs: Sequence[int]) -> Told | None:
    """Told once, however often it is tried."""
    return None if lane.since_ms else deliveries.delayed(seqs, lane.now_ms)
