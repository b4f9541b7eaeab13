"""Where the bytes of files lie: a directory, of one server or shared by several nodes.

Every call blocks: it is for a thread. A file is there whole or not at all, and on disk before anything is said of it.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from app.chat.files import is_uid, split_id

_DRAFT = ".part"
# The file that says whose place this is.
MARK = "store.id"


class Draft(NamedTuple):
    """A file that is being written, under a name of its own."""

    path: Path
    file: BinaryIO


class Found(NamedTuple):
    """A file that lies there; `at`: when it was written, unix seconds; a `draft` is one that nobody finished."""

    id: str
    at: float
    draft: bool


class Driver(Protocol):
    """What keeps files. Each call raises OSError."""

    def draft(self, id: str) -> Draft:
        """Begin the file `id`: an open file to write to, and to read back."""
        ...

    def put(self, draft: Draft, id: str) -> None:
        """What was written is the file `id`, durably."""
        ...

    def drop(self, draft: Draft) -> None:
        """Of what was written nothing is kept."""
        ...

    def open(self, id: str) -> BinaryIO:
        """The file, to be read. Raises FileNotFoundError."""
        ...

    def delete(self, ids: Iterable[str]) -> None:
        """Remove files, of which some may be gone."""
        ...

    def date(self, ids: Iterable[str], at: float) -> None:
        """Let files be found as if they had been written `at` (unix seconds); some may be gone."""
        ...

    def forget(self, uid: str) -> int:
        """Remove all files of a conversation, and what is being written; returns how many were whole."""
        ...

    def sweep(self) -> Iterator[Found]:
        """Everything that lies there."""
        ...

    def free(self) -> int:
        """Bytes that there is room for."""
        ...

    def mark(self) -> str:
        """By what this place is known to all who share it; "" where it is not yet."""
        ...

    def take(self, mark: str) -> str:
        """Let a place that has no mark be known by this one; returns what it is known by, if another was faster."""
        ...

    def empty(self) -> bool:
        """Whether no file was ever kept here."""
        ...


class Directory:
    """Files under `root`: a folder for each conversation, so that forgetting a person is removing one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def draft(self, id: str) -> Draft:
        """Begin the file `id`; a draft that is left is found by `sweep`."""
        path = self._path(id)
        path = path.with_name(path.name + _DRAFT)
        while True:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileNotFoundError):  # the last file of the folder was removed just now, and it with it
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
                return Draft(path, os.fdopen(descriptor, "w+b"))

    def put(self, draft: Draft, id: str) -> None:
        """What was written is the file `id`: its bytes are on disk before its name is, and its name when this ends."""
        draft.file.flush()
        os.fsync(draft.file.fileno())
        path = self._path(id)
        draft.path.rename(path)
        draft.file.close()
        _sync(path.parent)
        _sync(self.root)  # whoever made the folder may have been killed

    def drop(self, draft: Draft) -> None:
        """Of what was written nothing is kept."""
        draft.file.close()
        draft.path.unlink(missing_ok=True)
        _remove_empty(draft.path.parent)

    def open(self, id: str) -> BinaryIO:
        """The file, to be read. Raises FileNotFoundError."""
        descriptor = os.open(self._path(id), os.O_RDONLY | os.O_NOFOLLOW)
        return os.fdopen(descriptor, "rb")

    def delete(self, ids: Iterable[str]) -> None:
        """Remove files, of which some may be gone, and the folders they leave empty."""
        for id in ids:
            path = self._path(id)
            path.unlink(missing_ok=True)
            path.with_name(path.name + _DRAFT).unlink(missing_ok=True)
            _remove_empty(path.parent)

    def date(self, ids: Iterable[str], at: float) -> None:
        """Give files another time."""
        for id in ids:
            with suppress(FileNotFoundError):
                os.utime(self._path(id), (at, at), follow_symlinks=False)

    def forget(self, uid: str) -> int:
        """Remove a conversation's folder; it is gone from disk when this ends."""
        if not is_uid(uid):
            return 0
        count = 0
        for entry in _entries(self.root / uid):
            Path(entry.path).unlink(missing_ok=True)
            count += not entry.name.endswith(_DRAFT)
        _remove_empty(self.root / uid)
        if self.root.exists():
            _sync(self.root)
        return count

    def sweep(self) -> Iterator[Found]:
        """Everything that lies there under a name that could be ours, folder by folder; what goes meanwhile is passed
        over, and empty folders go."""
        for folder in _entries(self.root):
            if not (is_uid(folder.name) and folder.is_dir(follow_symlinks=False)):
                continue
            _remove_empty(folder.path)
            for entry in _entries(folder.path):
                name = entry.name.removesuffix(_DRAFT)
                with suppress(FileNotFoundError):
                    if split_id(id := f"{folder.name}.{name}") and entry.is_file(follow_symlinks=False):
                        yield Found(id, entry.stat(follow_symlinks=False).st_mtime, name != entry.name)

    def free(self) -> int:
        """Bytes that there is room for, for who is not root."""
        place = self.root
        while not place.exists():
            place = place.parent
        found = os.statvfs(place)
        return found.f_bavail * found.f_frsize

    def mark(self) -> str:
        """What stands in the file that marks it."""
        with suppress(FileNotFoundError):
            return (self.root / MARK).read_text("ascii", "replace").strip()
        return ""

    def take(self, mark: str) -> str:
        """Make it, and mark it: whole or not at all, and once, whoever else is at it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.root / f"{MARK}.{mark}"
        try:
            with draft.open("x", encoding="ascii") as file:
                file.write(f"{mark}\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, self.root / MARK)
        finally:
            draft.unlink(missing_ok=True)
        _sync(self.root)
        return self.mark()

    def empty(self) -> bool:
        """Whether there is no folder of a conversation."""
        return not any(is_uid(folder.name) for folder in _entries(self.root))

    def _path(self, id: str) -> Path:
        found = split_id(id)
        if found is None:
            raise FileNotFoundError(id)
        return self.root / found[0] / found[1]


def _entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return


def _remove_empty(folder: Path | str) -> None:
    with suppress(OSError):  # there is something in it
        os.rmdir(folder)


def _sync(folder: Path) -> None:
    """What names are in it is on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
