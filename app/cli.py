"""The command line: what there is, and one line on stderr for what went wrong.

Each command's module is loaded when it runs: `--help` pays for nothing it does not use.
Exit status: 0 done, 1 failed while running, 2 the command line or the configuration is wrong.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from app import __version__
from app.archive import unloadable
from app.commands.error import CommandError
from app.config import ConfigError, Loaded, exposed, load
from app.server.banner import abandon_stdout

# The settings that have a flag of their own.
_FLAGS = ("server", "redis", "data_dir", "workers", "log_level")


def main(arguments: Sequence[str]) -> int:
    """Run the command in `arguments` (without the program's name); returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where it is closed
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows question marks
    try:
        status = _run(arguments)
        if sys.stdout:
            sys.stdout.flush()
        return status
    except BrokenPipeError:  # `chatadmin config | head`: nobody reads on, which is no error
        abandon_stdout()
        return 0
    except OSError as error:  # a full disk behind stdout, above all
        abandon_stdout()
        return _fail(f"{error.strerror or error}: {error.filename or 'standard output'}", 1)


def _run(arguments: Sequence[str]) -> int:
    try:
        options = command_line().parse_args(arguments)
        return _command(options)(options)
    except SystemExit as leaving:  # --help and --version, and a signal before `serve` listens to it
        return leaving.code if isinstance(leaving.code, int) else 0
    except ConfigError as error:
        return _fail(str(error), 2)
    except CommandError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 1)
    except OSError:
        raise  # `main` tells a full disk from a reader that went away
    except ImportError as error:
        return _fail(unloadable(error), 1)
    except Exception as error:  # the last line of defence, so that a bug is one line too
        if os.environ.get("CHATADMIN_LOG_LEVEL") == "debug":
            raise
        where = "set CHATADMIN_LOG_LEVEL=debug to see where"
        return _fail(f"this should not happen ({type(error).__name__}: {error}); {where}", 1)


def _fail(sentence: str, status: int) -> int:
    print("chatadmin: " + " ".join(sentence.split("\n")), file=sys.stderr)
    return status


def settings(options: argparse.Namespace, *, demo: bool = False) -> Loaded:
    """The settings in force for a command line. Raises ConfigError."""
    given = {name: value for name in _FLAGS if (value := getattr(options, name, None)) is not None}
    file = getattr(options, "config", None)
    return load(given, os.environ, Path(file) if file else None, demo=demo)


def _command(options: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "serve": _serve,
        "demo": _demo,
        "agent": _agent,
        "chat": _chat,
        "watch": _watch,
        "check": _check,
        "healthcheck": _healthcheck,
        "backup": _backup,
        "verify": _verify,
        "restore": _restore,
        "mail": _mail,
        "export": _export,
        "erase": _erase,
        "licenses": _licenses,
        "config": _config,
        "upgrade": _upgrade,
        "import": _import,
    }
    return commands[options.command or "serve"]


def _serve(options: argparse.Namespace) -> int:
    from app.server.run import serve

    loaded = settings(options)
    return serve(loaded.settings, exposed(loaded))


def _demo(options: argparse.Namespace) -> int:
    from app.commands.demo import demo

    given = [name for name in ("redis", "data_dir", "workers") if getattr(options, name, None) is not None]
    if given:
        raise ConfigError(f"--{given[0].replace('_', '-')}: the demo brings its own store; leave this out")
    return demo(settings(options, demo=True))


def _agent(options: argparse.Namespace) -> int:
    from app.commands.agent import agent

    loaded = settings(options)
    status = agent(options, loaded.settings)
    for line in exposed(loaded):  # now: an error is one line, and nothing beside it
        print(f"chatadmin: {line}", file=sys.stderr)
    return status


def _chat(options: argparse.Namespace) -> int:
    from app.terminal.chat import chat

    return chat(options.url, options.client, options.name, as_json=options.json)


def _watch(options: argparse.Namespace) -> int:
    from app.terminal.watch import watch

    return watch(options.url, options.name, as_json=options.json)


def _check(options: argparse.Namespace) -> int:
    from app.commands.check import check

    loaded = settings(options)
    return check(loaded.settings, exposed(loaded))


def _healthcheck(options: argparse.Namespace) -> int:
    from app.commands.healthcheck import healthcheck

    return healthcheck(settings(options).settings)


