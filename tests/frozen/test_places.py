"""The file in hostile surroundings: each works, or ends with one line that says what to do."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

import pyrage  # type: ignore[import-untyped]
import pytest

from tests.clients.api import ask, figure, log_in, set_up, status
from tests.clients.sockets import open_chat
from tests.frozen.conftest import Frozen, children
from tests.frozen.test_contents import said_to_be_linked
from tests.running import PATIENCE, ROOT, wait_until

Start = Callable[..., Frozen]
Mount = Callable[[str], Path]


def one_line(instance: Frozen, *parts: str) -> None:
    """It ended with status 1 and one line that has all of `parts`."""
    assert instance.process.wait() == 1
    (line,) = instance.process.lines
    for part in parts:
        assert part in line
    assert instance.leftovers() == []


def test_with_an_empty_environment_and_no_python(start: Start) -> None:
    instance = start(env={"PATH": "/nonexistent", "HOME": "", "LANG": "", "PYTHONUNBUFFERED": ""})
    assert status(instance.url, "/") == 200
    assert instance.stop() == 0


def unpacked(instance: Frozen) -> set[str]:
    """The files that its processes have unpacked."""
    (folder,) = instance.tmp.glob("_MEI*")
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_every_page_and_route_answers_and_needs_no_more_room(start: Start) -> None:
    instance = start()
    before = unpacked(instance)
    admin, token = set_up(instance.url, instance.setup_secret), log_in(instance.url, "Xiaoming")
    pages = {"/": 200, "/admin": 200, "/setup": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200}
    routes = {"/v1/me": 200, "/v1/msgs": 200, "/v1/desk": 200, "/v1/users": 403, "/nowhere": 404}
    for path, expected in (pages | routes).items():
        assert (path, status(instance.url, path, token)) == (path, expected)
    code = {file.suffix[1:]: file.read_text() for file in (ROOT / "docs" / "identity").glob("chat_token.*")}
    assert ask(instance.url, "/v1/widget/token_code", Authorization=admin).value == code
    assert unpacked(instance) == before


def test_after_its_file_was_replaced(start: Start, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copy2(file, copy)
    instance = start("--workers", "2", file=copy)
    copy.unlink()
    copy.write_text("an upgrade that is no program")
    before = instance.workers
    os.kill(before[0], signal.SIGKILL)  # who comes in its place loads all of it anew
    wait_until(lambda: len(set(instance.workers) - set(before)) == 1, "a new worker")
    wait_until(lambda: figure(instance.url, "chatadmin_workers_ready") == 2, "readiness")
    token = log_in(instance.url, "Xiaoming")
    visitor = open_chat(instance.url, token)
    visitor.hear(type="joined")
    for path in ("/", "/admin", "/setup", "/v1/me", "/v1/msgs", "/v1/users", "/metrics", "/readyz", "/nowhere"):
        assert status(instance.url, path, token) in (200, 403, 404)
    instance.signal(signal.SIGTERM)
    assert visitor.farewell() == 1012
    assert instance.process.wait() == 0
    assert "Traceback" not in instance.output


def test_a_second_instance_on_the_same_data(start: Start) -> None:
    first = start()
    second = start(data_dir=first.data_dir, wait=False)
    assert second.process.wait() == 1
    (line,) = second.process.lines
    assert "in use by another chatadmin" in line
    assert status(first.url, "/readyz") == 200
    second.data_dir = second.folder  # what runs in the shared one is the first's


def test_a_taken_port(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        instance = start(server=f"127.0.0.1:{other.getsockname()[1]}", wait=False)
        one_line(instance, "is taken", "--server")
        assert not instance.data_dir.exists()


def test_a_data_directory_that_cannot_be_made(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one_line(start(data_dir=tmp_path / "file" / "data", wait=False), "cannot write to", "--data-dir")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mount]:
    """Mount a small file system with the given options."""
    places: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"mount{len(places)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size=128m,{options}", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE).returncode:
            pytest.skip("file systems cannot be mounted here")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "-l", str(place)], check=True, timeout=PATIENCE)


@pytest.fixture
def behind_tmp(file: Path, tmp_path: Path) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Options to start the file where /tmp is mounted so; its data is in /var/tmp."""
    data = Path(tempfile.mkdtemp(prefix="ca-data-", dir="/var/tmp"))

    def options(how: str) -> dict[str, Any]:
        if subprocess.run(
            ["unshare", "--mount", "true"], capture_output=True, check=False, timeout=PATIENCE
        ).returncode:
            pytest.skip("mount namespaces cannot be made here")
        wrapper, copy = data / "wrapped", data / "chatadmin"
        shutil.copy2(file, copy)
        inside = f'mount -t tmpfs -o {how} tmpfs /tmp; exec "$0" "$@"'
        wrapper.write_text(f'#!/bin/sh\nexec unshare --mount sh -c \'{inside}\' "{copy}" "$@"\n')
        wrapper.chmod(0o755)
        return {"file": wrapper, "data_dir": data / "data"}

    yield options
    shutil.rmtree(data)


