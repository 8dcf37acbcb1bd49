"""What the platform does for the core, with the standard library: send, wait, tell the time."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from . import ffi
from .records import LoginRecords, MemoryLoginRecords
from .sending import Sending
from .timers import timers

IN_FLIGHT = 64


class HttpHost(ffi.PlatformHost):
    """Sends with `urllib` from threads, 64 at once: the system's proxies and certificates apply.

    It follows no redirect, repeats nothing, and keeps no cookie, no copy of an answer and no
    connection. Plain http, which is for loopback only, goes by no proxy.

    :param records: where the records of logins under way are kept. The usual ones are in memory;
        give others where the process may end while the user is at the login page.

    >>> client = SecureFlows("acme", "acme-notes", "http://127.0.0.1:7999/callback", host=HttpHost())
    """

    def __init__(self, records: LoginRecords | None = None) -> None:
        self._records = MemoryLoginRecords() if records is None else records
        self._threads = ThreadPoolExecutor(IN_FLIGHT, "secureflows")

    def send(self, request: ffi.HttpRequest, exchange: ffi.Exchange) -> None:
        """Starts the request."""
        sending = Sending(request, exchange)
        work = self._threads.submit(sending.run)

        def cancel() -> None:
            work.cancel()
            sending.cancel()

        exchange.on_cancel(Handle(cancel))

    def start_timer(self, milliseconds: int, timer: ffi.Timer) -> None:
        """Starts the wait."""
        timer.on_cancel(Handle(timers().start(milliseconds / 1000, timer.fire)))

    def now(self) -> int:
        """The wall clock, in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def keep(self, name: str, record: str) -> bool:
        """Keeps the record of a login."""
        return self._records.keep(name, record)

    def take(self, name: str) -> str | None:
        """Hands out the record of a login, once."""
        return self._records.take(name)


@functools.cache
def shared_host() -> HttpHost:
    """One for all clients that are given no other."""
    return HttpHost()


class Handle(ffi.CancelHandle):
    """What the core calls when nobody waits any more."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        self._cancel = cancel

    def cancel(self) -> None:
        """Stops the work."""
        self._cancel()
