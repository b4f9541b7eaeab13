"""The container image: what it says of itself, and (with --all) the file inside, run as an engine runs it."""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clients.api import ask, log_in, ready, set_up
from tests.clients.sockets import open_chat
from tests.running import PATIENCE, ROOT, Process

SOMEBODY = 1000650000  # a user's number as OpenShift gives it: another one than the image says, and without a name
ARCHITECTURES = {"amd64": 62, "arm64": 183}  # as a program's head names them

# A check's times, as the image calls them and as a compose file does.
WAITS, KEYS = ("Interval", "Timeout", "StartPeriod"), ("interval", "timeout", "start_period")


def write(out: Path, *folders: Path) -> dict[str, Any]:
    """Have an image written of `folders`; returns its configuration, once every name in it is that of what it names."""
    words = [sys.executable, str(ROOT / "packaging" / "oci.py"), "arm64", "9.8.7", "abc", str(out), *map(str, folders)]
    subprocess.run(words, check=True, timeout=PATIENCE, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    return opened(out)


def inside(image: Path) -> dict[str, bytes]:
    """What is in an archive of files alone."""
    with tarfile.open(image) as archive:
        found = ((entry.name, archive.extractfile(entry)) for entry in archive)
        return {name: file.read() for name, file in found if file}


def layers(image: Path) -> Iterator[tuple[bytes, list[tarfile.TarInfo]]]:
    """An image's layers, the lowest first: the archive's bytes, and what is in it."""
    files = inside(image)
    (docker,) = json.loads(files["manifest.json"])
    for name in docker["Layers"]:
        content = gzip.decompress(files[name])
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            yield content, archive.getmembers()


def opened(image: Path) -> dict[str, Any]:
    """The configuration of an image. Every blob is what its name says, and both lists of the archive name the same."""
    files = inside(image)
    blobs = {name.removeprefix("blobs/sha256/"): content for name, content in files.items() if "sha256" in name}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())

    def blob(descriptor: dict[str, Any]) -> bytes:
        content = blobs[descriptor["digest"].removeprefix("sha256:")]
        assert len(content) == descriptor["size"]
        return content

    (whole,) = json.loads(files["index.json"])["manifests"]
    manifest = json.loads(blob(whole))
    parts = [manifest["config"], *manifest["layers"]]
    for part in parts:
        blob(part)
    (docker,) = json.loads(files["manifest.json"])
    named = [docker["Config"], *docker["Layers"]]
    assert [part["digest"].replace("sha256:", "blobs/sha256/") for part in parts] == named
    assert docker["RepoTags"] == [whole["annotations"]["io.containerd.image.name"].removeprefix("docker.io/library/")]
    return dict(json.loads(blob(manifest["config"])))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two layers, as whoever builds them happens to have them."""
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    for name in ("data", "tmp", "usr/lib", "etc"):
        (lower / name).mkdir(parents=True)
    (lower / "lib").symlink_to("usr/lib")
    (lower / "usr" / "lib" / "libc.so").write_bytes(b"library")
    (upper / "usr" / "local" / "bin").mkdir(parents=True)
    (upper / "usr" / "local" / "bin" / "chatadmin").write_bytes(b"program")
    (upper / "usr" / "local" / "bin" / "chatadmin").chmod(0o700)
    return lower, upper


def test_the_same_parts_are_the_same_image(folders: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    write(first, *folders)
    os.utime(folders[0] / "etc", (1, 1))
    (folders[0] / "usr" / "lib" / "libc.so").chmod(0o640)
    if os.geteuid() == 0:
        os.chown(folders[0] / "usr", 1000, 1000)
    write(second, *folders)
    assert first.read_bytes() == second.read_bytes()


def test_all_is_root_s_but_for_the_places_that_are_written_to(folders: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "image.tar"
    config = write(out, *folders)
    found: dict[str, tuple[int, int, int]] = {}
    for digest, (content, entries) in zip(config["rootfs"]["diff_ids"], layers(out), strict=True):
        assert digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
        found |= {entry.name: (entry.uid, entry.gid, entry.mode) for entry in entries}
    assert found["data"] == (10001, 0, 0o770)
    assert found["tmp"] == (0, 0, 0o1777)
    assert found["usr/lib/libc.so"] == (0, 0, 0o644)
    assert found["usr/local/bin/chatadmin"] == (0, 0, 0o755)
    others = {who for name, who in found.items() if name not in ("data", "tmp", "lib") and "." not in name}
    assert others == {(0, 0, 0o755)}


def test_what_an_engine_reads(folders: tuple[Path, Path], tmp_path: Path) -> None:
    config = write(tmp_path / "image.tar", *folders)
    assert (config["architecture"], config["os"], config["created"]) == ("arm64", "linux", "2023-11-14T22:13:20Z")
    settings = config["config"]
    assert settings["User"] == "10001:0"  # a number: Kubernetes' runAsNonRoot believes no name
    assert set(settings["Volumes"]) == {"/data", "/tmp"}
    assert settings["Healthcheck"]["Test"] == ["CMD", *settings["Entrypoint"], "healthcheck"]
    compose = yaml.safe_load((ROOT / "packaging" / "compose" / "compose.yaml").read_text("utf-8"))
    said = compose["services"]["chatadmin"]["healthcheck"]
    seconds = {name: value // 1_000_000_000 for name, value in settings["Healthcheck"].items() if name.endswith(WAITS)}
    assert seconds == {name: int(said[key].removesuffix("s")) for name, key in zip(WAITS, KEYS, strict=True)}
    assert (settings["Healthcheck"]["Test"], settings["Healthcheck"]["Retries"]) == (said["test"], said["retries"])
    assert settings["Labels"]["org.opencontainers.image.version"] == "9.8.7"


@pytest.fixture(scope="module")
def images(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make an image by packaging/image.sh: of the file for "amd64", of what only looks like one for "arm64"."""
    for tool in ("apt-get", "dpkg-deb", "buildah"):
        if not shutil.which(tool):
            pytest.skip(f"needs {tool}")

    def make(architecture: str) -> Path:
        out = tmp_path_factory.mktemp(architecture)
        content = bytearray(file.read_bytes() if architecture == "amd64" else bytes(64))
        content[18:20] = ARCHITECTURES[architecture].to_bytes(2, "little")
        (out / "chatadmin").write_bytes(content)
        subprocess.run([ROOT / "packaging" / "image.sh"], check=True, env={**os.environ, "OUT": str(out)}, cwd=out)
        (made,) = out.glob(f"chatadmin-*-{architecture}.oci.tar")
        return made

    return make


