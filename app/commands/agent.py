"""`chatadmin agent`: the people who answer, managed without a browser, whether or not the server runs."""

import argparse
import getpass
import sys

from app import words
from app.commands import owner
from app.commands.error import CommandError
from app.commands.opened import with_store
from app.config import Settings
from app.live.team import Team
from app.live.team_mail import TeamMail
from app.store.people import Agent
from app.store.store import Store


def agent(options: argparse.Namespace, settings: Settings) -> int:
    """Do what `options.action` says; returns the exit status. Raises CommandError."""
    invites = options.action == "add" and options.email and not options.password_stdin
    password = _password(options) if options.action in ("add", "passwd") and not invites else ""

    async def work(store: Store) -> None:
        if options.action == "list":
            _print(await store.people.agents())
        elif options.action == "add":
            await _add(store, options, password, sends=settings.sends_mail)
        else:
            found = await store.people.agent_named(options.name)
            if found is None:
                raise CommandError(f"there is no agent named {options.name}; see `chatadmin agent list`")
            if options.action == "passwd":
                await store.team.change(found.uid, password=password)
                print(f"{found.nickname} has a new password; open sessions have ended.")
            else:
                await store.team.change(found.uid, disabled=True, even_last=True)
                print(f"{found.nickname} is locked out.")
                if not await store.people.has_admin():
                    print("There is no administrator left. Add one: chatadmin agent add NAME --role admin")

    owner.become(settings)
    with_store(settings, work)
    return 0


async def _add(store: Store, options: argparse.Namespace, password: str, *, sends: bool) -> None:
    mail = TeamMail(store, Team(store), sends=sends)
    if not password:
        added = await mail.invite(options.name, options.email, options.role, words.ENGLISH)
        print(f"{added.nickname} is invited ({added.role}): a mail to {added.mail.asked} has the link to come in by.")
        return
    if options.email:
        mail.address(options.email)
    added = await store.people.add_agent(options.name, password, options.role)
    print(f"{added.nickname} can log in at /admin now ({added.role}).")
    if options.email:
        added = await mail.name(added.uid, options.email, words.ENGLISH)
        print(f"A mail to {added.mail.asked} asks to confirm that address.")


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        password = _first_line()
    elif not sys.stdin or not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for a password; use --password-stdin")
    else:
        try:
            password = getpass.getpass(f"Password for {options.name}: ")
            if getpass.getpass("The same again: ") != password:
                raise CommandError("the two passwords differ; nothing was changed")
        except EOFError:
            password = ""
    if not password:  # which would be an agent nobody can log in as
        raise CommandError("no password was given; nothing was changed")
    return password


def _first_line() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    except UnicodeDecodeError:
        raise CommandError("the password is not UTF-8 text; nothing was changed") from None


def _print(agents: list[Agent]) -> None:
    if not agents:
        print("There are no agents yet. Add one: chatadmin agent add NAME --role admin")
    for agent in sorted(agents, key=lambda agent: agent.nickname.casefold()):
        standing = "  (disabled)" if agent.disabled else "  (invited)" if agent.invited else ""
        print(f"{agent.nickname}\t{agent.role}{standing}")
