"""Stand-ins for the platform: one answers by a script, one breaks the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from secureflows import LoginPresenter, SecureFlows
from stage import APP, REDIRECT, WORKSPACE

WHO = "GET /api/v1/sessions/identity"


@dataclass
class Reply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1 << 30


class Script:
    """Answers by a script; `requests` is what it was asked for."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._replies: dict[str, list[Reply]] = {WHO: [Reply(200, '{"userId":1,"email":null}', times=1)]}
        self._lock = threading.Lock()
        script = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = script._next(f"{self.command} {self.path}")
                body = reply.body.encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except ConnectionError:
                    pass  # Too much was said.

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def on(self, what: str, reply: Reply) -> None:
        """Answers `what`, or everything for `*`, so."""
        with self._lock:
            self._replies.setdefault(what, []).append(reply)

    def count(self, what: str) -> int:
        return self.requests.count(what)

    async def client(self, presenter: LoginPresenter | None = None, token: str = "a-token") -> SecureFlows:
        """A client of this platform, signed in."""
        client = SecureFlows(WORKSPACE, APP, REDIRECT, presenter, origin=self.origin)
        await client.adopt(token, self.origin)
        return client

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, what: str) -> Reply:
        with self._lock:
            self.requests.append(what)
            for reply in self._replies.get(what, []) + self._replies.get("*", []):
                if reply.times:
                    reply.times -= 1
                    return reply
        return Reply(404, "")


@asynccontextmanager
async def answering(
    status: int, body: str, headers: dict[str, str] | None = None
) -> AsyncIterator[tuple[SecureFlows, Script]]:
    """A client of a platform that answers everything so from now on."""
    with Script() as script:
        script.on("*", Reply(status, body, headers or {}))
        yield await script.client(), script


@asynccontextmanager
async def raw(answer: bytes | None) -> AsyncIterator[SecureFlows]:
    """A client of a server that answers with these very bytes and hangs up; `None` answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener, answer), daemon=True).start()
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = SecureFlows(WORKSPACE, APP, REDIRECT, origin=origin, attempt_timeout=0.2, timeout=0.8)
        await client.adopt("t", origin)
        yield client
        listener.shutdown(socket.SHUT_RDWR)


def accept(listener: socket.socket, answer: bytes | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection, answer), daemon=True).start()


def serve(connection: socket.socket, answer: bytes | None) -> None:
    with connection:
        connection.recv(4096)
        if answer is not None:
            connection.sendall(answer)
            return
        while connection.recv(4096):
            pass
