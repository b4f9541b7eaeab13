"""Compile the program that unpacks the file and starts Python, with Python itself inside: build/loader/<digest>/run.

PyInstaller's loader, but for one line: it takes Python's functions from itself, where the one that comes compiled loads
a shared library. Calls within Python are direct then, its library is neither unpacked nor relocated at each start, all
processes have it in common, and the code that a distribution compiled by a profile is what runs (tools/interpreter.py).

Printed is the path, or nothing where this Python has no such library, or one that cannot be linked: then PyInstaller's
own loader does.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from tools import interpreter

ROOT = Path(__file__).resolve().parent.parent
GLIBCS = {"-lc", "-ldl", "-lm", "-lpthread", "-lrt", "-lutil"}  # which every system has; all else is linked in
# As its own recipe (waf) finds them on any Linux.
FOUND = """
    _GNU_SOURCE _REENTRANT _DEFAULT_SOURCE _FORTIFY_SOURCE=2 NDEBUG PYI_USE_POSIX_SEMAPHORE HAVE_SEMAPHORE_H=1
    HAVE_STDBOOL_H=1 HAVE_UNSETENV=1 HAVE_MKDTEMP=1 HAVE_DIRNAME=1 HAVE_BASENAME=1 HAVE_WCSDUP=1
""".split()  # noqa: SIM905
LOADS = "dlopen(dll_fullpath,"  # the one line
# An archive with which Debian's Python 3.13 was linked, and which no package has; what asks for it; and in the place of
# that a module which says that it is not there: hashlib and random go on with that of OpenSSL.
WITHHELD, ASKS = "libHacl_Hash_SHA2.a", "sha2module.o"
IN_ITS_PLACE = """
extern void *PyExc_ImportError;
void PyErr_SetString(void *, const char *);
void *PyInit__sha2(void) { PyErr_SetString(PyExc_ImportError, "OpenSSL has it"); return 0; }
"""


def compiler() -> str:
    found = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    return found or sys.exit("loader.py: there is no C compiler")


def libraries() -> list[str]:
    """What Python's library is linked with."""
    words = " ".join(interpreter.setting(name) for name in ("MODLIBS", "LIBS", "SYSLIBS")).split()
    named = [word for word in dict.fromkeys(words) if word.startswith("-l")]
    inside = [word for word in named if word not in GLIBCS]
    return ["-Wl,-Bstatic", *inside, "-Wl,-Bdynamic", *sorted(GLIBCS - {"-lc"})]


def static_files() -> list[Path]:
    """The libraries that come into the program, Python's first."""
    library = interpreter.static_library()
    if library is None:
        return []
    others = [word.replace("-l", "lib", 1) + ".a" for word in libraries() if word not in GLIBCS and word[:2] == "-l"]
    found = [subprocess.check_output([compiler(), f"-print-file-name={name}"], text=True).strip() for name in others]
    if absent := [name for name in found if not Path(name).is_file()]:  # which a compiler gives back as it was asked
        print(f"loader.py: {library} cannot be linked, there is no {', '.join(absent)}", file=sys.stderr)
        return []
    return [library, *map(Path, found)]


def without_python(entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """PyInstaller's list of libraries, without Python's shared one and those that nothing else needs."""
    rest = [entry for entry in entries if entry[0] != interpreter.setting("INSTSONAME")]
    asked = {name for _, path, _ in rest for name in needed(Path(path))}
    return [entry for entry in rest if "/" in entry[0] or not entry[0].startswith("lib") or entry[0] in asked]


def needed(library: Path) -> set[str]:
    said = subprocess.check_output(["objdump", "-p", str(library)], text=True)
    return {line.split()[1] for line in said.splitlines() if line.split()[:1] == ["NEEDED"]}


def source(folder: Path) -> Path:
    """PyInstaller's, of the version that is installed, by the digest that is locked."""
    version = metadata.version("pyinstaller")
    lock = (ROOT / "requirements" / "build.txt").read_text("utf-8")
    start = lock.index(f"pyinstaller=={version} ")
    wanted = lock[start:].partition("\n")[0] + "\n"
    for line in lock[start:].splitlines()[1:]:
        if not line.startswith("    "):
            break
        wanted += line + "\n"
    (folder / "wanted.txt").write_text(wanted, "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    asked = ["--no-binary", ":all:", "--no-build-isolation", "--require-hashes", "-r", "wanted.txt"]
    if subprocess.run([*pip, *asked], check=False, cwd=folder).returncode:
        sys.exit(f"loader.py: the source of PyInstaller {version} could not be downloaded")
    with tarfile.open(folder / f"pyinstaller-{version}.tar.gz") as archive:
        archive.extractall(folder)  # by its digest, the one that is locked
    return folder / f"pyinstaller-{version}" / "bootloader" / "src"


def changed(code: Path) -> Path:
    """That folder of source, which takes Python's functions from the program itself now."""
    loading = code / "pyi_dylib_python.c"
    text = loading.read_text("utf-8")
    if text.count(LOADS) != 1:
        sys.exit(f"loader.py: {loading.name} does not load Python as it did")
    loading.write_text(text.replace(LOADS, "dlopen(NULL,"), "utf-8")
    return code


def compile_it(code: Path, library: Path, made: Path) -> None:
    """Raises CalledProcessError where the library cannot be linked."""
    if WITHHELD in interpreter.setting("MODLIBS"):
        library = Path(shutil.copy(library, code))
        subprocess.run(["ar", "d", library, ASKS], check=True)
        (code / "in_its_place.c").write_text(IN_ITS_PLACE, "ascii")
    command = [compiler(), "-O2", "-w", "-s", "-no-pie", *(f"-D{name}" for name in FOUND)]
    command += sorted(file.name for file in code.glob("*.c"))
    command += ["-o", str(made), "-Wl,--export-dynamic", "-Wl,--whole-archive", str(library)]
    command += ["-Wl,--no-whole-archive", *libraries()]
    subprocess.run(command, check=True, cwd=code)


def main() -> int:
    files = static_files()
    if not files:
        return 0
    digest = sha256(Path(__file__).read_bytes() + metadata.version("pyinstaller").encode())
    digest.update(subprocess.check_output([compiler(), "--version"]))
    for file in files:
        digest.update(file.read_bytes())
    target = ROOT / "build" / "loader" / digest.hexdigest()[:16] / "run"
    refused = target.with_name("refused")
    if not target.is_file() and not refused.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as place:
            code = changed(source(Path(place)))
            try:
                compile_it(code, files[0], Path(place, "run"))
            except subprocess.CalledProcessError as error:
                refused.touch()
                print(f"loader.py: {files[0]} cannot be linked, the shared library is taken: {error}", file=sys.stderr)
            else:
                os.replace(Path(place, "run"), target)
    if target.is_file():
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
