"""Whether mail can be sent, and what waits for it."""

from collections.abc import Iterator

from app.checks.finding import Finding
from app.config import Settings
from app.store.store import Store


def look(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server would let us send; none is sent."""
    from app.commands.mail import fault  # as long to load as all the rest

    needed = {"mail.smtp": settings.mail.smtp, "mail.from": settings.mail.sender, "url": settings.url}
    lacking = [name for name, value in needed.items() if not value]
    if len(lacking) == len(needed):
        yield Finding("ok", "mail", "none is sent: README says how to set it up")
    elif lacking:
        yield Finding("warn", "mail", f"none is sent without {' and '.join(lacking)}")
    elif says := fault(settings):
        yield Finding("warn", "mail", says)
    else:
        host, url = settings.mail.server.host, settings.url
        says = f"{host} takes it; its links lead to {url}"
        if url.startswith("http://"):
            yield Finding("warn", "mail", f"{says}, which is not encrypted")
        else:
            yield Finding("ok", "mail", says)


async def waiting(settings: Settings, store: Store) -> list[Finding]:
    """What waits to be told by mail; nothing where none is sent and none waits."""
    jobs, oldest_ms, dead = await store.outbox.figures()
    if not (settings.sends_mail or jobs or dead):
        return []
    hours = (await store.now_ms() - oldest_ms) // 3_600_000 if oldest_ms else 0
    troubles = []
    if jobs and not settings.sends_mail:
        troubles.append("and none can be sent: set mail.smtp, mail.from and url")
    elif hours:
        troubles.append(f"the oldest for {hours} h longer than it should")
    if dead:
        troubles.append(f"people to whom something was given up in 30 days: {dead}")
    if troubles:
        says = f"waiting for a mail: {jobs}; {'; '.join(troubles)}. The page Delivery in the console says why"
        return [Finding("warn", "delivery", says)]
    return [Finding("ok", "delivery", f"waiting for a mail: {jobs}, none longer than it should")]
