"""The pages of somebody's shop, each served with the headers it is given; and what browsers report of them."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any

_REPORTS = "/reports"


class ShopPages:
    """Answers at 127.0.0.1:`port`, under whatever name it is asked, until `close()`.

    `reports` is what browsers sent to the address that every Content-Security-Policy is given to report to. `tls`: a
    folder with cert.pem and key.pem, where the shop has HTTPS.
    """

    def __init__(self, tls: Path | None = None) -> None:
        self.reports: list[Any] = []
        self._pages: dict[str, tuple[bytes, dict[str, str]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def put(self, path: str, text: str | bytes, **headers: str) -> None:
        """Serve a text at `path`, which says by its ending what it is. Headers: `Some_Header="..."`."""
        kind = guess_type(path)[0] or "text/html; charset=utf-8"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if policy := named.get("Content-Security-Policy"):
            named["Content-Security-Policy"] = f"{policy}; report-uri {_REPORTS}"
        body = text.encode() if isinstance(text, str) else text
        self._pages[path] = body, {"Content-Type": kind, **named}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages, reports = self._pages, self.reports

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                found = pages.get(self.path.partition("?")[0])
                self._answer(200 if found else 404, *(found or (b"", {})))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == _REPORTS:
                    reports.append(json.loads(sent))
                self._answer(204, b"", {})

            def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing of each request."""

        return Handler
