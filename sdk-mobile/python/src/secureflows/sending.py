"""One request on its way."""

from __future__ import annotations

import urllib.request
from urllib.error import URLError

from . import ffi
from .line import Line, opener
from .timers import timers

AGENT = "secureflows-python"


class TooLarge(Exception):
    """The answer goes beyond the bound."""


class Sending:
    """Sends one request, on the thread that runs it, and takes the answer in."""

    def __init__(self, request: ffi.HttpRequest, exchange: ffi.Exchange) -> None:
        self._request, self._exchange = request, exchange
        self._line = Line()
        self._late = False

    def run(self) -> None:
        # The time runs from here on, so not while the request waits for its turn.
        seconds = self._request.timeout_milliseconds / 1000
        stop_timer = timers().start(seconds, self._time_is_up)
        try:
            self._take_answer(seconds)
        except Exception as failure:
            self._exchange.fail(self._meaning(failure))
        finally:
            stop_timer()

    def cancel(self) -> None:
        self._line.cut()

    def _take_answer(self, seconds: float) -> None:
        request, longest = self._request, self._request.max_answer_bytes
        with opener(self._line, request.url).open(prepared(request), timeout=seconds) as answer:
            body = answer.read(longest + 1)
            if len(body) > longest:
                raise TooLarge
            if answer.length:
                raise ConnectionError("the answer is shorter than it says")
            self._exchange.succeed(answer.status, answer.headers.get("Retry-After"), body)

    def _time_is_up(self) -> None:
        self._late = True
        self._line.cut()
        # Where no connection came about, its thread may still wait for one.
        self._exchange.fail(self._meaning(TimeoutError()))

    def _meaning(self, failure: Exception) -> ffi.SendError:
        """Only where it is certain that no byte of the request went out is it unreachable."""
        cause = failure.reason if isinstance(failure, URLError) else failure
        if not self._line.connected:
            return ffi.SendError.UNREACHABLE
        if isinstance(cause, TooLarge):
            return ffi.SendError.TOO_LARGE
        if self._late or isinstance(cause, TimeoutError):
            return ffi.SendError.TIMED_OUT
        return ffi.SendError.INTERRUPTED


def prepared(request: ffi.HttpRequest) -> urllib.request.Request:
    headers = {"User-Agent": AGENT}
    if request.authorization is not None:
        headers["Authorization"] = request.authorization
    data = None
    if request.body is not None:
        headers["Content-Type"] = "application/json"
        data = request.body.encode()
    return urllib.request.Request(request.url, data, headers, method=request.method)
