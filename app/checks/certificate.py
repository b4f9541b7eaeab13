"""Whether HTTPS has its certificate, for how long, and whether another can come by itself: what is closed, and what to
open."""

import http.client
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from app import trust
from app.checks.finding import Finding
from app.config import Settings
from app.server.listeners import ListenError, listen, near, split
from app.tls.folder import Folder
from app.tls.validity import validity

# Days left from which on it is said: an authority gives 90, and one of those that come by themselves is renewed at 30.
FEW_DAYS, FEW_DAYS_BY_ITSELF = 21, 22.5
# Seconds by which a clock may be wrong before certificates begin and end at the wrong time for us (an authority dates
# them an hour back).
MAX_CLOCK_ERROR = 3600
# Seconds for whoever is asked.
_TIMEOUT = 5.0


def look(settings: Settings) -> Iterator[Finding]:
    """Nothing where HTTPS is another's affair."""
    tls = settings.tls
    if not tls.automatic:
        if tls.certificate:
            yield _days(Path(tls.certificate), FEW_DAYS, "put a new one in its place: it is taken by itself")
        return
    folder = Folder(settings.data_dir)
    tries = folder.tries()
    for name in settings.certified:
        path = folder.certificate(name)
        last = tries.get(name)
        reason = last.reason if last else ""
        if path.exists():
            advice = f"it could not be renewed: {reason}" if reason else "it is renewed while the server runs"
            yield _days(path, FEW_DAYS_BY_ITSELF, advice)
        else:
            says = reason or "the server fetches it once it runs"
            yield Finding("warn", "certificate", f"there is none for {name} yet: {says}")
    yield from _ways_in(settings)
    yield _authority(tls.directory)


def _days(path: Path, few: float, advice: str) -> Finding:
    try:
        days = (validity(path.read_bytes()).ends - time.time()) / 86400
    except (OSError, ValueError) as error:
        return Finding("fail", "certificate", f"{path} cannot be read ({error}): {advice}")
    if days < 0:
        return Finding("fail", "certificate", f"{path} has ended {-days:.0f} days ago: {advice}")
    if days < few:
        return Finding("warn", "certificate", f"{path} ends in {days:.0f} days: {advice}")
    return Finding("ok", "certificate", f"{path} is good for {days:.0f} days")


def _ways_in(settings: Settings) -> Iterator[Finding]:
    """Whether names lead here, as far as can be seen from here: some routers lead nobody from inside to themselves."""
    place, names = settings.tls.http, settings.certified
    try:
        listener = listen(place, "tls.http")
    except ListenError as error:
        host, port = split(place)
        if not _sent_on(_asked(near(host), port, names[0]), names):
            yield Finding("fail", "port 80", str(error))
            return
        yield Finding("ok", "port 80", f"{place} is taken by a chatadmin that answers")
        for name in names:
            answer = _asked(name, 80, name)
            yield _way_in(name, answer, here=_sent_on(answer, names))
        return
    word = secrets.token_urlsafe().encode()
    with _answering(listener, word):
        yield Finding("ok", "port 80", f"{place} is free")
        for name in names:
            answer = _asked(name, 80, name)
            yield _way_in(name, answer, here=answer.body == word)


class _Answer(NamedTuple):
    """What was answered, or why nothing was. `body`: the beginning of it."""

    status: int = 0
    location: str = ""
    date: str = ""
    body: bytes = b""
    nothing: str = ""


def _sent_on(answer: _Answer, names: list[str]) -> bool:
    """Whether it is what this server answers without TLS."""
    return answer.location.startswith(tuple(f"https://{name}" for name in names))


def _way_in(name: str, answer: _Answer, *, here: bool) -> Finding:
    """`answer`: of whoever that name leads to, be it us or not."""
    if here:
        return Finding("ok", "name", f"http://{name} leads here")
    try:
        found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)})
    except OSError:
        return Finding("warn", "name", f"{name} is not in the DNS: have it lead to this machine")
    why = (
        f"nothing answers at port 80 of it ({answer.nothing})"
        if answer.nothing
        else "something else answers at port 80 of it"
    )
    advice = "open that port to everybody, and see that the name leads to this machine; a router may only not let us "
    return Finding("warn", "name", f"{name} is {', '.join(found)}, and {why}: {advice}see ourselves")


def _asked(host: str, port: int, name: str) -> _Answer:
    """What is answered there to who asks for `name`."""
    try:
        return _exchanged(http.client.HTTPConnection(host, port, timeout=_TIMEOUT), "/", {"Host": name})
    except (OSError, http.client.HTTPException) as error:
        return _Answer(nothing=getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _exchanged(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> _Answer:
    """What is answered there, which is closed then. Raises OSError, HTTPException."""
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        location, date = (answer.headers.get(name, "") for name in ("Location", "Date"))
        return _Answer(answer.status, location, date, answer.read(256))
    finally:
        connection.close()


@contextmanager
def _answering(listener: socket.socket, word: bytes) -> Iterator[None]:
    """Answer whoever comes with `word`, as long as nobody else does."""
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(word), word)

    def run() -> None:
        with suppress(OSError):  # shut: we are done
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(_TIMEOUT)
                    connection.recv(4096)
                    connection.sendall(answer)

    listener.setblocking(True)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(_TIMEOUT)
        listener.close()


def _authority(directory: str) -> Finding:
    """Whether the authority can be asked, and what time it is there."""
    place = urlsplit(directory)
    path = place.path + (f"?{place.query}" if place.query else "")
    try:
        connection = http.client.HTTPSConnection(
            place.hostname or "", place.port or 443, timeout=_TIMEOUT, context=trust.context()
        )
        answer = _exchanged(connection, path or "/", {})
    except (OSError, http.client.HTTPException) as error:
        wrong = isinstance(error, ssl.SSLCertVerificationError)
        advice = "name its own authority's certificate in SSL_CERT_FILE" if wrong else "open the way out to it"
        return Finding("warn", "authority", f"{directory} cannot be asked ({error}): {advice}")
    if answer.status != 200:
        return Finding("warn", "authority", f"{directory} answers {answer.status}: is that its directory?")
    with suppress(ValueError):
        apart = time.time() - parsedate_to_datetime(answer.date).timestamp()
        if abs(apart) > MAX_CLOCK_ERROR:
            says = f"this machine's is {abs(apart) / 3600:.1f} h {'ahead' if apart > 0 else 'behind'}"
            return Finding("fail", "clock", f"{says}: no certificate is believed by such a clock. Set it, best by NTP")
    return Finding("ok", "authority", f"{directory} answers")
