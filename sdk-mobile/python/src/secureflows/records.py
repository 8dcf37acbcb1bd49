"""Where the records of logins under way are kept."""

from __future__ import annotations

import threading
from typing import Protocol

MOST = 16


class LoginRecords(Protocol):
    """Where the records of logins under way are kept. They are no secrets."""

    def keep(self, name: str, record: str) -> bool:
        """Keeps `record` by its `name` for ten minutes at least; `False` when it cannot."""

    def take(self, name: str) -> str | None:
        """Hands out the record of this `name`, once; `None` when there is none."""


class MemoryLoginRecords:
    """For programs whose users come back to the same process: the last sixteen logins begun."""

    def __init__(self) -> None:
        self._records: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, name: str, record: str) -> bool:
        """Keeps `record` by its `name`; the oldest gives way."""
        with self._lock:
            if len(self._records) == MOST:
                del self._records[next(iter(self._records))]
            self._records[name] = record
            return True

    def take(self, name: str) -> str | None:
        """Hands out the record of this `name`, once."""
        with self._lock:
            return self._records.pop(name, None)
