"""Libraries that only the courier and some commands load: packed in the frozen file, and unpacked where one is used.

Most of what runs never needs them, and they weigh as much as a third of all the rest: so nothing of them is imported
by a worker, by the main process or at the top of a module that those import, and `use` comes first:

    use("age")
    import pyrage

They are unpacked into the folder of this instance (`resources.root`), once for all its processes of one user, and go
with it when it ends. That takes a quarter of a second for `cryptography`, and a few hundredths for each of the others.
"""

import os
import sys

from app import libraries, resources

# What there is to be used, the packages that come with each (tools/packing.py packs them, and what they import), and
# what else each needs.
GROUPS = {
    "cryptography": "cryptography",
    "urllib3": "urllib3 idna",
    "https": "acme josepy OpenSSL requests certifi pyrfc3339",
    "minisign": "minisign",
    "age": "pyrage",
    "mail": "aiosmtplib dns",
}
_NEEDS = {"https": ("cryptography", "urllib3"), "minisign": ("cryptography",), "mail": ("urllib3",)}
FOLDER = "later"


def use(*names: str) -> None:
    """Make the packages of these groups, and of those they need, importable. From source they are.

    Raises OSError where there is no room for them, KeyError for a name that is none.
    """
    for name in names:
        GROUPS[name]  # as from source, so in the file: a name that is none is found by any test
        use(*_NEEDS.get(name, ()))
        if resources.FROZEN and name not in _used:
            sys.path.append(_unpacked(name))
            _used.add(name)


_used: set[str] = set()  # the groups that are on this process's path


def _unpacked(name: str) -> str:
    """The folder in which the packages of a group lie, whoever unpacked them."""
    place = str(resources.path(FOLDER, str(os.geteuid()), name))
    if os.path.isdir(place):
        return place
    os.makedirs(os.path.dirname(place), exist_ok=True)
    draft = f"{place}.{os.getpid()}"
    try:
        os.mkdir(draft, 0o700)
    except FileExistsError:  # of one that was killed and had our number
        _remove(draft)
        os.mkdir(draft, 0o700)
    try:
        _unpack(name, draft)
        os.rename(draft, place)
    except OSError:
        _remove(draft)
        if not os.path.isdir(place):  # else another process was first, which is as good
            raise
    return place


def lend(user: int) -> None:
    """As root: let `user`, who may not write to what root unpacked, use them. Root never looks where they lie then."""
    place = resources.path(FOLDER, str(user))
    place.mkdir(parents=True, mode=0o700, exist_ok=True)
    os.chown(place, user, -1)


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _unpack(name: str, folder: str) -> None:
    import io
    import lzma
    import zipfile

    archive_name = f"{FOLDER}/{name}.zip.xz"
    libraries.provide(archive_name)
    packed = lzma.decompress(resources.read(archive_name))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
