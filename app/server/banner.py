"""What a person sees who starts the program: where to go, where things are, what to do next."""

import os
import sys

from app import __version__


def banner(origins: list[str], place: str, setup: str, ready: bool) -> str:
    """The text for stdout. `origins`: loopback first; `place`: where data lives; `setup`: a secret, or empty."""
    near, *network = origins
    lines = [f"chatadmin {__version__}", ""]
    lines += [f"  Visitors  {near}/", f"  Agents    {near}/admin"]
    lines += [f"  Network   {origin}/" for origin in network]
    lines += [f"  Data      {place}", ""]
    if setup:
        lines += [
            "  Nobody can log in to answer yet. Create the administrator within 30 minutes at",
            f"  {near}/setup#{setup}",
            "",
        ]
    if not ready:
        lines += ["  The store does not answer yet. Nobody can chat until it does; we go on trying.", ""]
    return "\n".join([*lines, "Press Ctrl+C to stop."])


def abandon_stdout() -> None:
    """Nobody reads on, or there is no room: what is left to be written goes nowhere, and nothing complains of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stdout.flush()
