"""`chatadmin mail`: tries the mail settings, by a mail to somebody, and says what came of each step."""

import asyncio
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from app import unpacked, words
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.commands.error import CommandError
from app.config import Settings
from app.trial.finding import Asked, Finding


def mail(settings: Settings, to: str) -> int:
    """Send one to `to` as the settings say; exit status 1 where a step failed. Raises CommandError."""
    if not (settings.mail.smtp and settings.mail.sender):
        raise CommandError("mail.smtp and mail.from must be set first: README says how")
    try:
        Entered(email=to).checked()
    except Refusal:
        raise CommandError(f"{to!r} is no address to send a mail to") from None
    return _run(_asked(settings, to), _print)


def fault(settings: Settings) -> str:
    """What keeps mail from being sent, up to the mail itself, of which none is; "" where nothing does."""
    found: list[Finding] = []
    return _says(found[-1]) if _run(_asked(settings, ""), found.append) else ""


def _asked(settings: Settings, to: str) -> Asked:
    domain = settings.mail.sender.rpartition("@")[2]
    host, shop = urlsplit(settings.url).hostname or domain, settings.shop_name or domain
    return Asked(settings.mail.server, settings.mail.sender, to, host, shop, words.ENGLISH, anywhere=True)


def asked() -> int:
    """The trial that standard input describes (Asked, as JSON); each finding is a line of JSON, at once."""
    return _run(msgspec.json.decode(sys.stdin.buffer.read(), type=Asked), _tell)


def _run(asked: Asked, show: Callable[[Finding], None]) -> int:
    unpacked.use("mail")
    from app.trial.run import trial

    async def run() -> bool:
        failed = False
        async for finding in trial(asked):
            show(finding)
            failed = failed or finding.verdict == "fail"
        return failed

    return int(asyncio.run(run()))


def _print(finding: Finding) -> None:
    print(f"{finding.verdict:4}  {finding.step}: {_says(finding)}", flush=True)


def _says(finding: Finding) -> str:
    sentence = words.say("console", f"trial.{finding.step}.{finding.outcome}", words.ENGLISH)
    return " ".join(filter(None, [sentence, finding.needed, f"({finding.said})" if finding.said else ""]))


def _tell(finding: Finding) -> None:
    print(msgspec.json.encode(finding).decode(), flush=True)
