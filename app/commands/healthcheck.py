"""`chatadmin healthcheck`: whether the server of this machine, or this container, is ready, told by the exit status."""

import http.client

import msgspec

from app.commands.error import CommandError
from app.commands.said import reason
from app.config import ConfigError, Settings
from app.server.listeners import in_url, nearby, split

# Seconds for the answer, which takes a millisecond; less than what a container's engine gives a check (30 by default).
ANSWER_WITHIN = 5.0


class _Refusal(msgspec.Struct):
    code: str


def healthcheck(settings: Settings) -> int:
    """Ask `/readyz` where the settings say that the server listens; returns 0 where it is ready.

    Raises CommandError with the code of what keeps it from that (`store_unavailable`, say), or with why it cannot be
    asked, and ConfigError where the settings leave the port to the system, so that nobody knows where to ask.
    """
    if not split(settings.server)[1]:
        raise ConfigError("server: port 0 is another each time, so there is none to ask: name one")
    status, said = _answer(settings)
    if status != 200:
        raise CommandError(f"not ready: {_code(said) or f'status {status}'}")
    print("ready")
    return 0


def _answer(settings: Settings) -> tuple[int, bytes]:
    connection = nearby(settings.server, settings.tls.on, ANSWER_WITHIN)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read(4096)
    except (OSError, http.client.HTTPException) as error:
        where = f"{in_url(connection.host)}:{connection.port}"
        raise CommandError(f"nothing that is ready answers at {where}: {reason(error).lower()}") from None
    finally:
        connection.close()


def _code(said: bytes) -> str:
    try:
        return msgspec.json.decode(said, type=_Refusal).code
    except (msgspec.DecodeError, UnicodeDecodeError):  # another program's
        return ""
