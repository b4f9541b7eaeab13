"""What is for our user alone: folders judged before anything is written, and files opened without following links.

A link in the place of a file of ours could lead anywhere. So none is followed, and what is no ordinary file is not
opened.
"""

import errno
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from app.store.errors import EmbeddedError

_ELSEWHERE = "or give another place with --data-dir"


def existing(path: Path) -> Path:
    """`path`, or the nearest folder above it that exists as far as we may see."""
    path = path.absolute()
    while not os.path.exists(path):
        path = path.parent
    return path


def refuse_unfit(folder: Path) -> None:
    """Judge the place of our data, which need not exist yet, without writing anything. Raises EmbeddedError.

    Ours is fit, and another user's that we may write to, by its group, say. What root made in such a one would lock
    its owner out; and where everybody may write, so may they with what we keep.
    """
    place = existing(folder)
    found = place.stat()
    if os.geteuid() == 0 and found.st_uid != 0:
        owner = user_name(found.st_uid)
        raise EmbeddedError(
            f"{place} belongs to {owner}, who could not use what root makes there: run chatadmin as {owner} "
            f"(in a container: --user {found.st_uid}:{found.st_gid}), {_ELSEWHERE}"
        )
    if place != folder.absolute():
        return
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError(f"cannot write to {place}: it is no folder. Give another place with --data-dir")
    if found.st_mode & stat.S_IWOTH:
        says = f"everybody may write to {place}: chmod o-w {place}, or give a folder in it with --data-dir"
        raise EmbeddedError(says)
    if found.st_uid != os.geteuid() and not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        owner, user = user_name(found.st_uid), user_name(os.geteuid())
        raise EmbeddedError(
            f"{place} belongs to {owner} and may not be written by {user}: run chatadmin as {owner}, "
            f"let a group of ours write there (chgrp {os.getegid()}, chmod g+rwx), {_ELSEWHERE}"
        )


def user_name(uid: int) -> str:
    """What a user of this machine is called."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # as usual in a container
        return f"user {uid}"


def make(folder: Path) -> None:
    """Make a folder for us alone, or make it so where it is there and ours. Raises EmbeddedError, OSError."""
    refuse_unfit(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o777 != 0o700:
        with suppress(PermissionError):  # a file system without modes
            folder.chmod(0o700)


def make_inside(folder: Path) -> None:
    """The same for a folder of the data directory, which is no link. Raises EmbeddedError, OSError."""
    if folder.is_symlink():
        raise _link(folder)
    make(folder)


def refuse_links(folder: Path | str) -> None:
    """See that nothing in a folder is a link, for a program that would follow it. Raises EmbeddedError."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise _link(entry.path)
            if entry.is_dir():
                refuse_links(entry.path)


def _link(path: Path | str) -> EmbeddedError:
    return EmbeddedError(f"{path} is a link, and none is followed there: put what it leads to in its place")


def open_file(path: Path, flags: int, mode: int = 0o600) -> int:
    """A descriptor of an ordinary file, never of what a link leads to. Raises EmbeddedError, OSError."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, mode)  # a pipe would wait for its other end
    except OSError as error:
        raise _link(path) if error.errno == errno.ELOOP else error from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise EmbeddedError(f"{path} is no ordinary file: remove it")
    return descriptor


def read(path: Path) -> bytes:
    """What is in an ordinary file. Raises EmbeddedError, OSError."""
    with os.fdopen(open_file(path, os.O_RDONLY), "rb") as file:
        return file.read()


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a file in its place, whole or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # of a killed process that had our number
    with os.fdopen(open_file(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)


def sync(path: Path) -> None:
    """Have a file, or what names are in a folder, on disk: as it is after a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