SYSTEM_SAYS = {"noexec": "failed to map segment from shared object", "size=8m": "No space left on device"}


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("how", SYSTEM_SAYS)
def test_a_temporary_folder_that_is_full_or_runs_nothing(
    file: Path, start: Start, behind_tmp: Callable[[str], dict[str, Any]], how: str
) -> None:
    """One line says what README does, and that helps. The version is told all the same."""
    options = behind_tmp(how)
    refused = start(env={"TMPDIR": ""}, wait=False, **options)
    if said_to_be_linked(file):
        one_line(refused, "a part of the program cannot be loaded", SYSTEM_SAYS[how], "TMPDIR")
        told = start(command="--version", env={"TMPDIR": ""}, server=None, wait=False, **options)
        assert told.process.wait() == 0, told.output
    else:  # Python itself has no room: its loader says so
        assert refused.process.wait() != 0
        assert SYSTEM_SAYS[how] in refused.output
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert "a part of the program cannot be loaded" in readme
    assert "TMPDIR=/var/tmp ./chatadmin" in readme
    instance = start(env={"TMPDIR": "/var/tmp"}, **options)
    assert log_in(instance.url, "Xiaoming")
    assert instance.stop() == 0
    assert list(Path("/var/tmp").glob("_MEI*")) == []


@pytest.mark.usefixtures("as_root")
def test_a_temporary_folder_that_is_read_only(start: Start, behind_tmp: Callable[[str], dict[str, Any]]) -> None:
    instance = start(env={"TMPDIR": ""}, **behind_tmp("ro"))
    assert log_in(instance.url, "Xiaoming")
    assert instance.stop() == 0


@pytest.mark.usefixtures("as_root")
def test_a_path_too_long_for_a_socket_where_tmp_is_read_only(
    start: Start, behind_tmp: Callable[[str], dict[str, Any]]
) -> None:
    options = behind_tmp("ro")
    options["data_dir"] = options["data_dir"] / ("long" * 20) / ("long" * 20)
    instance = start(env={"TMPDIR": ""}, **options)
    assert log_in(instance.url, "Xiaoming")
    assert instance.stop() == 0
    assert list(Path("/var/tmp").glob("chatadmin-*")) == []


@pytest.mark.usefixtures("as_root")
def test_what_the_loader_left_in_a_full_folder_goes_when_it_has_another(start: Start, mounted: Mount) -> None:
    """The usual folders are swept, too: what lies in /tmp would fill it for good."""
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = Path(f"/tmp/_MEI{dead.pid:08x}abcdef")
    left.mkdir()
    try:
        (left / ".chatadmin").touch()
        os.utime(left, (0, 0))  # long ago: a fresh one may be of somebody who is just starting
        start(env={"TMPDIR": str(mounted("exec"))}).stop()
        assert not left.exists()
    finally:
        shutil.rmtree(left, ignore_errors=True)


@pytest.mark.usefixtures("as_root")
def test_a_demo_without_room(start: Start, mounted: Mount) -> None:
    full = mounted("exec")
    (full / "ballast").write_bytes(bytes(90_000_000))
    told = start(command="demo", env={"TMPDIR": str(full)}, wait=False)
    assert told.process.wait() == 1
    assert told.process.lines == [f"chatadmin: {full} is too full for the demo: set TMPDIR to a folder with room"]


@pytest.mark.usefixtures("as_root")
def test_a_data_directory_from_which_nothing_may_be_run(start: Start, mounted: Mount) -> None:
    instance = start(data_dir=mounted("noexec") / "data")
    assert os.readlink(f"/proc/{instance.store}/exe").startswith("/memfd:")
    assert log_in(instance.url, "Xiaoming")
    assert instance.stop() == 0


@pytest.mark.usefixtures("as_root")
def test_a_read_only_data_directory(start: Start, mounted: Mount) -> None:
    one_line(start(data_dir=mounted("ro") / "data", wait=False), "cannot write to", "Read-only", "--data-dir")


def test_a_data_path_too_long_for_a_socket(start: Start, tmp_path: Path) -> None:
    instance = start(data_dir=tmp_path / ("long" * 20) / ("long" * 20))
    assert log_in(instance.url, "Xiaoming")


