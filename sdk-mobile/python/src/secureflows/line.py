"""A connection for one request, which another thread can cut."""

from __future__ import annotations

import functools
import io
import socket
import ssl
import threading
import urllib.request
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any


class Line:
    """Knows the connection, once there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cut = False

    @property
    def connected(self) -> bool:
        """Whether the request may have gone out."""
        return self._socket is not None

    def take(self, connection: socket.socket) -> None:
        with self._lock:
            if self._cut:
                raise ConnectionAbortedError("nobody waits any more")
            self._socket = connection

    def cut(self) -> None:
        """Ends the connection; without one, none will be used any more."""
        with self._lock:
            self._cut = True
            if self._socket is None:
                return
            try:
                # The plain socket's: that of a TLS socket would go on unencrypted.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended.


def opener(line: Line, url: str) -> urllib.request.OpenerDirector:
    """Opens one URL over this line. What is not in it does not happen: no redirect is followed."""
    plain = url.startswith("http:")
    # Plain http is loopback's, and leaves by no proxy.
    proxies = urllib.request.ProxyHandler({} if plain else None)
    director = urllib.request.OpenerDirector()
    for handler in (proxies, PlainHandler(line), SecureHandler(line)):
        director.add_handler(handler)
    return director


class PlainHandler(urllib.request.HTTPHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(functools.partial(PlainConnection, line=self._line), req)


class SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, line: Line) -> None:
        super().__init__(context=trust())
        self._line = line

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(functools.partial(SecureConnection, line=self._line, context=trust()), req)


@functools.cache
def trust() -> ssl.SSLContext:
    """The system's certificates."""
    return ssl.create_default_context()


class Lines(io.BufferedReader):
    """The standard library takes the end of a connection for the end of an answer's head."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n"):
            raise IncompleteRead(b"")
        return line


class Answer(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = Lines(self.fp.detach())


class PlainConnection(HTTPConnection):
    response_class = Answer

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.take(self.sock)


class SecureConnection(HTTPSConnection):
    response_class = Answer

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.take(self.sock)
