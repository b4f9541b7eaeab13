"""`chatadmin upgrade`: another version takes this one's place, and gives it back where it does not serve.

Who runs it must be able to replace the file, which is root as a rule. It keeps those rights to itself: the data are
opened only by the programs that it runs (`check` of the new version, `backup` of this one), which as root become their
owner.
"""

import argparse
import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

from app.commands import owner
from app.commands.error import CommandError
from app.config import ConfigError, Settings
from app.store.private import existing
from app.upgrade import place
from app.upgrade.failure import UpgradeError
from app.upgrade.server import Server
from app.upgrade.steps import Asked, Upgrade
from app.upgrade.surroundings import surroundings

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# The settings' flags, which are handed to the programs we run; those of app/cli.py, and --config.
_FLAGS = ("config", "server", "redis", "data_dir", "workers", "log_level")


def upgrade(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; returns the exit status. Raises CommandError, ConfigError."""
    if options.finish:
        return _finish(options, settings)
    if not options.what:
        raise ConfigError("upgrade needs the new version's FILE, or its https address; see `chatadmin upgrade --help`")
    if options.sha256 and not _SHA256.fullmatch(options.sha256):
        raise ConfigError("--sha256: 64 hexadecimal digits are needed, as sha256sum prints them")
    flags = _flags(options)

    def backup(program: Path, version: str) -> str:
        return _back_up(program, flags, settings, version)

    asked = Asked(options.what, options.restart, options.sha256, options.allow_downgrade, flags)
    try:
        Upgrade(place.Place(place.running()), Server(settings), asked, _say, backup).run()
    except UpgradeError as error:
        raise CommandError(str(error)) from None
    return 0


def _finish(options: argparse.Namespace, settings: Settings) -> int:
    from app.commands.finish import finish

    if options.what:
        raise ConfigError("--finish goes without a file")
    owner.become(settings)
    return finish(settings)


def _flags(options: argparse.Namespace) -> list[str]:
    given = {f"--{name.replace('_', '-')}": getattr(options, name, None) for name in _FLAGS}
    return [word for flag, value in given.items() if value is not None for word in (flag, str(value))]


def _back_up(program: Path, flags: list[str], settings: Settings, version: str) -> str:
    """Have the present version back up, and say where to. Raises UpgradeError."""
    data = Path(settings.data_dir).absolute()
    encrypted = ".age" if settings.backup.encrypt_to else ""
    target = _backups(settings, data) / f"{data.name}-before-{version}.tar.gz{encrypted}"
    line = [str(program), *flags, "backup", str(target)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, env=surroundings(), capture_output=True, check=False)
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split()).removeprefix("chatadmin: ")
        raise UpgradeError(f"the backup failed: {said or f'exit {done.returncode}'}. Nothing was changed")
    return str(target)


def _backups(settings: Settings, data: Path) -> Path:
    """Where the others are; else beside the data, where a service that was broken into cannot lay links for root."""
    if (usual := Path(settings.backup.to)).is_absolute() and usual.is_dir():
        return usual
    beside = existing(data.parent)
    if os.access(beside, os.W_OK):
        return beside
    data.joinpath("backups").mkdir(exist_ok=True)  # the owner's own: root may write anywhere
    return data / "backups"


def _say(line: str) -> None:
    with suppress(OSError):  # the terminal may be closed: that ends nothing
        print(line, flush=True)