@pytest.fixture
def open_place(file: Path) -> Iterator[Path]:
    """A folder that every user can write to, with the file in it; pytest's own folders are closed to others."""
    place = Path(tempfile.mkdtemp(prefix="ca-place-"))
    shutil.copy2(file, place / "chatadmin")
    (place / "chatadmin").chmod(0o755)
    place.chmod(0o777)
    yield place
    shutil.rmtree(place)


@pytest.mark.usefixtures("as_root")
def test_as_a_user_without_a_home(start: Start, open_place: Path) -> None:
    who: dict[str, Any] = {"user": 65534, "group": 65534, "env": {"HOME": "/", "TMPDIR": str(open_place)}}
    options = {"file": open_place / "chatadmin", "cwd": open_place, "data_dir": open_place}
    instance = start("--data-dir", "data", **options, **who)
    assert log_in(instance.url, "Xiaoming")
    assert (open_place / "data").stat().st_uid == 65534
    assert instance.stop() == 0


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("home", ["/", ""])
def test_in_a_container_as_any_user_of_group_0(start: Start, open_place: Path, home: str) -> None:
    """As OpenShift runs it: a user that nobody knows, on a volume of another that group 0 may write to."""
    volume = open_place / "volume"
    volume.mkdir()
    volume.chmod(0o2775)
    who: dict[str, Any] = {"user": 1000650000, "group": 0, "extra_groups": [], "umask": 0}
    options = {"file": open_place / "chatadmin", "cwd": open_place, "data_dir": volume}
    instance = start(env={"HOME": home, "TMPDIR": str(open_place)}, **options, **who)
    assert log_in(instance.url, "Xiaoming")
    assert instance.stop() == 0
    assert volume.stat().st_mode & 0o7777 == 0o2775
    files = {path: path.stat().st_mode & 0o777 for path in volume.rglob("*") if path.is_file()}
    assert {mode for path, mode in files.items() if path.parent.name != "bin"} == {0o600}


@pytest.mark.usefixtures("as_root")
def test_root_serves_nothing_from_a_volume_of_somebody_else(start: Start, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, 1000, 1000)
    for place in (volume, volume / "deeper"):
        instance = start("--data-dir", str(place), data_dir=tmp_path / "none", server=None, wait=False)
        assert instance.process.wait() == 1
        (line,) = [line for line in instance.process.lines if "belongs to" in line]
        assert "--user 1000:1000" in line
    assert list(volume.iterdir()) == []


def volume_of(user: int, open_place: Path) -> tuple[Path, dict[str, Any]]:
    """A folder for data that belongs to that user; and how the file is started beside it."""
    volume = open_place / "volume"
    volume.mkdir()
    os.chown(volume, user, user)
    return volume, {"file": open_place / "chatadmin", "cwd": open_place, "env": {"TMPDIR": str(open_place)}}


@pytest.mark.usefixtures("as_root")
def test_root_sees_to_agents_as_the_owner_of_the_data(start: Start, open_place: Path) -> None:
    """As an administrator does beside the service: sudo chatadmin agent add ..."""
    volume, options = volume_of(1000, open_place)
    words = ("list", "--data-dir", str(volume))
    instance = start(*words, command="agent", data_dir=open_place / "none", server=None, wait=False, **options)
    assert instance.process.wait() == 0, instance.output
    made = list(volume.rglob("*"))
    assert made
    assert {path.lstat().st_uid for path in made} == {1000}


@pytest.mark.usefixtures("as_root")
def test_root_encrypts_a_backup_as_the_owner_of_the_data(start: Start, open_place: Path) -> None:
    """For which a library is unpacked once root's rights are given up."""
    volume, options = volume_of(65534, open_place)
    key = str(pyrage.x25519.Identity.generate().to_public())
    line = [str(options["file"]), "agent", "add", "anna", "--password-stdin", "--data-dir", str(volume)]
    subprocess.run(line, input="correct horse battery\n", text=True, check=True, cwd=open_place, timeout=PATIENCE)
    words = ("--data-dir", str(volume), "--encrypt-to", key, str(open_place / "made"))
    instance = start(*words, command="backup", data_dir=open_place / "none", server=None, wait=False, **options)
    assert instance.process.wait() == 0, instance.output
    assert (open_place / "made").read_bytes().startswith(b"age-encryption.org/")
    assert {path.lstat().st_uid for path in volume.rglob("*")} == {65534}
    assert {path.name for path in open_place.iterdir()} <= {"chatadmin", "volume", "made", "erased.jsonl"}


