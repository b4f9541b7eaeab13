"""Write chatadmin(1), and what bash, zsh and fish complete, as the command line itself says.

    python packaging/man/describe.py FOLDER

makes chatadmin.1 and chatadmin.bash, .zsh, .fish there. SOURCE_DATE_EPOCH is the page's date.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from app import __version__  # noqa: E402
from app.cli import command_line  # noqa: E402

# What a word stands for, by how the command line names it: a shell offers files for it, or folders.
COMPLETED = {"FILE": shtab.FILE, "FILE|URL": shtab.FILE, "PLACE": shtab.FILE, "DIR": shtab.DIRECTORY}


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser, and those of its commands and their actions."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers(command)


def completion(shell: str) -> str:
    """What `shell` (bash, zsh, fish) has to know."""
    whole = command_line()
    for parser in parsers(whole):
        for action in parser._actions:
            if action.metavar in COMPLETED:
                action.complete = COMPLETED[action.metavar]  # type: ignore[attr-defined]
    return shtab.complete(whole, shell)


def manual() -> str:
    """The manual page. Flags that every command takes stand in it once: with the program, before the commands."""
    whole = command_line()
    whole.epilog = None  # in `sections`, in more words
    whole._positionals.title = "commands"
    general = {option for action in whole._actions for option in action.option_strings}
    for command in list(parsers(whole))[1:]:
        for holder in (command, *command._action_groups):
            for name in {"_actions", "_group_actions"} & vars(holder).keys():
                actions = [action for action in getattr(holder, name) if not general & {*action.option_strings}]
                setattr(holder, name, actions)
    said = {
        "project_name": "chatadmin",
        "version": __version__,
        "description": "live chat between a shop and its customers",
        "manual_title": "chatadmin",
        "include": str(HERE / "sections"),
    }
    return str(Manpage(whole, _data=said, format="single-commands-section"))


def main(folder: Path) -> None:
    """Write all four into `folder`."""
    (folder / "chatadmin.1").write_text(manual(), "utf-8")
    for shell in ("bash", "zsh", "fish"):
        (folder / f"chatadmin.{shell}").write_text(completion(shell), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
