"""Lay out in build/bundle the files that go into the frozen program, as they are to lie there.

What browsers get is compressed, where that is shorter; so is the store's server, its digest beside it. Run by build.sh
before PyInstaller.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "bundle"
LARGEST_SHARE = 0.9  # a sibling larger than this part of the original is not worth its place

sys.path.insert(0, str(ROOT))
from tools import packing  # noqa: E402


def make_pages(target: Path) -> None:
    """Everything a browser can be given, in `target`/static, and what the pages themselves are drawn from."""
    from app.web import static

    shutil.copytree(ROOT / "static/messages", target / "static/messages", ignore=shutil.ignore_patterns(".*"))
    starts = json.loads(node("tools/pages.mjs", str(target / "static")))

    def keep(name: str, said: bytes) -> str:
        full = f"{name}-{sha256(said).hexdigest()[:8]}.js"
        (target / "static" / full).write_bytes(said)
        return full

    @cache  # several pages have the same
    def chunks(section: str, language: str) -> str:
        return keep(f"{section}.{language}", static.module_of_chunks(section, language))

    for page in static.PAGES:
        section = static.LATER_OF.get(page, static.LATER)
        later = {one: chunks(section, one) for one in static.spoken(page)}
        starts[page]["words"] = {one: keep(f"{page}.{one}", static.module(page, one, later[one])) for one in later}
    shutil.copy(ROOT / "static" / "widget.d.ts", target / "static")
    for file in sorted((target / "static").glob("*.*")):
        if file.name not in (starts["loader"]["script"], starts["panel"]["script"]):  # something is put into these yet
            compress(file)
    (target / "static" / static.BUILT).write_text(json.dumps(starts), "utf-8")


def node(*command: str) -> str:
    """What a script of ours says."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    program = shutil.which("node", path=path)
    if program is None:
        sys.exit("node is missing: ./build.sh installs it")
    return subprocess.run([program, *command], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def drop_plain(target: Path) -> None:
    """Of what has a compressed sibling that alone: hardly a browser wants the other, which can be made of it."""
    for packed in (target / "static").glob("*.gz"):
        packed.with_suffix("").unlink()


def compress(file: Path) -> None:
    content = file.read_bytes()
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    if len(packed) < len(content) * LARGEST_SHARE:
        file.with_name(file.name + ".gz").write_bytes(packed)


def compile_templates(target: Path) -> None:
    """Templates as code, which app/templates.py loads."""
    from quart import Quart

    from app import templates
    from app.courier.mail import look

    for folder, environment in ((templates.PAGES, Quart("chatadmin").jinja_env), (look.FOLDER, look.environment())):
        environment.loader = templates.loader(folder)
        for name in environment.list_templates():
            if folder == templates.PAGES and name.startswith("mail/"):  # they have an environment of their own
                continue
            compiled = templates.compiled(environment, folder, name)
            place = target / templates.place(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(compiled)


def read_defaults(target: Path) -> None:
    """What default_config.yaml says, as app/config/sources.py wants it: YAML takes as long as all other settings."""
    import msgspec

    from app.config import sources
    from app.config.settings import names

    (target / sources.READ_DEFAULTS).write_bytes(msgspec.json.encode(sources.defaults(dict(names()))))


def compile_beforehand(target: Path) -> None:
    """What each process would compile while it starts; in a Python that has imported nothing yet."""
    from app.readymade import NAME

    subprocess.run([sys.executable, "-m", "tools.readymade", str(target / NAME)], check=True, cwd=ROOT)


def copy_store() -> None:
    from app.store.embedded_binary import KNOWN_NAME, PACKED_NAME, delivered

    content = delivered().read_bytes()
    (TARGET / PACKED_NAME).write_bytes(packing.compressed(content))
    (TARGET / KNOWN_NAME).write_text(f"{sha256(content).hexdigest()} {len(content)}", "ascii")


def copy_zones() -> None:
    """The tables of time zones as one archive: 600 files more would be unpacked at each start."""
    from app.zones import ARCHIVE_NAME

    root = Path(str(resources.files("tzdata")))
    with zipfile.ZipFile(TARGET / ARCHIVE_NAME, "w") as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                entry = zipfile.ZipInfo(file.relative_to(root.parent).as_posix())  # of 1980: two builds are the same
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def keep_release_keys(given: str, target: Path) -> None:
    """The public keys whose signatures the file takes for upgrades, where the build is given any: one a line."""
    import minisign

    from app.upgrade.signature import KEYS_FILE

    for key in given.split():
        try:
            minisign.PublicKey.from_base64(key)
        except minisign.ParseError as error:
            sys.exit(f"CHATADMIN_RELEASE_KEY: {key} is no public key of minisign's: {error}")
    if given.split():
        (target / KEYS_FILE).write_text("\n".join(given.split()) + "\n", "ascii")


def mark() -> None:
    """The file by which a running program knows another's folder as one of its kind (see app/server/bundle.py).

    It is unpacked first, also where unpacking is interrupted: files that can be run come first, by name.
    """
    from app.resources import MARKER

    marker = TARGET / MARKER
    marker.touch()
    marker.chmod(0o755)


def main() -> int:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    make_pages(TARGET)
    drop_plain(TARGET)
    compile_templates(TARGET)
    read_defaults(TARGET)
    compile_beforehand(TARGET)
    shutil.copytree(ROOT / "docs" / "identity", TARGET / "docs" / "identity", ignore=shutil.ignore_patterns("*.md"))
    copy_store()
    copy_zones()
    keep_release_keys(os.environ.get("CHATADMIN_RELEASE_KEY", ""), TARGET)
    mark()
    return 0


if __name__ == "__main__":
    sys.exit(main())
