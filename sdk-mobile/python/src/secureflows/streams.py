"""What an app can watch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

F = TypeVar("F")
T = TypeVar("T")


class Stream(AsyncIterator[T], Generic[F, T]):
    """One of the binding's, to iterate. No generator: a wait that is cancelled does not end it."""

    def __init__(self, following: Callable[[], Awaitable[F | None]], read: Callable[[F], T]) -> None:
        self._following, self._read = following, read

    async def __anext__(self) -> T:
        item = await self._following()
        if item is None:
            raise StopAsyncIteration
        return self._read(item)
