"""The HTTP half of the public contract, for a terminal: log in, ask who one is, read history."""

import getpass
import http.client
import json
import os
import re
import sys
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

TIMEOUT = 10  # s
# Joiners of emoji and of Indic and Persian words: invisible, harmless, and ugly to lose.
_JOINERS = "\u200c\u200d"
_HARMFUL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class TerminalError(Exception):
    """One line for the person in front of the terminal. Exit status 1."""


@dataclass(frozen=True)
class Server:
    """A server and who we are to it. `url` without a slash at its end; an empty `token` is nobody."""

    url: str
    token: str = ""

    def call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a GET, or to a POST of `body`. Raises TerminalError with the server's own sentence."""
        return self.exchange(path, body)[0]

    def exchange(self, path: str, body: dict[str, Any] | None = None) -> tuple[dict[str, Any], http.client.HTTPMessage]:
        """As `call`, with the answer's headers."""
        try:
            with urllib.request.urlopen(self.request(path, body), timeout=TIMEOUT) as answer:
                return dict(json.load(answer)), answer.headers
        except urllib.error.HTTPError as error:
            raise TerminalError(sentence(error.code, error.read())) from None
        except (OSError, ValueError, TypeError, http.client.HTTPException) as error:
            reason = printable(str(getattr(error, "reason", error)))
            raise TerminalError(f"no chatadmin answers at {printable(self.url)} ({reason}); see --url") from None

    def request(
        self, path: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib.request.Request:
        """A request of ours. Raises ValueError where the address is none."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, dict(headers or {}))
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        return request


def sentence(status: int, body: bytes) -> str:
    """What the server says about a refusal."""
    try:
        return printable(str(json.loads(body)["msg"]))
    except (ValueError, KeyError, TypeError):
        return f"the server answered {status}, which is not what chatadmin says; see --url"


@contextmanager
def logged_in(url: str, name: str | None) -> Iterator[Server]:
    """The server as somebody: by CHATADMIN_TOKEN or a token asked for, or by logging in as `name` and out again.

    Raises TerminalError.
    """
    server = _log_in(url, name)
    try:
        yield server
    finally:
        if name is not None:  # a session of our own: a visitor's name is free again
            with suppress(TerminalError):
                server.call("/logout", {})


def _log_in(url: str, name: str | None) -> Server:
    url = url.rstrip("/")
    if not re.match(r"https?://[^/]", url):
        raise TerminalError(f"{printable(url)} is no address; expected one such as http://127.0.0.1:9090")
    if name is None:
        token = os.environ.get("CHATADMIN_TOKEN") or _ask("Token: ")
        if not token.isascii() or not token.isprintable() or not token:
            raise TerminalError("a token is needed: set CHATADMIN_TOKEN, or log in with --as NAME")
        return Server(url, token)
    password = _ask(f"Password for {printable(name)} (just Enter for a visitor): ")
    return Server(url, _token(Server(url), name, password))


def _token(server: Server, name: str, password: str) -> str:
    """A new session's. Raises TerminalError."""
    body = {"nickname": name, "password": password} if password else {"name": name}
    try:
        return server.exchange("/login", body)[1].get("Token", "")
    except TerminalError as refused:
        with suppress(TerminalError):
            if not password:  # in a demo there are agents who need none
                return server.exchange("/login", {"nickname": name})[1].get("Token", "")
        raise refused from None


def name_of(person: Mapping[str, Any]) -> str:
    """A person's name as it came; a server of before people had names says none, and calls them by the nickname."""
    return str(person.get("name", person["nickname"]))


def called(person: Mapping[str, Any], *, alike: bool = False) -> str:
    """What a person is called; of two who are called `alike` with the number of their nickname, and a customer who is
    called as an agent is says so."""
    name, nickname = printable(name_of(person)), printable(person["nickname"])
    number = re.search(r" \d+$", nickname) if alike and nickname != name else None
    return name + (number[0] if number else "") + (" (customer)" if person.get("namesake") else "")


def _ask(prompt: str) -> str:
    """Ask without showing; empty where there is nobody to ask."""
    if not sys.stdin or not sys.stdin.isatty():
        return ""
    try:
        return getpass.getpass(prompt)
    except EOFError:
        return ""


def printable(text: str) -> str:
    """`text` without anything a terminal would obey: escapes, bells, text that runs backwards."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return " "
    harmful = unicodedata.category(character) in _HARMFUL and character not in _JOINERS
    return "\N{REPLACEMENT CHARACTER}" if harmful else character


def json_line(value: object) -> str:
    """`value` as one line of JSON that can be shown: what a terminal would obey is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "".join(c if _shown(c) == c else json.dumps(c)[1:-1] for c in text)
