"""Say how the Python that runs this was compiled: what is frozen of it runs as fast as that.

    python tools/interpreter.py         one line for a person; `shared`: where its shared library is taken
    python tools/interpreter.py fit     exit status 0: can be frozen, and was compiled by a profile (PGO); 1: can be
                                        frozen; 2: cannot

No run is timed. A Python of one's own says in its configuration how it was compiled. A distribution's does not:
Debian's program is compiled by a profile, its shared library is not, and the flags of both are taken out. So the static
library, which is what the program is linked from, is looked into: in code that was compiled by a profile many functions
lie in sections apart, for what runs most. It is linked into the file (tools/loader.py).
"""

import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

HOT = b".text.hot"
OLDEST = (3, 11)


def setting(name: str) -> str:
    return str(sysconfig.get_config_var(name) or "")


def flags() -> str:
    """All that its makers let it say of its own making."""
    names = ("CONFIG_ARGS", "PY_CORE_CFLAGS", "PY_CORE_LDFLAGS", "CONFIGURE_CFLAGS_NODIST", "CONFIGURE_LDFLAGS_NODIST")
    return " ".join(setting(name) for name in names)


def static_library() -> Path | None:
    """What can be linked into a program that loads the standard library's modules as they are.

    Not where these ask for the shared library: there would be two of everything.
    """
    library = Path(setting("LIBPL"), setting("LIBRARY"))
    shared = setting("INSTSONAME").encode()
    modules = Path(setting("DESTSHARED")).glob("_ctypes*.so")
    if not library.is_file() or any(shared in module.read_bytes() for module in modules):
        return None
    return library


def profiled(library: Path | None) -> bool:
    """Whether what is frozen of it was compiled by a profile of what runs most; `library`: the static one, if it is."""
    if (ours := Path(sys.base_prefix, "share", "compiled-with")).is_file():  # packaging/python/make.sh
        return "PGO" in ours.read_text("ascii")
    if library is not None and not any(word in flags() for word in ("--enable-optimizations", "-fprofile-")):
        content = library.read_bytes()
        return content.count(HOT) > content.count(b"\x7fELF") / 10
    return any(word in flags() for word in ("--enable-optimizations", "-fprofile-use", "-fprofile-instr-use"))


def across_files() -> bool:
    """Whether it was optimised as one (LTO). A library of Debian's has lost what that takes."""
    return any(word in flags() for word in ("--with-lto", "-flto"))


def fit() -> bool:
    """Whether it can be frozen."""
    shared = bool(setting("Py_ENABLE_SHARED"))
    return sys.version_info >= OLDEST and shared and all(map(find_spec, ("venv", "ensurepip")))


def described(library: Path | None) -> str:
    """In words: "Python 3.11.2, compiled with PGO, linked into the file"."""
    made = [name for name, is_so in (("PGO", profiled(library)), ("LTO", across_files())) if is_so]
    how = f"compiled with {' and '.join(made)}" if made else "compiled without PGO and LTO"
    linked = "linked into the file" if library else "as a shared library"
    return f"Python {sys.version.split()[0]}, {how}, {linked}"


if __name__ == "__main__":
    if sys.argv[1:] == ["fit"]:
        sys.exit(2 if not fit() else 0 if profiled(static_library()) else 1)
    print(described(None if sys.argv[1:] == ["shared"] else static_library()))
