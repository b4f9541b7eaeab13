"""The server of this machine, as an upgrade sees it: which version answers, since when, and how it is restarted."""

import http.client
import subprocess
import time
from collections.abc import Callable

import msgspec

from app.config import Settings
from app.server.listeners import nearby
from app.upgrade.surroundings import surroundings

# Seconds for a new version to be ready once the restart has been commanded and has ended. A start takes about one; the
# rest is for a store that loads millions of messages.
READY_WITHIN = 60.0
# Seconds for the restart's command to end, in which a former version may say goodbye (15) and systemd waits for the new
# one (90); a command that becomes the server never does.
RESTART_WITHIN = 120.0
_ANSWER_WITHIN = 5.0  # seconds for one answer
_PAUSE = 0.25  # seconds between two questions


class Serving(msgspec.Struct, frozen=True):
    """What `/readyz` tells the operator of a server that is ready."""

    version: str = ""
    started: float = 0.0  # Unix time in seconds at which it began to start


class _Answer(msgspec.Struct):
    value: Serving | None = None


class Server:
    """The one that listens where the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._server = settings.server
        self._tls = settings.tls.on
        self._token = settings.metrics_token

    def serving(self) -> Serving | None:
        """What is ready to serve at this moment; None where nothing is."""
        connection = nearby(self._server, self._tls, _ANSWER_WITHIN)
        # by the metrics token it knows us too where it does not listen on loopback
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            connection.request("GET", "/readyz", headers=headers)
            answer = connection.getresponse()
            said = answer.read(4096)
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if answer.status != 200:
            return None
        try:
            return msgspec.json.decode(said, type=_Answer).value or Serving()
        except msgspec.DecodeError:  # another program's
            return None

    def restart(self, command: str, version: str) -> str:
        """Run the operator's `command`, and see that `version` is ready. What went wrong; "" where nothing did.

        What was started before the command does not count, so that a version takes its own place, too.
        """
        began = time.time()

        def ready() -> bool:
            found = self.serving()
            return found is not None and found.version == version and found.started >= began

        try:
            # away from our terminal's signals; and no pipe of ours keeps a server that it starts from its own end
            process = subprocess.Popen(
                ["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, env=surroundings(), start_new_session=True
            )
        except OSError as error:
            return f"the command cannot be run ({error.strerror})"
        if not _wait(lambda: process.poll() is not None or ready(), RESTART_WITHIN):
            return f"the command had not ended after {RESTART_WITHIN:.0f} s"
        if process.poll():
            return f"the command failed (exit {process.returncode})"
        return "" if _wait(ready, READY_WITHIN) else f"it was not ready within {READY_WITHIN:.0f} s"


def _wait(condition: Callable[[], bool], longest: float) -> bool:
    deadline = time.monotonic() + longest
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True
