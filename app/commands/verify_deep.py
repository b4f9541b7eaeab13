"""`chatadmin verify --deep`: whether a backup comes back, by restoring it into a store of its own."""

import argparse
import asyncio
import logging

from app.backup import deep
from app.backup.records import BackupError
from app.commands import verify
from app.commands.error import CommandError
from app.commands.progress import Progress
from app.commands.restore import opened
from app.config import ConfigError, Settings
from app.store.errors import EmbeddedError, StoreError


def verify_deep(options: argparse.Namespace, settings: Settings) -> int:
    """Say whether `options.file` is sound and comes back; returns the exit status. Raises CommandError, ConfigError."""
    if not options.file:
        raise ConfigError("--deep needs a backup's FILE, which it restores, to compare it with what is there then")
    name = verify.called(options.file)
    log = logging.getLogger("chatadmin")
    log.handlers, log.propagate = [logging.NullHandler()], False
    try:
        with opened(options.file, options.identity, settings) as backup:
            sound = backup.verified()
            with Progress("restoring", "lines and files", total=sound.parts) as bar:
                compared = asyncio.run(deep.check(backup.again, bar.at))
    except BackupError as error:
        raise CommandError(f"{name}: {error}") from None
    except (EmbeddedError, StoreError, OSError) as error:
        raise CommandError(f"{name} could not be restored, to be compared: {error}") from None
    verify.say(options.file, sound)
    print(f"{name}: restored and compared, and all that is there is the same ({compared:,} records)")
    return 0
