"""What is inside the file, and what is not."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

from app import compiled, unpacked
from tests.running import PATIENCE, ROOT
from tools import symbols


def modules(file: Path) -> set[str]:
    """The names of its Python modules."""
    archive = CArchiveReader(str(file))
    return {
        module for name in archive.toc if name.startswith("PYZ") for module in archive.open_embedded_archive(name).toc
    }


def contents(file: Path) -> set[str]:
    """The names of all else in it."""
    return set(CArchiveReader(str(file)).toc)


def said_to_be_linked(file: Path) -> bool:
    """Whether its build could link Python into the loader (tools/loader.py), as the file says of itself."""
    return b"linked into the file" in CArchiveReader(str(file)).extract("made.txt")


def test_http_2_is_not_in_the_file(file: Path) -> None:
    found = modules(file)
    assert "hypercorn.protocol.h11" in found
    absent = {"h2", "hpack", "hyperframe", "priority"}
    assert {name for name in found if name.partition(".")[0] in absent or name == "hypercorn.protocol.h2"} == set()


def test_python_is_inside_the_loader_alone_where_the_file_says_so(file: Path) -> None:
    inside = b"\0Py_BytesMain\0" in file.read_bytes()[: CArchiveReader(str(file))._start_offset]  # among its exports
    assert inside == said_to_be_linked(file)
    libraries = {one.name for one in symbols.programs(file)}
    assert not (inside and any(name.startswith(("libpython", "libexpat")) for name in libraries))


def test_nothing_is_asked_of_the_system_but_glibc_where_python_is_linked_in(file: Path) -> None:
    lacking = symbols.missing(symbols.programs(file))
    assert lacking == {} or not said_to_be_linked(file)  # PyInstaller's own loader asks for zlib


def test_what_is_compiled_is_in_the_file_as_that_alone(file: Path) -> None:
    assert compiled.LIBRARY in contents(file)
    assert not modules(file) & compiled.MODULES


# Of each group of app/unpacked.py, what proves that it is there and works.
USED = {
    "cryptography": "from cryptography.hazmat.primitives.asymmetric import ec; ec.generate_private_key(ec.SECP256R1())",
    "urllib3": "import urllib3, idna; urllib3.PoolManager()",
    "https": "import acme.client, acme.crypto_util, josepy",
    "minisign": "import minisign; minisign.KeyPair.generate()",
    "age": "import pyrage; pyrage.x25519.Identity.generate()",
    "mail": "import aiosmtplib, dns.resolver",
}


def test_each_group_of_packed_libraries_can_be_used(file: Path, tmp_path: Path) -> None:
    assert set(USED) == set(unpacked.GROUPS)
    for library in ("_cffi_backend", "typing_extensions"):  # in the file, and not packed
        found = Path(importlib.import_module(library).__file__ or "")
        (tmp_path / found.name).symlink_to(found)
    for name, proof in USED.items():
        lines = [
            "import sys, warnings; warnings.simplefilter('ignore')",
            f"sys.path += [{str(tmp_path)!r}, {str(ROOT)!r}]",  # and without site-packages (-S)
            "from pathlib import Path",
            "from app import resources, unpacked",
            f"resources.FROZEN, resources.ROOT, resources.PROGRAM = True, Path({str(tmp_path)!r}), {str(file)!r}",
            f"unpacked.use({name!r})",
            proof,
        ]
        subprocess.run([sys.executable, "-I", "-S", "-c", "\n".join(lines)], check=True, timeout=PATIENCE)
    places = (tmp_path / "later" / str(os.geteuid())).iterdir()
    assert sorted(path.name for path in places if path.is_dir()) == sorted(USED)


def test_packed_libraries_lie_nowhere_else(file: Path) -> None:
    packed = set(" ".join(unpacked.GROUPS.values()).split())
    assert {name for name in modules(file) | contents(file) if re.split(r"[./]", name)[0] in packed} == set()


def test_the_licence_of_each_packed_library_is_inside(file: Path) -> None:
    names = {re.sub(r"licenses/([\w-]+) .*", r"\1", name).lower() for name in contents(file)}
    expected = {
        "acme",
        "josepy",
        "pyopenssl",
        "requests",
        "urllib3",
        "cryptography",
        "py-minisign",
        "pyrage",
        "dnspython",
        "mypy",  # whose runtime is in what is compiled
    }
    assert expected <= names
