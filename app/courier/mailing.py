"""The drivers that send mail and what they share: imported where mail is sent alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from app.config import Settings, mail_server
from app.courier.account import AccountDriver
from app.courier.alerts import AlertDriver
from app.courier.drivers import Driver
from app.courier.mail.driver import MailDriver
from app.courier.mail.smtp import Smtp
from app.courier.notices import Notices
from app.store.store import Store


@asynccontextmanager
async def drivers(settings: Settings, store: Store) -> AsyncIterator[Sequence[Driver]]:
    """All of them, with connections to the mail server of these settings, for as long as we run."""
    server, host = mail_server.parse(settings.mail.smtp), urlsplit(settings.url).hostname or ""
    # Two connections: who is locked out of the console need not wait until a customer's files have gone.
    to_customers, to_team = (Smtp(server, settings.mail.sender, host) for _ in range(2))
    notices = Notices(settings, store, to_team)
    try:
        yield [MailDriver(settings, store, to_customers), AccountDriver(store, notices), AlertDriver(store, notices)]
    finally:
        await asyncio.gather(to_customers.close(), to_team.close())
