"""The country of a time zone: what a browser says of it tells as much of where somebody is as an agent needs.

The tables are those of the package tzdata, as they are delivered with the program (see app/zones.py).
"""

from functools import cache
from importlib.resources import files


def of(zone: str) -> str:
    """Two letters (ISO 3166) for a zone by its name in the tables; "" for one that is no country's, as UTC."""
    return _table().get(zone, "")


@cache
def _table() -> dict[str, str]:
    """Every zone of a country, by the names of before too: Chromium says Asia/Calcutta, and Europe/Kiev."""
    folder = files("tzdata").joinpath("zoneinfo")
    rows = [line.split("\t") for line in folder.joinpath("zone.tab").read_text("utf-8").splitlines() if line[0] != "#"]
    found = {name: country for country, _, name, *_ in rows}
    links = [line.split() for line in folder.joinpath("tzdata.zi").read_text("utf-8").splitlines() if line[:2] == "L "]
    # Those that have a country, by a name that is another's: a link may lead to a link, and `Europe/Oslo`, which is
    # one to Berlin, has a row of its own.
    former = {name: target for _, target, name in links}
    for name in former:
        seen = name
        while seen in former and seen not in found:
            seen = former[seen]
        found.setdefault(name, found.get(seen, ""))
    return found
