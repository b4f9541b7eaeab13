"""The driver of what has to do with agents' accounts: a link is made and mailed, and so is in the mail alone. It tells
administrators of a backup that failed, too."""

from functools import partial
from typing import cast

from app import words
from app.chat import alerts
from app.chat.agent_email import Purpose
from app.courier.backups import BACKUP
from app.courier.drivers import Done, Failed, Outcome
from app.courier.mail.trouble import SmtpTrouble
from app.courier.notices import Notice, Notices
from app.store.outbox import Job, Lane
from app.store.store import Store

# Milliseconds after which who forgot the password has asked again, or somebody else.
_STALE_MS = 3600 * 1000


class AccountDriver:
    """A job's kind is what its link is for, or BACKUP; its subject, whose account it is."""

    name = "account"

    def __init__(self, store: Store, notices: Notices) -> None:
        self._store, self._notices = store, notices

    async def deliver(self, lane: Lane) -> Outcome:
        """Of several one alone, as they are for different mailboxes: who is locked out first."""
        job = next((job for job in lane.jobs if job.kind == "help"), lane.jobs[0])
        if lane.shut:
            return Failed(lane.shut, True, [job.id])
        if job.kind == "help" and lane.now_ms - job.at_ms > _STALE_MS:
            return Failed("asked for too long ago", False, [job.id], whose="address")
        try:
            await (self._tell_of_backup(job) if job.kind == BACKUP else self._send(job))
        except SmtpTrouble as trouble:
            return Failed(trouble.reason, trouble.again, [job.id], whose=trouble.whose)
        return Done([job.id])

    async def _send(self, job: Job) -> None:
        """Nothing, where there is nobody any more, or no address. Raises SmtpTrouble."""
        purpose, language = cast(Purpose, job.kind), job.args["language"]
        agent = await self._store.people.agent(job.subject)
        if agent is None or agent.disabled:
            return
        secret, email = await self._store.agent_mail.make(purpose, agent.uid)
        if not email:
            return
        shop = await self._notices.shop()
        told = {"name": agent.nickname, "shop": shop.name, "email": email}
        subject, title, text, button, foot = (
            words.say("team_mail", f"{purpose}.{part}", language, **told)
            for part in ("subject", "title", "text", "button", "foot")
        )
        notice = Notice(subject, title, [text], (button, self._notices.console(f"{purpose}={secret}")), foot)
        await self._notices.send(email, language, job.id, shop, notice)

    async def _tell_of_backup(self, job: Job) -> None:
        """Nothing, where they are no administrator any more, or have no address. Raises SmtpTrouble."""
        bosses = alerts.administrators(await self._store.people.agents())
        agent = next((one for one in bosses if one.uid == job.subject), None)
        if agent is None:
            return
        shop, say, language = await self._notices.shop(), partial(words.say, "team_mail"), agent.mail.language
        notice = Notice(
            say("backup.subject", language, shop=shop.name),
            say("backup.title", language),
            [say("backup.text" if job.args["last"] else "backup.first", language, shop=shop.name), job.args["reason"]],
            (say("backup.button", language), self._notices.console("/settings")),
            say("backup.foot", language, shop=shop.name),
        )
        await self._notices.send(agent.mail.email, language, job.id, shop, notice)