@pytest.fixture(scope="module")
def image(images: Callable[[str], Path]) -> Path:
    """The image of the file under test."""
    return images("amd64")


class Engine:
    """buildah with a store of its own; and an image's root, as it lies there once it is unpacked."""

    def __init__(self, folder: Path, image: Path) -> None:
        self._words = ["buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run")]
        self._words += ["--storage-driver", "vfs"]
        self.name = self("pull", "-q", f"oci-archive:{image}")
        self.container = self("from", self.name)
        self.root = Path(self("mount", self.container))
        self.settings = json.loads(self("inspect", "--type", "image", self.name))["OCIv1"]["config"]

    def __call__(self, *words: str) -> str:
        return subprocess.run([*self._words, *words], check=True, capture_output=True, text=True).stdout.strip()

    def close(self) -> None:
        self("rm", "--all")
        self("rmi", "--all")


@pytest.fixture
def engine(image: Path, tmp_path: Path, as_root: None) -> Iterator[Engine]:
    """An engine that has taken the image in."""
    engine = Engine(tmp_path, image)
    yield engine
    engine.close()


# What an engine does with --read-only --user: in namespaces of its own the root that nobody can write to, /tmp in
# memory, /data of somebody else. `$1` the root, `$2` the volume, `$3` the user, then the command, with its environment.
AS_AN_ENGINE = """
set -e
root=$1 volume=$2 who=$3; shift 3
mount --bind "$root" "$root"
mount --bind "$volume" "$root/data"
mount -t tmpfs -o mode=1777,nosuid,nodev,size=256m tmpfs "$root/tmp"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec="$who:0" --groups= "$root" "$@"
"""


