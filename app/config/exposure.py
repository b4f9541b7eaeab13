"""Secrets that lie open: on the command line, which `ps` shows to everybody, or in a file that others can read."""

import os
import stat
from pathlib import Path

from app.config.secrets import SECRETS, holds_secret
from app.config.settings import Loaded, flat


def exposed(loaded: Loaded) -> list[str]:
    """One line for each secret, or file of secrets, that others on this machine can read, and what to do about it."""
    values, found, files = flat(loaded.settings), [], dict[str, list[str]]()
    for name in sorted(SECRETS):
        where = loaded.origin[name]
        if not holds_secret(name, str(values[name])):
            continue
        if where.startswith("--"):
            variable = "CHATADMIN_" + name.upper().replace(".", "__")
            found.append(
                f"{where}: ps shows its password to everybody on this machine: "
                f"give it in the environment, as {variable}, or in the configuration file"
            )
        elif ":" in where:
            files.setdefault(where.rpartition(":")[0], []).append(name)
    if loaded.settings.tls.key:
        files.setdefault(loaded.settings.tls.key, []).append("the private key")
    return found + [
        f"{file}: others can read it, and it holds {' and '.join(names)}: chmod 600 {file}"
        for file, names in files.items()
        if _open(Path(file))
    ]


def _open(file: Path) -> bool:
    """Whether others can read it: everybody, or the group of a file that is ours. Of another's we may be that group."""
    try:
        found = file.stat()
    except OSError:  # it has gone since it was read
        return False
    return bool(found.st_mode & (stat.S_IROTH | (stat.S_IRGRP if found.st_uid == os.geteuid() else 0)))
