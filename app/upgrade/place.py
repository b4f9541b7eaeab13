"""The file that runs, and what lies beside it while another takes its place.

`X.part` is on its way, and nobody's word is taken for it yet; `X.new` may take the place of `X`; `X.old` is the version
before; `X.upgrade` is there while an upgrade is at work, or was cut off (journal.py). At every moment `X` is one whole
version: the new one is renamed over it, and the former has its second name by then.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from app import resources
from app.store import private
from app.upgrade.failure import UpgradeError
from app.upgrade.surroundings import surroundings

CHUNK = 1 << 20  # bytes read at once
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS)
_ASKING = 30.0  # seconds for a package manager to answer


def running() -> Path:
    """The file that we are. Raises UpgradeError where there is none that could be replaced."""
    if not resources.FROZEN:
        raise UpgradeError("this runs from its source, which git upgrades: only the one file upgrades itself")
    return Path(os.path.realpath(sys.executable))


class Place:
    """Where one file of the program lies."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.part, self.new, self.old, self.note = (
            file.with_name(f"{file.name}.{suffix}") for suffix in ("part", "new", "old", "upgrade")
        )

    def refuse_unfit(self) -> None:
        """See that the file may be replaced, by us. Raises UpgradeError, which says whose that is."""
        if self.file.suffix in (".old", ".new", ".part"):
            kept = self.file.with_suffix("")
            raise UpgradeError(f"this is not the version in use: to go back to it, mv {self.file} {kept}, and restart")
        _refuse_packaged(self.file)
        folder = self.file.parent
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            says = f"{folder} is read-only, as in an image: upgrade what it came with (in a container: its image)"
            raise UpgradeError(says)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UpgradeError(f"this user may not write to {folder}: run it as one who may (sudo {self.file} ...)")

    def clean(self) -> None:
        """Remove what a run that was cut off left on its way."""
        for path in (self.part, self.new):
            path.unlink(missing_ok=True)

    def accept(self) -> None:
        """Let `part` be `new`: on disk, with the owner, mode and rights of the file whose place it takes."""
        found = self.file.stat()
        with suppress(PermissionError):  # ours in another's folder: then it stays ours
            os.chown(self.part, found.st_uid, found.st_gid)
        self.part.chmod(found.st_mode & 0o7777)
        with suppress(OSError):  # a file system without
            for name in os.listxattr(self.file):  # the right to take port 443, above all
                os.setxattr(self.part, name, os.getxattr(self.file, name))
        private.sync(self.part)
        self.part.replace(self.new)

    def swap(self) -> None:
        """Put `new` in the place of the file, which is `old` from then on. Raises OSError."""
        self.old.unlink(missing_ok=True)
        try:
            os.link(self.file, self.old)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            shutil.copy2(self.file, self.part)
            self.part.replace(self.old)
        self._onto_disk()
        self.new.replace(self.file)
        self._onto_disk()

    def undo(self) -> None:
        """Put `old` back. Raises OSError."""
        self.old.replace(self.file)
        self._onto_disk()

    def _onto_disk(self) -> None:
        with suppress(OSError):  # some network file systems know no such thing
            private.sync(self.file.parent)


def digest(file: Path) -> str:
    """The SHA-256 of what is in a file, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _refuse_packaged(file: Path) -> None:
    """A package manager that owns the file would undo, or break over, what another did to it."""
    paths = [str(file), *([str(file).removeprefix("/usr")] if str(file).startswith("/usr/") else [])]
    for path in paths:  # a package may name /bin what lies in /usr/bin
        if owner := _answer("dpkg-query", "--search", path).partition(":")[0]:
            raise UpgradeError(f"{file} is of the package {owner}: upgrade that (apt-get install ./{owner}_....deb)")
        if owner := _answer("rpm", "--query", "--queryformat", "%{NAME}", "--file", path):
            raise UpgradeError(f"{file} is of the package {owner}: upgrade that (dnf install ./{owner}_....rpm)")


def _answer(program: str, *arguments: str) -> str:
    """What a package manager says; nothing where there is none, or it knows of no such file."""
    found = shutil.which(program)
    if not found:
        return ""
    env = surroundings() | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            [found, *arguments], env=env, capture_output=True, text=True, timeout=_ASKING, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
