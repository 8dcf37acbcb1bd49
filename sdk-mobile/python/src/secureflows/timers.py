"""Any number of waits on one thread."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable


class Timers:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        run = self._loop.run_forever
        threading.Thread(target=run, name="secureflows-timers", daemon=True).start()

    def start(self, seconds: float, call: Callable[[], None]) -> Callable[[], object]:
        """Calls `call` when the time is up, unless what this gives is called before."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            call()

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).cancel


@functools.cache
def timers() -> Timers:
    """The timers of this process."""
    return Timers()
