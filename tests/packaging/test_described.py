"""The manual page and what shells complete: both are made of the command line, and so have all that it takes."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import command_line
from tests.running import PATIENCE, ROOT

# What bash is asked: the words so far are the arguments, of which the last is the one to be completed.
ASK = 'source "$0"; COMP_WORDS=(chatadmin "$@"); COMP_CWORD=$#; _shtab_chatadmin; printf "%s\\n" "${COMPREPLY[@]}"'


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what packaging/man/describe.py writes."""
    folder = tmp_path_factory.mktemp("described")
    program = [sys.executable, str(ROOT / "packaging/man/describe.py"), str(folder)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "COLUMNS": "80"}
    subprocess.run(program, env=env, check=True, timeout=PATIENCE)
    return folder


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from commands(command)


def completed(described: Path, *words: str) -> list[str]:
    """What bash offers for the last of `words`."""
    asked = ["bash", "--norc", "-c", ASK, str(described / "chatadmin.bash"), *words]
    done = subprocess.run(asked, cwd=described, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_the_page_has_every_command_with_all_it_takes(described: Path) -> None:
    page = (described / "chatadmin.1").read_text("utf-8").replace("\\-", "-")
    for command in commands(command_line()):
        assert command.prog in page
        for action in command._actions:
            if action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction):
                assert all(f"\\fB{option}" in page for option in action.option_strings), (command.prog, action)


def test_the_page_has_general_flags_once(described: Path) -> None:
    page = (described / "chatadmin.1").read_text("utf-8")
    assert page.count(r"\fB\-\-data\-dir\fR") == 1


def test_what_is_for_the_program_itself_is_told_to_nobody(described: Path) -> None:
    assert not [file.name for file in described.iterdir() if "asked" in file.read_text("utf-8")]


def options(command: argparse.ArgumentParser) -> list[str]:
    """All that a person may give it by name."""
    shown = [action for action in command._actions if action.help != argparse.SUPPRESS]
    return [option for action in shown for option in action.option_strings]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_knows_every_command_and_flag(described: Path, shell: str) -> None:
    text = (described / f"chatadmin.{shell}").read_text("utf-8")
    for command in commands(command_line()):
        assert command.prog.split()[-1] in text
        assert [option for option in options(command) if option.lstrip("-") not in text] == []


def test_bash_completes_commands_flags_choices_and_files(described: Path) -> None:
    assert completed(described, "up") == ["upgrade"]
    assert completed(described, "agent", "p") == ["passwd"]
    assert completed(described, "upgrade", "--all") == ["--allow-downgrade"]
    assert completed(described, "import", "--from", "c") == ["chatwoot"]
    assert completed(described, "verify", "chatadmin.z") == ["chatadmin.zsh"]
