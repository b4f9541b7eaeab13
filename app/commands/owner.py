"""Root becomes the owner of the data before a command opens them: what it makes there is the owner's to use.

`chatadmin check`, `agent` and `backup` are run with sudo as often as not, and what root makes in the data directory
would lock out the user by whom the server runs. So they call `become`, once the configuration is read and after what
needs root's rights (a port below 1024, a backup's file in /var/backups) is open, and before they open data or unpack a
library (app/unpacked.py), which would be root's too.
"""

import ctypes
import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import libraries, resources, unpacked
from app.commands.error import CommandError
from app.config import Settings
from app.store.private import existing, user_name

# linux/sched.h and linux/mount.h
_CLONE_NEWNS = 0x20000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000


def become(settings: Settings) -> None:
    """As root, be the owner of the data directory from now on, for good; who is not root stays who they are.

    With an external store it is the place of files whose owner that is. Raises CommandError where that user could not
    reach the data, or the program.
    """
    place = settings.files_directory if settings.redis else settings.data_dir
    if os.geteuid() != 0 or not place:
        return
    real = Path(os.path.realpath(existing(Path(place))))
    found = real.stat()
    if found.st_uid == 0:
        return
    user, group, groups = _identity(found.st_uid, found.st_gid)
    with _as(user, group):
        shut = _shut(real)
    if shut:
        _open_within(shut, real)
    _lend_program(user, group)
    os.setgroups(groups)
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    if resources.FROZEN and not os.access(sys.executable, os.R_OK):
        says = f"{sys.executable} cannot be read by {user_name(user)}, whose data these are: put it elsewhere"
        raise CommandError(says)


def _identity(user: int, group: int) -> tuple[int, int, list[int]]:
    """A user, their group and all their groups; of one without a name (as in a container) the data's group."""
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return user, group, [group]
    return user, entry.pw_gid, os.getgrouplist(entry.pw_name, entry.pw_gid)


@contextmanager
def _as(user: int, group: int) -> Iterator[None]:
    """Look at files as another would."""
    before = os.getgroups()
    os.setgroups([group])
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(before)


def _shut(place: Path) -> Path | None:
    """The first folder on the way to `place` in which we may not look; None where the way is open."""
    for folder in reversed(place.parents):
        if not os.access(folder, os.X_OK, effective_ids=True):
            return folder
    return None


def _open_within(shut: Path, place: Path) -> None:
    """Make `place` reachable at its path for this process and what it starts, although `shut` on its way is closed.

    So it is with `DynamicUser=`: /var/lib/private is root's alone, and systemd shows a service its own folder in a
    mount namespace. We do as it does; nothing of it is seen outside, and it ends with us.
    """
    held = -1
    try:
        _call("unshare", _CLONE_NEWNS)
        _call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None)
        held = os.open(place, os.O_PATH | os.O_DIRECTORY)  # now: of another namespace nothing can be mounted
        _call("mount", b"tmpfs", os.fsencode(shut), b"tmpfs", 0, b"mode=0755,size=64k")
        before = os.umask(0o022)
        place.mkdir(parents=True)
        os.umask(before)
        _call("mount", f"/proc/self/fd/{held}".encode(), os.fsencode(place), None, _MS_BIND | _MS_REC, None)
    except OSError as error:
        says = f"{shut} is closed to the owner of {place} ({error.strerror}): run this command as that user"
        raise CommandError(says) from None
    finally:
        if held >= 0:
            os.close(held)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _lend_program(user: int, group: int) -> None:
    """Let `group` read what the frozen program unpacked, all that there is, for root alone. It stays root's; what is
    unpacked later is the user's."""
    if not resources.FROZEN:
        return
    libraries.unpack_all()
    resources.path(unpacked.FOLDER).mkdir(exist_ok=True)
    for folder, _, files in os.walk(resources.ROOT):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            mode = os.lstat(path).st_mode & 0o700
            os.chown(path, 0, group, follow_symlinks=False)
            os.chmod(path, mode | (mode >> 3 & 0o050))
    unpacked.lend(user)