@pytest.mark.usefixtures("as_root")
def test_where_somebody_else_took_the_name_of_its_folder(start: Start) -> None:
    """As after a cleaner of /tmp: nothing is loaded from there, and it serves on."""
    instance = start("--workers", "2")
    (folder,) = instance.tmp.glob("_MEI*")
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    shutil.rmtree(folder)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("somebody else's")
    os.chown(folder, 65534, 65534)
    before = instance.workers
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(instance.workers) - set(before)) == 1, "a new worker")
    wait_until(lambda: figure(instance.url, "chatadmin_workers_ready") == 2, "readiness")
    token = log_in(instance.url, "Xiaoming")
    for path in ("/", "/admin", "/setup", "/v1/me", "/v1/msgs", "/v1/transcript?tz=Asia/Tokyo", "/metrics", "/nowhere"):
        assert status(instance.url, path, token) in (200, 404)
    assert instance.stop() == 0
    assert "Traceback" not in instance.output


def test_with_standard_input_closed(start: Start) -> None:
    instance = start(stdin=None, preexec_fn=lambda: os.close(0))
    assert status(instance.url, "/readyz") == 200


@pytest.mark.usefixtures("as_root")
def test_as_process_one(start: Start, file: Path, tmp_path: Path) -> None:
    if subprocess.run(
        ["unshare", "--pid", "--fork", "true"], capture_output=True, check=False, timeout=PATIENCE
    ).returncode:
        pytest.skip("process namespaces cannot be made here")
    wrapper = tmp_path / "one"
    wrapper.write_text(f'#!/bin/sh\nexec unshare --pid --fork --kill-child "{file}" "$@"\n')
    wrapper.chmod(0o755)
    instance = start(file=wrapper)
    assert log_in(instance.url, "Xiaoming")
    (one,) = children(instance.process.pid)
    os.kill(one, signal.SIGTERM)
    assert instance.process.wait() == 0
    wait_until(lambda: not instance.pids(), "the end of all processes")


@pytest.mark.usefixtures("as_root")
def test_on_a_machine_without_time_zones(start: Start, file: Path, tmp_path: Path) -> None:
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False, timeout=PATIENCE).returncode:
        pytest.skip("mount namespaces cannot be made here")
    hide = "".join(f"mount -t tmpfs none {place} && " for place in TZPATH if Path(place).is_dir())
    wrapper = tmp_path / "bare"
    wrapper.write_text(f"""#!/bin/sh\nexec unshare --mount sh -c '{hide}exec "{file}" "$@"' bare "$@"\n""")
    wrapper.chmod(0o755)
    instance = start(file=wrapper, env={"PYTHONTZPATH": ""})
    token = log_in(instance.url, "Xiaoming")
    for zone, said in {"UTC": b"UTC", "asia/tokyo": b"Asia/Tokyo", "US/Pacific": b"US/Pacific"}.items():
        assert said in ask(instance.url, f"/v1/transcript?tz={zone}", Authorization=token).body
    for path in (f"/v1/transcript?tz={zone}" for zone in ("Mars/Olympus", "../../etc/passwd")):
        assert ask(instance.url, path, Authorization=token).refusal == (400, "bad_zone")


@pytest.mark.parametrize("how", ["--http1.0", "--http1.1", "--http2"])
def test_over_every_http(start: Start, how: str) -> None:
    instance = start()
    token = log_in(instance.url, "Xiaoming")
    for path, expected in {"/": 200, "/readyz": 200, "/v1/me": 200, "/v1/users": 403, "/nowhere": 404}.items():
        command = ["curl", how, "-s", "-m", "60", "-o", "/dev/null", "-w", "%{http_code}"]
        command += ["-H", f"Authorization: {token}", instance.url + path]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert (path, said.stdout) == (path, str(expected))


@pytest.mark.usefixtures("as_root")
def test_a_disk_that_fills_up(start: Start, mounted: Mount) -> None:
    disk = mounted("exec")
    instance = start(data_dir=disk / "data")
    token = log_in(instance.url, "Xiaoming")
    visitor = open_chat(instance.url, token)
    visitor.hear(type="joined")
    (disk / "ballast").write_bytes(bytes(105_000_000))
    instance.process.wait_for("nearly full")
    visitor.tell(type="send", id="tab1.1", content="kept")
    assert visitor.hear(type="error")["code"] == "store_full"
    assert status(instance.url, "/v1/msgs", token) == 200
    (disk / "ballast").unlink()
    instance.process.wait_for("room on the disk again")
    visitor.tell(type="send", id="tab1.1", content="kept")
    visitor.hear(type="ack")
