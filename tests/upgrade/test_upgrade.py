"""The upgrade of a service that runs, with a customer who goes on talking."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import run
from tests.running import PATIENCE
from tests.upgrade.builds import NEVER_READY, build
from tests.upgrade.conftest import sha256
from tests.upgrade.service import Customer, Manager, whole


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Manager]:
    """Version 0.1.0, which serves."""
    (tmp_path / "bin").mkdir()
    build(tmp_path / "bin", "0.1.0", name="chatadmin")
    with Manager(tmp_path / "bin/chatadmin", tmp_path) as made:
        made.start()
        made.serves("0.1.0")
        yield made


@pytest.fixture
def hasty(service: Manager) -> None:
    """Its file waits five seconds for another to be ready."""
    build(service.file.parent, "0.1.0", name="chatadmin", patience=5.0)


def beside(service: Manager) -> list[str]:
    return sorted(path.name for path in service.file.parent.iterdir())


def test_another_version_serves_and_the_former_is_kept(service: Manager, customer: Customer, tmp_path: Path) -> None:
    new, before = build(tmp_path, "0.2.0"), service.file.read_bytes()
    service.file.chmod(0o750)
    os.setxattr(service.file, "user.right", b"such as setcap gives, for port 443")
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0.2.0 is ready, and serves\n")
    assert service.version() == "0.2.0"
    assert beside(service) == ["chatadmin", "chatadmin.old"]
    assert service.file.stat().st_mode & 0o7777 == 0o750
    assert os.getxattr(service.file, "user.right") == b"such as setcap gives, for port 443"
    assert (service.file.read_bytes(), (tmp_path / "bin/chatadmin.old").read_bytes()) == (new.read_bytes(), before)
    customer.goes_on()
    again = service.upgrade(new, "--sha256", sha256(new))
    assert again.stdout.endswith(f"{new} is what is in use: there is nothing to do\n")
    assert (again.returncode, service.restarts) == (0, 1)


def test_there_is_a_backup_by_then(service: Manager, customer: Customer, tmp_path: Path) -> None:
    customer.goes_on()
    build(tmp_path / "bin", "0.1.0", name="chatadmin", backup=True)
    new = build(tmp_path, "0.2.0")
    service.command = f"cp {tmp_path}/data-before-0.2.0.tar.gz {tmp_path}/seen.tar.gz; {service.command}"
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"backed up to {tmp_path}/data-before-0.2.0.tar.gz\n" in done.stdout
    assert run("verify", str(tmp_path / "seen.tar.gz"), home=tmp_path).status == 0


def test_without_a_backup_nothing_is_changed(service: Manager, tmp_path: Path) -> None:
    build(tmp_path / "bin", "0.1.0", name="chatadmin", backup=True)
    before, new = service.file.read_bytes(), build(tmp_path, "0.2.0")
    done = service.upgrade(new, "--sha256", sha256(new), env={"CHATADMIN_BACKUP__TO": "/proc"})  # root cannot, either
    assert done.returncode == 1
    assert done.stderr.startswith("chatadmin: the backup failed: ")
    assert done.stderr.endswith(". Nothing was changed\n")
    assert (service.file.read_bytes(), service.restarts, beside(service)) == (before, 0, ["chatadmin"])


@pytest.mark.usefixtures("hasty")
def test_one_that_never_gets_ready_is_swapped_back(service: Manager, customer: Customer, tmp_path: Path) -> None:
    new, before = build(tmp_path, "0.2.0", more=NEVER_READY), service.file.read_bytes()
    done = service.upgrade(new, "--sha256", sha256(new))
    assert done.returncode == 1
    assert done.stderr == (
        "chatadmin: 0.2.0 does not serve (it was not ready within 5 s), so 0.1.0 is back in its place, and serves. "
        "Nothing is lost\n"
    )
    assert (service.version(), service.restarts) == ("0.1.0", 2)
    assert beside(service) == ["chatadmin"]
    assert service.file.read_bytes() == before
    customer.goes_on()


@pytest.mark.usefixtures("hasty")
def test_another_build_of_the_same_version_has_to_prove_itself_too(service: Manager, tmp_path: Path) -> None:
    """What answers before the restart has done anything is the former."""
    new, before = build(tmp_path, "0.1.0", more=NEVER_READY), service.file.read_bytes()
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (
        "0.1.0 does not serve (it was not ready within 5 s), so 0.1.0 is back in its place, and serves" in done.stderr
    )
    assert (done.returncode, service.version(), service.file.read_bytes()) == (1, "0.1.0", before)


def test_a_command_that_fails_puts_the_former_back_too(service: Manager, tmp_path: Path) -> None:
    new, before = build(tmp_path, "0.2.0"), service.file.read_bytes()
    service.command = "exit 7"
    done = service.upgrade(new, "--sha256", sha256(new))
    assert done.returncode == 1
    assert "0.2.0 does not serve (the command failed (exit 7)), so 0.1.0 is back in its place; but" in done.stderr
    assert (service.version(), service.file.read_bytes()) == ("0.1.0", before)
    assert beside(service) == ["chatadmin"]


def test_a_hang_up_while_it_restarts_ends_nothing(service: Manager, tmp_path: Path) -> None:
    """The terminal from which it was begun is closed: it comes to its end all the same."""
    new = build(tmp_path, "0.2.0")
    service.command = f"kill -HUP $PPID; kill -INT $PPID; kill -TERM $PPID; {service.command}"
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, service.version()) == (0, "0.2.0")


def test_a_signal_before_that_leaves_nothing(service: Manager, tmp_path: Path) -> None:
    new = build(tmp_path, "0.2.0", more="import os; 'check' in sys.argv and os.kill(os.getppid(), 15)")
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, done.stderr) == (1, "chatadmin: interrupted\n")
    assert beside(service) == ["chatadmin"]


def test_two_at_once(service: Manager, tmp_path: Path) -> None:
    """The second is begun by the restart of the first."""
    new = build(tmp_path, "0.2.0")
    once = f"mkdir {tmp_path}/once 2> /dev/null"  # were it let in, it would restart by this, too
    again = f"{once} && {service.file} upgrade {new} --sha256 {sha256(new)} 2> {tmp_path}/said"
    service.command = f"{again}; {service.command}"
    assert service.upgrade(new, "--sha256", sha256(new)).returncode == 0
    assert (tmp_path / "said").read_text() == ("chatadmin: another upgrade of this file is at work: wait for its end\n")


def test_without_a_command_the_file_is_swapped_and_the_operator_told(service: Manager, tmp_path: Path) -> None:
    new = build(tmp_path, "0.2.0")
    words = [str(service.file), *service.flags, "upgrade", str(new), "--sha256", sha256(new)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout.endswith("restart the server: until then it is the former version that serves\n")
    assert (service.version(), beside(service)) == ("0.1.0", ["chatadmin", "chatadmin.old"])
    service.power_cut()
    service.serves("0.2.0")


# Right before what it is killed: the journal is written, the new file is renamed, the restart is commanded.
STEPS = {
    "before it is put in place": "os.link:1",
    "as it is put in place": "os.rename:1:_swap",
    "as it is restarted": "subprocess.Popen:1:_settle",
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_the_next_run_goes_on(service: Manager, customer: Customer, tmp_path: Path, step: str) -> None:
    """At each step there is: test_killed_at_each_step."""
    new, before = build(tmp_path, "0.2.0"), service.file.read_bytes()
    killed = service.upgrade(new, "--sha256", sha256(new), env={"KILLED_AT": STEPS[step]})
    assert killed.returncode == -signal.SIGKILL
    whole(service.file, before, new.read_bytes())
    customer.goes_on()
    done = service.upgrade(new, "--sha256", sha256(new))
    assert (done.returncode, done.stderr) == (0, "")
    assert (service.version(), service.file.read_bytes()) == ("0.2.0", new.read_bytes())
    assert beside(service) == ["chatadmin", "chatadmin.old"]


@pytest.mark.long
def test_killed_at_each_step(service: Manager, customer: Customer, tmp_path: Path) -> None:
    """Before each thing that leaves a trace, once; every other time the power goes, too."""
    number = kills = 0
    while True:
        number, present = number + 1, service.file.read_bytes()
        new = build(tmp_path, f"0.{number + 1}.0")
        words = (new, "--sha256", sha256(new))
        killed = service.upgrade(*words, env={"KILLED_AT": f"*:{number}"})
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        kills += 1
        print(killed.stderr.strip(), flush=True)
        whole(service.file, present, new.read_bytes())
        if number % 2:
            service.power_cut()
        customer.goes_on()
        done = service.upgrade(*words)
        assert (done.returncode, done.stderr) == (0, ""), (number, killed.stderr)
        assert (service.version(), service.file.read_bytes()) == (f"0.{number + 1}.0", new.read_bytes())
        assert beside(service) == ["chatadmin", "chatadmin.old"]
    assert kills >= 20, kills
    print(f"killed {kills} times; {customer.acknowledged} messages acknowledged, each there once", flush=True)


@pytest.mark.long
@pytest.mark.usefixtures("hasty")
def test_killed_at_each_step_of_putting_the_former_back(service: Manager, customer: Customer, tmp_path: Path) -> None:
    number, before = 0, service.file.read_bytes()
    new = build(tmp_path, "0.2.0", more=NEVER_READY, patience=10.0)
    words = (new, "--sha256", sha256(new))
    while True:
        number += 1
        killed = service.upgrade(*words, env={"KILLED_AT": f"*:{number}:_undo"})
        if killed.returncode != -signal.SIGKILL:
            break
        print(killed.stderr.strip(), flush=True)
        whole(service.file, before, new.read_bytes())
        if number % 2:
            service.power_cut()
        done = service.upgrade(*words)
        assert done.returncode == 1
        assert "so 0.1.0 is back in its place, and serves. Nothing is lost" in done.stderr
        assert (service.version(), service.file.read_bytes()) == ("0.1.0", before)
        assert beside(service) == ["chatadmin"]
        customer.goes_on()
    assert number > 3