def _backup(options: argparse.Namespace) -> int:
    if options.asked:
        from app.commands.backup_kept import asked

        return asked()
    from app.commands.backup import backup

    return backup(options, settings(options).settings)


def _verify(options: argparse.Namespace) -> int:
    from app.commands import verify

    if options.deep:
        from app.commands.verify_deep import verify_deep

        return verify_deep(options, settings(options).settings)
    found = settings(options).settings
    if options.identity and not options.file:
        raise ConfigError("--identity opens a backup: name its FILE")
    return verify.of_file(options, found) if options.file else verify.of_store(found)


def _restore(options: argparse.Namespace) -> int:
    from app.commands.restore import restore

    return restore(options, settings(options).settings)


def _mail(options: argparse.Namespace) -> int:
    from app.commands import mail

    return mail.asked() if options.asked else mail.mail(settings(options).settings, options.address)


def _export(options: argparse.Namespace) -> int:
    from app.commands import export

    return export.command(options, settings(options).settings)


def _erase(options: argparse.Namespace) -> int:
    from app.commands import erase

    return erase.command(options, settings(options).settings)


def _licenses(options: argparse.Namespace) -> int:
    from app.commands.licenses import licenses

    return licenses()


def _config(options: argparse.Namespace) -> int:
    from app.commands.show_config import show

    return show(settings(options))


def _upgrade(options: argparse.Namespace) -> int:
    from app.commands.upgrade import upgrade

    return upgrade(options, settings(options).settings)


def _import(options: argparse.Namespace) -> int:
    from app.commands.importing import take_over

    return take_over(Path(options.source), options.kind, settings(options).settings)


class _Parser(argparse.ArgumentParser):
    """One line instead of a usage screen: the operator asked for something that is not there."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; see `{self.prog} --help`")


def _settings_flags() -> _Parser:
    """Given before or after the command; unset unless given, so that one place does not undo the other."""
    flags = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    flags.add_argument(
        "--config", metavar="FILE", help="configuration file (else ./chatadmin.yaml, or /etc/chatadmin/chatadmin.yaml)"
    )
    flags.add_argument("--server", metavar="HOST:PORT", help="where to listen (0.0.0.0:9090)")
    flags.add_argument(
        "--redis", metavar="URL", help="an external Redis or Valkey; with a password rather as CHATADMIN_REDIS"
    )
    flags.add_argument("--data-dir", metavar="DIR", help="where the embedded store keeps its data")
    flags.add_argument("--workers", metavar="N", help="processes that serve (1), or auto")
    flags.add_argument("--log-level", metavar="LEVEL", help="debug, info, warning or error")
    return flags


def command_line() -> argparse.ArgumentParser:
    """What there is to be given, from which also the manual page and the shells' completions are made."""
    flags = _settings_flags()
    parser = _Parser(
        prog="chatadmin",
        description="Live chat between a shop and its customers. Without a command it serves.",
        epilog="Every setting: `chatadmin config`. The same names work as CHATADMIN_... in the environment.",
        parents=[flags],
    )
    parser.add_argument("--version", "-V", action="version", version=f"chatadmin {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    commands.add_parser("serve", help="serve the application", parents=[flags])
    commands.add_parser("demo", help="a tour: throw-away store, scripted visitors, log in as admin", parents=[flags])
    _add_agent(commands.add_parser("agent", help="add, list, disable agents; set passwords", parents=[flags]), flags)
    chat = commands.add_parser("chat", help="talk to a visitor from the terminal")
    _add_client(chat)
    chat.add_argument("client", metavar="CLIENT", nargs="?", help="a visitor's nickname or id (not needed by visitors)")
    _add_client(commands.add_parser("watch", help="follow the dashboard in the terminal"))
    commands.add_parser("check", help="is everything fit to serve?", parents=[flags])
    commands.add_parser("healthcheck", help="is the server of this machine ready? status 1: no", parents=[flags])
    backup = commands.add_parser("backup", help="all of the shop in one file, while it serves", parents=[flags])
    to = backup.add_mutually_exclusive_group()
    to.add_argument(
        "place",
        metavar="PLACE",
        nargs="?",
        help="a file, a directory, s3://..., or - for standard output (backup.to, or here)",
    )
    to.add_argument("--asked", action="store_true", help=argparse.SUPPRESS)  # of the courier, in whose place it runs
    backup.add_argument(
        "--encrypt-to", metavar="KEY", help="a public key of age, which begins with age1 (backup.encrypt_to)"
    )
    verify = commands.add_parser("verify", help="is a backup sound? without one: is the store?", parents=[flags])
    verify.add_argument("file", metavar="FILE", nargs="?", help="a backup, s3://.../NAME, or - for standard input")
    verify.add_argument(
        "--identity", metavar="FILE", help="the secret key of an encrypted one, as age-keygen writes it"
    )
    verify.add_argument(
        "--deep", action="store_true", help="restore it into a store that is thrown away, and compare what is there"
    )
    _add_restore(commands.add_parser("restore", help="make a backup the shop, in an empty store", parents=[flags]))
    mail = commands.add_parser(
        "mail", help="send a mail as the settings say, and tell how each step went", parents=[flags]
    )
    to = mail.add_mutually_exclusive_group(required=True)
    to.add_argument("address", metavar="ADDRESS", nargs="?", help="to whom: you")
    to.add_argument("--asked", action="store_true", help=argparse.SUPPRESS)  # of a worker, in whose place it runs
    _add_privacy(commands, flags)
    commands.add_parser("licenses", help="the licences of everything inside")
    commands.add_parser("config", help="the settings in force, and where each came from", parents=[flags])
    taking = commands.add_parser("import", help="take over conversations that were held elsewhere", parents=[flags])
    taking.add_argument(
        "source", metavar="FILE", help="JSONL, or a folder with pages of Chatwoot's API: docs/import.md"
    )
    taking.add_argument("--from", dest="kind", choices=("jsonl", "chatwoot"), required=True, help="what it is")
    _add_upgrade(commands.add_parser("upgrade", help="put another version in this one's place", parents=[flags]))
    return parser


def _add_upgrade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="FILE|URL", nargs="?", help="the new version; its signature lies beside it")
    parser.add_argument("--restart", metavar="CMD", default="", help="restarts the server: systemctl restart chatadmin")
    parser.add_argument(
        "--sha256", metavar="HEX", default="", help="of the file; needed by a build without release key"
    )
    parser.add_argument("--allow-downgrade", action="store_true", help="take an older version too")
    parser.add_argument("--finish", action="store_true", help="write the newest format from now on: no way back")


