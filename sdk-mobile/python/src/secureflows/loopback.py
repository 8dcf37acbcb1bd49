"""Hosted login in the user's browser, for programs that run where the browser does."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

SECONDS_FOR_A_HEAD = 10
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# What is in the address goes from the browser's history too.
DONE = """<!doctype html><meta charset="utf-8"><title>Signed in</title>
<script>history.replaceState(null, "", "/")</script><p>You can close this page.</p>"""


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
        state = parse_qs(urlsplit(page).query)["state"]
        callback: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            target = await requested(reader)
            parts = urlsplit(target)
            # Other programs reach this port too: what is not this login's is not listened to.
            ours = parts.path == self._path and parse_qs(parts.query).get("state") == state
            writer.write(response(DONE if ours else None))
            await writer.drain()
            writer.close()
            if ours and not callback.done():
                callback.set_result(self._origin + target)

        async with await asyncio.start_server(serve, self._host, self._port):
            if not await asyncio.to_thread(self._open, page):
                raise webbrowser.Error("no browser could be opened")
            return await callback


async def requested(reader: asyncio.StreamReader) -> str:
    """What is asked for; nothing, when it is no request."""
    try:
        async with asyncio.timeout(SECONDS_FOR_A_HEAD):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, TimeoutError):
        return ""
    words = head.decode("latin-1").split(" ", 2)
    return words[1] if words[0] == "GET" and len(words) == 3 else ""


def response(page: str | None) -> bytes:
    status = "404 Not Found" if page is None else "200 OK"
    body = (page or "").encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
