"""A bucket of Swift's, and the way there, on which answers get lost and servers are busy."""

import http.client
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from app.backup.s3 import Bucket
from app.backup.s3_link import Link
from app.config import S3Settings
from tests.running import Process

ACCESS_KEY, SECRET_KEY = "shop:backup", "open-sesame"
_SERVER = Path(__file__).with_name("swift_server.py")


@contextmanager
def swift(folder: Path) -> Iterator[int]:
    """Swift, for as long as this lasts; the port of its S3."""
    command = ["/usr/bin/python3", str(_SERVER), str(folder), SECRET_KEY]
    process = Process(command, {"PATH": "/usr/bin:/bin"}, folder, stdin=subprocess.PIPE)
    try:
        yield int(process.wait_for(r"^(\d+)$")[1])
        assert process.popen.stdin is not None
        process.popen.stdin.close()
        process.wait()
    finally:
        process.close()


def settings(port: int, secret_key: str = SECRET_KEY) -> S3Settings:
    return S3Settings(f"http://127.0.0.1:{port}", "", ACCESS_KEY, secret_key)


def made(port: int, name: str) -> Link:
    """A new bucket of that name."""
    link = Link(name, settings(port))
    link.ask("PUT", "")
    return link


class Way:
    """To a server at `port`, by another one. `lose`: answers to lose, by method, after they were given; `busy`:
    requests that are answered 503, and never get there; `gone`: those that are answered as Amazon does what it has
    already done."""

    def __init__(self, port: int) -> None:
        self.lose: list[str] = []
        self.busy: list[str] = []
        self.gone: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(port))
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, port: int) -> type[BaseHTTPRequestHandler]:
        way = self

        class Handler(BaseHTTPRequestHandler):
            def __getattr__(self, name: str) -> object:
                if name.startswith("do_"):
                    return self._pass_on
                raise AttributeError(name)

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.command in way.busy:
                    way.busy.remove(self.command)
                    self._answer(503, {}, b"<Error><Code>SlowDown</Code><Message>later</Message></Error>")
                    return
                if self.command in way.gone and self.command not in way.lose:
                    way.gone.remove(self.command)
                    self._answer(404, {}, b"<Error><Code>NoSuchUpload</Code><Message>none</Message></Error>")
                    return
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                link.request(self.command, self.path, body, dict(self.headers))
                answer = link.getresponse()
                said = answer.read()
                if self.command in way.lose:
                    way.lose.remove(self.command)
                    self.close_connection = True
                    return
                self._answer(answer.status, dict(answer.headers), said)

            def _answer(self, status: int, headers: dict[str, str], said: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", headers.get("Content-Length", str(len(said))))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *words: object) -> None:
                """Nothing."""

        return Handler


def bucket(link: Link) -> Bucket:
    """With the smallest parts that S3 takes."""
    return Bucket(link, part_bytes=5 << 20)
