"""The HTTP half of the public contract, for a terminal: log in, ask who one is."""

import getpass
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TIMEOUT = 10  # s


class TerminalError(Exception):
    """One line for the person in front of the terminal. Exit status 1."""


def call(url: str, path: str, token: str = "", body: dict[str, Any] | None = None) -> tuple[Any, dict[str, str]]:
    """The `value` of an answer, and its headers. Raises TerminalError with the server's own sentence."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url.rstrip("/") + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer).get("value"), {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        raise TerminalError(_sentence(error)) from None
    except (OSError, ValueError) as error:
        raise TerminalError(f"no chatadmin answers at {url}: {getattr(error, 'reason', error)}") from None


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return printable(str(json.load(error)["msg"]))
    except (ValueError, KeyError, TypeError):
        return f"the server answered {error.code}"


def token(url: str, name: str | None) -> str:
    """A session's token: CHATADMIN_TOKEN, or by logging in as `name`, or asked for. Raises TerminalError."""
    if name is None:
        found = os.environ.get("CHATADMIN_TOKEN") or _ask("Token: ")
        if not found:
            raise TerminalError("a token is needed: set CHATADMIN_TOKEN, or log in with --as NAME")
        return found
    body = {"nickname": name}
    if password := _ask(f"Password for {name} (empty for a visitor): "):
        body["password"] = password
    _, headers = call(url, "/login", body=body)
    return headers["token"]


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(prompt)


def printable(text: str) -> str:
    """`text` without anything a terminal would obey: escapes, bells, text that runs backwards."""
    return "".join(c if c.isprintable() else " " if c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
