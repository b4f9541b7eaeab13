"""Whether we can listen where we are told to."""

import ssl
from collections.abc import Iterator

from app.checks.finding import Finding
from app.config import Settings
from app.server.listeners import ListenError, listen, near, split

# Seconds for a running instance to answer.
ANSWER_TIMEOUT = 2.0


def look(settings: Settings) -> Iterator[Finding]:
    """Whether the port is free, or one of us has it."""
    try:
        listen(settings.server).close()
    except ListenError as error:
        if _answers(settings):
            yield Finding("ok", "port", f"{settings.server} is taken by a chatadmin that answers")
        else:
            yield Finding("fail", "port", str(error))
        return
    yield Finding("ok", "port", f"{settings.server} is free")


def _answers(settings: Settings) -> bool:
    """Whether it is one of us that listens there."""
    import http.client

    host, port = split(settings.server)
    host = near(host)
    if settings.tls.on:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # our own certificate, for another name
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=ANSWER_TIMEOUT, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_TIMEOUT)
    try:
        connection.request("GET", "/v1/me")
        return connection.getresponse().read(256).startswith(b'{"code":"no_session"')
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
