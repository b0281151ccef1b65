"""The plug for end-to-end runs: the core behind HTTP, on loopback only."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from infra.local.stripe import control
from infra.local.stripe.core import LocalStripe
from infra.local.stripe.courier import LOOPBACK, Courier
from infra.local.stripe.errors import ConnectionDropped
from infra.local.stripe.protocol import Reply

HOST = "127.0.0.1"
#: What a browser may call from another origin: the two publishable operations.
_BROWSER_PATH = "/v1/payment_intents/"
_CORS = {
    "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key, stripe-account, stripe-version",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Max-Age": "600",
}


class LocalServer(ThreadingHTTPServer):
    """Serves one core; a courier delivers its webhooks on a thread of its own."""

    daemon_threads = True
    # Many functions may call at the same moment; the default turns the sixth away.
    request_queue_size = 64

    def __init__(self, core: LocalStripe, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.core = core
        self.courier = Courier(core.webhooks)
        self.url = f"http://{HOST}:{self.server_address[1]}"
        core.world.base_url = self.url
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve on a background thread."""
        self.courier.start()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait until the threads have gone."""
        self.courier.stop()
        self.shutdown()
        self.server_close()
        if self._thread:
            self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"
    server_version = "LocalStripe"
    sys_version = ""
    # One buffered write for head and body, sent at once: with Nagle's algorithm
    # and two writes an answer takes forty times as long.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve()

    def do_OPTIONS(self) -> None:
        """Answer a browser's preflight."""
        self._send(Reply(HTTPStatus.NO_CONTENT, {}, b""))

    def log_message(self, *_args: object) -> None:
        """Stay quiet: the client's own log says more."""

    def _serve(self) -> None:
        try:
            self._send(self._answer())
        except ConnectionDropped:
            # No answer: the client sees the connection close on it.
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        except AssertionError as broken:
            # The books or the contract: a fault of this server, to be seen at once.
            traceback.print_exc()
            self._send(_refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(broken).__name__}: {broken}"))

    def _answer(self) -> Reply:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in LOOPBACK:
            # A page on the internet must not reach it by rebinding its own name.
            return _refuse(HTTPStatus.FORBIDDEN, "only served under a loopback name")
        core, flush = self.server.core, self.server.courier.flush
        if self.path.startswith("/_local/"):
            return control.serve(core, self.command, self.path, body, flush)
        return core.handle(self.command, self.path, dict(self.headers.items()), body)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = dict(reply.headers)
        if self.path.startswith(_BROWSER_PATH):
            headers |= _CORS
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()


def _refuse(status: HTTPStatus, message: str) -> Reply:
    body = {"error": {"type": "api_error", "message": message}}
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(body).encode())
