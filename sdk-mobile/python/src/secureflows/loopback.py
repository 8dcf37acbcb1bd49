"""Hosted login in the user's browser, for programs that run where the browser does."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

SECONDS_FOR_A_HEAD = 10
SECONDS_TO_PART = 2
# Names are looked up, and may lead elsewhere.
LOOPBACK = ("127.0.0.1", "::1")
GOODBYE = "You can close this page."


class LoopbackPresenter:
    """Opens hosted login in the user's browser, and listens on loopback for its way back.

    It cannot see that the user closed the page: bound the wait with :func:`asyncio.timeout`.

    :param redirect_uri: the client's own, with a port of this machine
    :param open_browser: how a page is shown, by :mod:`webbrowser` unless given; `False` says that it
        could not be
    :raises ValueError: when `redirect_uri` is not on loopback: register one that is

    >>> presenter = LoopbackPresenter("http://127.0.0.1:7999/callback")
    >>> LoopbackPresenter("https://app.example/callback")
    Traceback (most recent call last):
    ValueError: redirect_uri: use one like http://127.0.0.1:7878/callback, registered for the app
    """

    def __init__(self, redirect_uri: str, open_browser: Callable[[str], bool] | None = None) -> None:
        parts = urlsplit(redirect_uri)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK or not parts.port:
            raise ValueError(
                "redirect_uri: use one like http://127.0.0.1:7878/callback, registered for the app"
            )
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._open = webbrowser.open if open_browser is None else open_browser

    async def present(self, page: str) -> str:
        """Shows `page`, and gives the URL that it came back to."""
        login = Login(self._origin, self._path, parse_qs(urlsplit(page).query)["state"])
        async with await asyncio.start_server(login.serve, self._host, self._port):
            if not await asyncio.to_thread(self._open, page):
                raise webbrowser.Error("no browser could be opened")
            callback = await login.callback
            # A program may end right after its login: not before the browser has left the token's URL.
            await asyncio.wait([login.parted], timeout=SECONDS_TO_PART)
            return callback


class Login:
    """The answers to whoever comes to the port while one login is under way."""

    def __init__(self, origin: str, path: str, state: list[str]) -> None:
        loop = asyncio.get_running_loop()
        self._origin, self._path, self._state = origin, path, state
        self.callback: asyncio.Future[str] = loop.create_future()
        self.parted: asyncio.Future[None] = loop.create_future()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target, host = await requested(reader)
        status, more, text = self._answer(target, host)
        writer.write(response(status, more, text))
        await writer.drain()
        writer.close()
        if text == GOODBYE and not self.parted.done():
            self.parted.set_result(None)

    def _answer(self, target: str, host: str) -> tuple[str, str, str]:
        parts = urlsplit(target)
        # Another name that leads here is a page of somebody else's.
        if f"http://{host}" != self._origin:
            return "421 Misdirected Request", "", "Not this host."
        if parts.path == self._path and not parts.query and self.callback.done():
            return "200 OK", "", GOODBYE
        # Other programs reach this port too: what is not this login's is not listened to.
        if parts.path != self._path or parse_qs(parts.query).get("state") != self._state:
            return "404 Not Found", "", "Nothing is here."
        if self.callback.done():
            return "410 Gone", "", "This login has had its answer."
        self.callback.set_result(self._origin + target)
        # Not a script that mends the history: that lists a page by the URL it was loaded from, and one that
        # redirects never.
        return "303 See Other", f"Location: {self._origin}{self._path}\r\n", ""


async def requested(reader: asyncio.StreamReader) -> tuple[str, str]:
    """What is asked for, and of which host; nothing, when it is no request."""
    try:
        async with asyncio.timeout(SECONDS_FOR_A_HEAD):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, TimeoutError):
        return "", ""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    hosts = [line[5:].strip() for line in lines if line.lower().startswith("host:")]
    if words[0] != "GET" or len(words) != 3 or len(hosts) != 1:
        return "", ""
    return words[1], hosts[0]


def response(status: str, more: str, text: str) -> bytes:
    body = f"<!doctype html><html lang=en><title>Sign-in</title><p>{text}".encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n{more}"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