def contained(engine: Engine, volume: Path, *words: str) -> list[str]:
    """The command that runs the image's program with `words` so."""
    outside = ["unshare", "--mount", "--propagation", "private", "sh", "-c", AS_AN_ENGINE, "sh"]
    return [*outside, str(engine.root), str(volume), str(SOMEBODY), *engine.settings["Entrypoint"], *words]


@pytest.mark.long
def test_the_file_serves_read_only_as_any_user_of_group_0(engine: Engine, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    subprocess.run(["cp", "-a", engine.root / "data", volume], check=True)  # as one that is made for a container begins
    inside = dict(variable.split("=", 1) for variable in engine.settings["Env"])
    env = {**inside, "CHATADMIN_SERVER": "127.0.0.1:0", "PATH": f"{os.environ['PATH']}:/usr/sbin"}
    shop = Process(contained(engine, volume), env, tmp_path)
    try:
        url = shop.wait_for(r"Visitors  (http://.*)/")[1]
        shop.wait_for(r"Press Ctrl\+C")
        assert ready(url)
        mounts = [line.split() for line in Path(f"/proc/{shop.pid}/mountinfo").read_text().splitlines()]
        assert [mount[5].split(",")[0] for mount in mounts if mount[4] == "/"] == ["ro"]
        assert "CapEff:\t0000000000000000" in Path(f"/proc/{shop.pid}/status").read_text()
        admin = set_up(url, shop.wait_for(r"/setup#([\w-]+)")[1])
        visitor = open_chat(url, log_in(url, "Xiaoming"))
        visitor.hear(type="joined")
        visitor.tell(type="send", id="tab.1", content="Is there anybody? 在吗")
        visitor.hear(type="ack")
        assert "在吗" in json.dumps(ask(url, "/v1/users", Authorization=admin).value, ensure_ascii=False)
        address = url.removeprefix("http://")
        asked = contained(engine, volume, "healthcheck", "--server", address)
        told = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
        assert (told.returncode, told.stdout) == (0, "ready\n"), told
        shop.signal(15)
        assert shop.wait() == 0
    finally:
        shop.close()
    assert {path.stat().st_uid for path in volume.rglob("*")} == {SOMEBODY}
    assert volume.stat().st_mode & 0o7777 == 0o770
    told = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "connection refused" in told.stderr


@pytest.mark.long
def test_an_engine_takes_both_lists_and_runs_it(engine: Engine, image: Path) -> None:
    words = ["run", "--isolation", "chroot", "--user", f"{SOMEBODY}:0", engine.container, "--"]
    assert engine(*words, "/usr/local/bin/chatadmin", "--version").startswith("chatadmin ")
    assert engine("pull", "-q", f"docker-archive:{image}") == engine.name  # the same image by the other list


@pytest.mark.long
def test_authorities_time_zones_and_licences_are_inside(engine: Engine) -> None:
    root = engine.root
    assert (root / "etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE") > 100
    assert (root / "usr/share/zoneinfo/Europe/Berlin").is_file()
    packages = {file.name for file in (root / "var/lib/dpkg/status.d").iterdir()}
    assert {"libc6", "zlib1g", "tzdata", "ca-certificates", "libgcc-s1"} < packages
    assert all((root / "usr/share/doc" / name / "copyright").is_file() for name in packages)
    programs = {file.name for file in root.rglob("*") if file.is_file() and os.access(file, os.X_OK)}
    assert {name for name in programs if not name.startswith(("ld-linux", "libc.so"))} == {"chatadmin"}


@pytest.mark.long
def test_built_again_it_is_the_same(image: Path, images: Callable[[str], Path]) -> None:
    assert image.read_bytes() == images("amd64").read_bytes()


@pytest.mark.long
def test_the_other_processor_s_is_made_here_too(images: Callable[[str], Path]) -> None:
    made = images("arm64")
    assert opened(made)["architecture"] == "arm64"
    _, system = next(layers(made))
    assert "usr/lib/aarch64-linux-gnu/libc.so.6" in {entry.name for entry in system}
