"""How commands speak of the people that a person at a terminal may mean."""

from datetime import UTC, datetime

from app.commands.error import CommandError
from app.privacy.find import Person, SeveralFound


def described(person: Person) -> str:
    """Somebody in a few words."""
    visitor = person.visitor
    return f"{visitor.name} ({visitor.uid})" if visitor.name else visitor.uid


def one(person: Person) -> str:
    """Somebody in a line: by what they are told from others."""
    visitor, words = person.visitor, [described(person)]
    if visitor.nickname not in ("", visitor.name):
        words.append(f"nickname {visitor.nickname}")
    if visitor.email:
        words.append(f"{'verified' if 'email' in visitor.identity else 'entered'} address {visitor.email}")
    if visitor.first_seen:
        words.append(f"first seen {_day(visitor.first_seen)}, last {_day(visitor.seen)}")
    if person.linked:
        words.append(counted(len(person.linked), "linked conversation"))
    return ", ".join(words)


def counted(number: int, one: str, many: str = "") -> str:
    """So many of something."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def several(error: SeveralFound) -> CommandError:
    """Lists them; what is raised then."""
    for person in error.people:
        print(one(person))
    return CommandError(str(error))


def _day(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d")
