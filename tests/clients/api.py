"""Requests to the running product, with nothing but Python's own HTTP client.

`ask` is for tests that look at an answer; `call` for those that need its value, and raises HttpError for a refusal.
"""

import http.client
import json
import socket
import subprocess
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.clients.frames import head, opening
from tests.running import PATIENCE, ROOT, Chatadmin, environment, program_under_test

PASSWORD = "correct horse battery"
PAGE = 200  # entries of a history at once, the most there are

Frame = dict[str, Any]


class HttpError(Exception):
    """A refusal: its status and the answer's JSON."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


@dataclass(frozen=True)
class Answer:
    """What came back: header names in lower case, `cookies` by name, `body` as bytes."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def value(self) -> Any:
        assert self.status == 200, self.body
        return self.json["value"]

    @property
    def code(self) -> str:
        """The code of a refusal, whose shape is always the same: details stand beside the three."""
        said = self.json
        assert {"code", "msg", "inner"} <= set(said)
        assert said["inner"] is None
        assert said["msg"]
        return str(said["code"])

    @property
    def refusal(self) -> tuple[int, str]:
        return self.status, self.code


def ask(url: str, path: str, body: Any = None, *, method: str = "", **headers: str) -> Answer:
    """Send a request. `body`: bytes as they are, else as JSON. Headers: `X_Some_Thing="..."`; method: by the body."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        link.putrequest(
            method or ("GET" if body is None else "POST"), path, skip_host="Host" in headers, skip_accept_encoding=True
        )
        for name, value in headers.items():
            link.putheader(name.replace("_", "-"), value)
        if data is not None:
            link.putheader("Content-Length", str(len(data)))
        link.endheaders(data)
        found = link.getresponse()
        cookies = dict(line.partition(";")[0].split("=", 1) for line in found.headers.get_all("Set-Cookie") or [])
        return Answer(found.status, {k.lower(): v for k, v in found.headers.items()}, cookies, found.read())
    finally:
        link.close()


def call(url: str, path: str, token: str = "", body: Any = None, method: str = "") -> Any:
    """The `value` of an answer; `body` makes it a POST. Raises HttpError for a refusal."""
    answer = ask(url, path, body, method=method, **_headers(token))
    return value(answer.status, answer.body)


def _headers(token: str) -> dict[str, str]:
    """Of a request behind which the connection is over for the server, too: it may count them."""
    return {"Connection": "close"} | ({"Authorization": token} if token else {})


def value(status: int, body: bytes) -> Any:
    """The `value` of an answer's JSON. Raises HttpError for a refusal."""
    answer = json.loads(body or b"null")
    if status not in (200, 201):
        raise HttpError(status, answer)
    return answer.get("value") if isinstance(answer, dict) else answer


def status(url: str, path: str, token: str = "") -> int:
    """The status of a GET, 0 where nobody answers."""
    try:
        return ask(url, path, **_headers(token)).status
    except OSError:
        return 0


def ready(url: str) -> bool:
    """Whether the server says that it is fit to serve; anything but yes and "not now" is an error."""
    try:
        call(url, "/readyz")
    except HttpError as error:
        if error.status != 503:
            raise
        return False
    return True


# -- people -----------------------------------------------------------------------------------------------------------


def login(url: str, nickname: str, password: str | None = None) -> tuple[str, str]:
    """A new session of a visitor, or with a password of an agent: its token and the person's uid."""
    person = {"nickname": nickname} | ({"password": password} if password is not None else {})
    answer = ask(url, "/login", person, **_headers(""))
    return answer.headers.get("token", ""), value(answer.status, answer.body)["uid"]


def log_in(url: str, nickname: str, password: str | None = None) -> str:
    """The same, its token alone."""
    return login(url, nickname, password)[0]


def set_up(url: str, secret: str, name: str = "Anna", password: str = PASSWORD) -> str:
    """Create the first administrator; returns a token of theirs."""
    call(url, "/setup", body={"secret": secret, "name": name, "password": password})
    return log_in(url, name, password)


def agent(shop: Chatadmin, *words: str, password: str = "") -> None:
    """`chatadmin agent ...` beside the running product, as an operator would."""
    line = [*program_under_test(), "agent", *words, "--data-dir", str(shop.data_dir)]
    line += ["--password-stdin"] if password else []
    env = environment(shop.folder, None)
    subprocess.run(line, input=password.encode(), env=env, check=True, cwd=ROOT, timeout=PATIENCE, capture_output=True)


def add_agent(shop: Chatadmin, name: str, password: str = PASSWORD, role: str = "agent") -> None:
    """Add an agent so."""
    agent(shop, "add", name, "--role", role, password=password)


# -- what there is ----------------------------------------------------------------------------------------------------


def history_query(client: str, found: list[Frame]) -> str:
    """Where the entries behind those found are asked for, as full-mode frames."""
    after = found[-1]["seq"] if found else 0
    return "/v1/msgs?" + urlencode({"client": client, "frames": 1, "after": after, "limit": PAGE})


def history(url: str, token: str, client: str = "") -> list[Frame]:
    """Every entry of a conversation, oldest first, as full-mode frames."""
    found: list[Frame] = []
    while True:
        page = call(url, history_query(client, found), token)
        found += page
        if len(page) < PAGE:
            return found


def figure(url: str, name: str) -> int:
    """One figure of /metrics. Raises LookupError where it is not told, as of a store that is away."""
    lines = ask(url, "/metrics").body.decode().splitlines()
    found = [line.split()[1] for line in lines if line.startswith(name + " ")]
    return int(float(found[0]))


# -- below requests ---------------------------------------------------------------------------------------------------


def handshake(url: str, path: str, **headers: str) -> int:
    """The status that the opening of a WebSocket gets: 101 or why not. Headers as those of `ask`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = [line for line in opening(url, path) if line.partition(":")[0] not in named]
    return int(raw(url, head([*kept, *(f"{name}: {value}" for name, value in named.items())])).split()[1])


def raw(url: str, sent: bytes) -> bytes:
    """Send bytes as they are; the first that come back, empty where the connection just ends."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=PATIENCE) as link:
        link.sendall(sent)
        try:
            return link.recv(65536)
        except ConnectionError:
            return b""
