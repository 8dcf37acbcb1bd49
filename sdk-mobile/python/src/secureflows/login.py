"""Who shows hosted login to the user."""

from __future__ import annotations

import asyncio
from typing import Protocol

from . import ffi
from .host import Handle


class LoginPresenter(Protocol):
    """Shows hosted login to the user: in their browser, never in a form of the app's own."""

    async def present(self, page: str) -> str:
        """Shows `page`, and gives the URL that it came back to. Never log either.

        It is cancelled when nobody waits for the login any more. Whatever it raises ends the login;
        :class:`LoginClosed` says that the user closed the page. Of others only the name is told, since
        their words may quote the page.
        """


class LoginClosed(Exception):
    """The user closed the login page."""


class PresenterBridge(ffi.LoginPresenter):
    """The binding's presenter, on one of asyncio's."""

    def __init__(self, presenter: LoginPresenter) -> None:
        self._presenter = presenter

    def present(self, page: str, attempt: ffi.LoginAttempt) -> None:
        # A call is polled on the loop of who awaits it, and so this runs there.
        loop = asyncio.get_running_loop()
        showing = loop.create_task(self._show(page, attempt))
        attempt.on_cancel(Handle(lambda: loop.call_soon_threadsafe(showing.cancel)))

    async def _show(self, page: str, attempt: ffi.LoginAttempt) -> None:
        try:
            attempt.returned(await self._presenter.present(page))
        except LoginClosed:
            attempt.cancelled()
        except Exception as failure:
            attempt.declined(f"the presenter raised {type(failure).__name__}")
        except BaseException:
            attempt.declined("the login was given up")
            raise