def _add_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a backup, s3://.../NAME, or - for standard input")
    parser.add_argument(
        "--replace", action="store_true", help="where there is a shop already: back it up first, then empty the store"
    )
    parser.add_argument("--erased", metavar="FILE", help="who was erased since (erased.jsonl beside the backup)")
    parser.add_argument(
        "--identity", metavar="FILE", help="the secret key of an encrypted one, as age-keygen writes it"
    )


def _add_agent(parser: argparse.ArgumentParser, flags: _Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    add = actions.add_parser("add", help="add an agent", parents=[flags])
    add.add_argument("--role", choices=("admin", "agent"), default="agent")
    add.add_argument("--email", metavar="ADDRESS", default="", help="mail an invitation there: they choose a password")
    passwd = actions.add_parser("passwd", help="set a password; ends the agent's sessions", parents=[flags])
    disable = actions.add_parser("disable", help="lock an agent out at once", parents=[flags])
    actions.add_parser("list", help="list the agents", parents=[flags])
    for action in (add, passwd, disable):
        action.add_argument("name", metavar="NAME")
    for action in (add, passwd):
        action.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def _add_privacy(commands: "argparse._SubParsersAction[_Parser]", flags: _Parser) -> None:
    export = commands.add_parser("export", help="all that there is of a person, as a file", parents=[flags])
    erase = commands.add_parser("erase", help="remove all that there is of a person, for good", parents=[flags])
    for command in (export, erase):
        command.add_argument("person", metavar="PERSON", help="an id, a nickname, a verified address, or sub:...")
    export.add_argument("file", metavar="FILE", nargs="?", help="where to (PERSON.zip, here); - for standard output")
    export.add_argument("--notes", action="store_true", help="also what agents wrote to each other about them")
    erase.add_argument("--yes", action="store_true", help="do not ask whether it is meant")


def _add_client(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default="http://127.0.0.1:9090", help="the server (http://127.0.0.1:9090)")
    parser.add_argument("--as", dest="name", metavar="NAME", help="log in by this name (else CHATADMIN_TOKEN)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
