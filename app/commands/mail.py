"""`chatadmin mail`: tries the mail settings, by a mail to somebody, and says what came of each step."""

import asyncio
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from app import words
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.commands.error import CommandError
from app.config import Settings
from app.trial.finding import Asked, Finding
from app.trial.run import trial


def mail(settings: Settings, to: str) -> int:
    """Send one to `to` as the settings say; exit status 1 where a step failed. Raises CommandError."""
    lacking = [
        name for name, value in (("mail.smtp", settings.mail.smtp), ("mail.from", settings.mail.sender)) if not value
    ]
    if lacking:
        raise CommandError(f"{' and '.join(lacking)} must be set first; default_config.yaml says how")
    try:
        Entered(email=to).checked()
    except Refusal:
        raise CommandError(f"{to!r} is no address to send a mail to") from None
    sender = settings.mail.sender
    domain = sender.rpartition("@")[2]
    host = urlsplit(settings.url).hostname or domain
    shop = settings.shop_name or domain
    return _run(Asked(settings.mail.server, sender, to, host, shop, words.ENGLISH, anywhere=True), _print)


def asked() -> int:
    """The trial that standard input describes (Asked, as JSON); each finding is a line of JSON, at once."""
    return _run(msgspec.json.decode(sys.stdin.buffer.read(), type=Asked), _tell)


def _run(asked: Asked, show: Callable[[Finding], None]) -> int:
    async def run() -> bool:
        failed = False
        async for finding in trial(asked):
            show(finding)
            failed = failed or finding.verdict == "fail"
        return failed

    return int(asyncio.run(run()))


def _print(finding: Finding) -> None:
    says = words.say("console", f"trial.{finding.step}.{finding.outcome}", words.ENGLISH)
    more = [finding.needed, f"({finding.said})" if finding.said else ""]
    print(f"{finding.verdict:4}  {finding.step}: {' '.join(filter(None, [says, *more]))}", flush=True)


def _tell(finding: Finding) -> None:
    print(msgspec.json.encode(finding).decode(), flush=True)
