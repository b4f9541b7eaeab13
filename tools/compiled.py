"""Compile the modules of app/compiled.py to C and that to one library: build/compiled/compiled.so.

    python -m tools.compiled

mypyc makes native classes and direct calls of the types that mypy proves. Done anew where any source in app/
has changed, since types come from everywhere. No path, time or name of this machine comes into the library.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from app.compiled import LIBRARY, MODULES, entry

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "compiled"
# For GCC and Clang.
FLAGS = ["-O2", "-g0", "-w", "-fPIC", "-fvisibility=hidden", "-fno-semantic-interposition", "-fwrapv", "-DNDEBUG"]


def main() -> int:
    library, stamp = TARGET / LIBRARY, TARGET / "made-of"
    digest = made_of()
    if not library.is_file() or not stamp.is_file() or stamp.read_text("ascii") != digest:
        TARGET.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=TARGET) as place:
            to_c(Path(place))
            compile_it(Path(place), library)
        stamp.write_text(digest, "ascii")
    print(library)
    return 0


def made_of() -> str:
    """The digest of all that decides what the library is."""
    sources = sorted([*ROOT.glob("app/**/*.py"), Path(__file__), ROOT / "requirements" / "build.txt"])
    digest = sha256(repr((sys.version, compiler(), metadata.version("mypy"), sorted(MODULES))).encode())
    for source in sources:
        digest.update(f"\0{source.relative_to(ROOT)}\0".encode() + source.read_bytes())
    return digest.hexdigest()


def compiler() -> list[str]:
    """The C compiler, as words of a command."""
    return (os.environ.get("CC") or "cc").split()


def to_c(place: Path) -> None:
    """Leave the C code in `place`/build."""
    from mypyc.build import mypycify

    for name in ("app", "pyproject.toml"):
        (place / name).symlink_to(ROOT / name)
    here = Path.cwd()
    os.chdir(place)  # names in tracebacks are from here
    try:
        files = sorted(module.replace(".", "/") + ".py" for module in MODULES)
        # not every Python has SQLite, and what is known of types goes with this folder
        options = ["--config-file=", "--no-sqlite-cache", "--strict", "--hide-error-context"]
        mypycify([*options, *files], group_name="app", verbose=False)
    finally:
        os.chdir(here)


def compile_it(place: Path, library: Path) -> None:
    """Of mypyc's one C file, and a door for each module."""
    runtime = Path(metadata.distribution("mypy").locate_file("mypyc/lib-rt"))
    doors = [
        f"PyObject *CPyInit_{name}(void);\nPyMODINIT_FUNC PyInit_{name}(void) {{ return CPyInit_{name}(); }}"
        for name in map(entry, sorted(MODULES))
    ]
    (place / "doors.c").write_text("#include <Python.h>\n" + "\n".join(doors) + "\n", "ascii")
    include = [f"-I{runtime}", "-Ibuild", f"-I{sysconfig.get_path('include')}", f"-ffile-prefix-map={runtime}=mypyc"]
    code = ["doors.c", *sorted(str(file.relative_to(place)) for file in place.glob("build/**/__native*.c"))]
    made = ["-shared", "-s", "-Wl,-O1", "-Wl,--build-id=none", "-o", str(library)]
    subprocess.run([*compiler(), *FLAGS, *include, *code, *made, "-lm"], check=True, cwd=place)


if __name__ == "__main__":
    sys.exit(main())
