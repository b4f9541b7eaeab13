"""Lay out in build/bundle the files that go into the frozen program, as they are to lie there.

Pages get a compressed sibling, the store's server its digest. Run by build.sh before PyInstaller.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "bundle"
COMPRESSIBLE = {".js", ".mjs", ".css", ".svg", ".json", ".html", ".webmanifest", ".txt"}
# Comments are for those who read the source; those of scripts go with all else that is not needed (tools/minify.mjs).
COMMENT = re.compile(r"/\*(?s:.*?)\*/\n?")
WORTH = 0.9  # a sibling larger than this part of the original is not worth its place

sys.path.insert(0, str(ROOT))


def copy_pages() -> None:
    for name in ("templates", "static"):
        shutil.copytree(ROOT / name, TARGET / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "default_config.yaml", TARGET)
    minify(TARGET / "static" / "js")
    for page in sorted((TARGET / "static").rglob("*")):
        if page.suffix == ".css":
            page.write_text(COMMENT.sub("", page.read_text("utf-8")), "utf-8")
        if page.suffix in COMPRESSIBLE and page.parent.name != "messages":  # which are read here, not served
            compress(page)


def minify(scripts: Path) -> None:
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node = shutil.which("node", path=path)
    if node is None:
        sys.exit("node is missing: ./build.sh installs it")
    subprocess.run([node, str(ROOT / "tools" / "minify.mjs"), str(scripts)], check=True)


def compress(page: Path) -> None:
    content = page.read_bytes()
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    if len(packed) < len(content) * WORTH:
        page.with_name(page.name + ".gz").write_bytes(packed)


def copy_store() -> None:
    from app.store.embedded_binary import NAME, packed

    content = packed().read_bytes()
    (TARGET / NAME).write_bytes(content)  # not runnable: PyInstaller would treat it as one of its libraries
    (TARGET / f"{NAME}.sha256").write_text(sha256(content).hexdigest(), "ascii")


def mark() -> None:
    """The file by which a running program knows another's folder as one of its kind (see app/server/bundle.py).

    It is unpacked first, also where unpacking is interrupted: files that can be run come first, by name.
    """
    from app.server.bundle import MARKER

    marker = TARGET / MARKER
    marker.touch()
    marker.chmod(0o755)


def main() -> int:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    copy_pages()
    copy_store()
    mark()
    return 0


if __name__ == "__main__":
    sys.exit(main())
