"""One user's way to the platform."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from . import ffi
from .errors import SecureFlowsError, told, told_now
from .host import shared_host
from .login import LoginPresenter, PresenterBridge
from .state import AuthState, state_of
from .streams import Stream
from .values import checked, decode, encode

T = TypeVar("T")
D = TypeVar("D")
JsonObject = dict[str, Any]


class SecureFlows:
    """One user's way to the platform: signs in, reads and writes, signs in again.

    Calls are for asyncio. Each may raise :class:`SecureFlowsError`, which says what to do next.
    Cancelling a call stops its request; a write that may have gone out by then is told by :meth:`events`.

    :param workspace: the workspace's unique name
    :param app_id: the application's id
    :param redirect_uri: where hosted login comes back to, byte for byte as it is registered
    :param presenter: who shows hosted login, also when a call meets a dead token
    :param origin: where the platform lives; production unless given
    :param backends: the app's own backends by their exact origins: :meth:`authorize` is for these alone
    :param sign_in_again: `False` makes calls that meet a dead token fail signed out
    :param attempt_timeout: how long one attempt of a call may take, in seconds; 10 unless given
    :param timeout: how long a call may take with all its attempts, in seconds; 30 unless given
    :param payload_limit: the most bytes that the user's data may take: a write beyond is refused unsent
    :param host: what sends; `urllib` in threads unless given
    :raises SecureFlowsError: code `INVALID`, with `field` and `mend`

    >>> async with SecureFlows("acme", "acme-notes", "http://127.0.0.1:7999/callback") as client:
    ...     client.state
    SignedOut(reason=<SignedOutReason.NEVER_SIGNED_IN: 0>, data=<DataState.UNKNOWN: 2>)
    """

    def __init__(
        self,
        workspace: str,
        app_id: str,
        redirect_uri: str,
        presenter: LoginPresenter | None = None,
        *,
        origin: str | None = None,
        backends: Iterable[str] = (),
        sign_in_again: bool = True,
        attempt_timeout: float | None = None,
        timeout: float | None = None,
        payload_limit: int | None = None,
        host: ffi.PlatformHost | None = None,
    ) -> None:
        settings = ffi.Settings(
            workspace=workspace,
            app_id=app_id,
            redirect_uri=redirect_uri,
            origin=origin,
            attempt_timeout_milliseconds=milliseconds(attempt_timeout),
            timeout_milliseconds=milliseconds(timeout),
            payload_limit=payload_limit,
            backends=list(backends),
            sign_in_again=sign_in_again,
        )
        bridge = None if presenter is None else PresenterBridge(presenter)
        make = functools.partial(ffi.MobileClient, settings, host or shared_host(), bridge)
        self._open: ffi.MobileClient | None = told_now(make)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the token, here only. Calls that are begun end as they would; others are mistakes."""
        self._open = None

    @property
    def state(self) -> AuthState:
        """Whether somebody is signed in, as far as is known here.

        >>> sf.state
        SignedIn()
        """
        return state_of(self._core.status())

    def events(self) -> AsyncIterator[ffi.ClientEvent]:
        """What happens to this client from now on.

        >>> happened = sf.events()
        >>> await sf.sign_out()
        >>> event = await anext(happened)
        >>> event.is_status_changed()
        True
        """
        return Stream(self._core.events().next, lambda event: event)

    async def sign_in(
        self,
        *,
        payload: Mapping[str, Any] | None = None,
        ttl_seconds: int | None = None,
        same_user: bool = False,
    ) -> None:
        """Signs the user in on the hosted login page.

        :param payload: stored when, and only when, this login creates the user's data
        :param ttl_seconds: how long data that this login creates lives: 0 for ever, else 60 to 604800
        :param same_user: renews the session at hand: only the same user can come back
        :raises UserCancelled: when the user closed the page
        :raises SecureFlowsError: codes `LOGIN_REFUSED` and `CALLBACK_REFUSED`: offer the login again
        """
        await told(self._core.sign_in(asked(payload, ttl_seconds, same_user), None))

    def begin_login(
        self,
        *,
        payload: Mapping[str, Any] | None = None,
        ttl_seconds: int | None = None,
        same_user: bool = False,
    ) -> str:
        """Begins a login of the app's own showing: the page to open in the user's browser. Never log it.

        Takes what :meth:`sign_in` takes; :meth:`complete_login` ends it.

        >>> page = sf.begin_login()
        >>> "/app/sessions/login?" in page
        True
        >>> sf.cancel_login()
        """
        return told_now(lambda: self._core.begin_login(asked(payload, ttl_seconds, same_user)))

    def cancel_login(self) -> None:
        """Gives up the login that was begun. A token at hand stays."""
        self._core.cancel_login()

    async def complete_login(self, url: str) -> bool:
        """Completes a login with the URL that it came back to.

        :returns: `False` when that is no callback of ours; any URL may be given
        :raises SecureFlowsError: codes `CALLBACK_REFUSED` and `LOGIN_REFUSED`: offer the login again

        >>> await sf.complete_login("http://127.0.0.1:7999/another-page")
        False
        """
        return await told(self._core.complete_login(url, None)) is ffi.SignIn.DONE

    async def adopt(self, token: str, origin: str) -> None:
        """Signs in with a token that `origin` issued to automation or a test.

        :raises SecureFlowsError: code `INVALID` for a token of another origin, `SIGNED_OUT` for a dead one
        """
        await told(self._core.adopt(token, origin))

    @overload
    async def get(self, key: str) -> Any: ...
    @overload
    async def get(self, key: str, default: D) -> Any | D: ...
    @overload
    async def get(self, key: str, *, type: type[T]) -> T | None: ...
    @overload
    async def get(self, key: str, default: D, *, type: type[T]) -> T | D: ...
    async def get(self, key: str, default: Any = None, *, type: type[Any] | None = None) -> Any:
        """The value under `key`; `default` when none was ever written.

        :param type: what it has to be: `bool`, `int`, `float`, `str`, `list` or `dict`
        :raises SecureFlowsError: any of a read; code `WRONG_TYPE` when it is something else

        >>> payload = await sf.set("theme", "dark")
        >>> await sf.get("theme", type=str)
        'dark'
        >>> await sf.get("language", "en")
        'en'
        """
        text = await self.get_json(key)
        if text is None:
            return default
        value = decode(text)
        return value if type is None else checked(value, type)

    async def get_json(self, key: str) -> str | None:
        """The value under `key` as JSON text, every digit kept; `None` when none was ever written.

        >>> payload = await sf.set("nothing", None)
        >>> await sf.get_json("nothing")
        'null'
        """
        return await told(self._core.get(key, None))

    async def set(self, key: str, value: Any) -> JsonObject:
        """Stores `value` under `key`, and gives the whole payload as it is now.

        :param value: anything that `json.dumps` takes, but no NaN and no infinity
        :raises SecureFlowsError: any; after code `OUTCOME_UNKNOWN` read before writing again

        >>> await sf.set("theme", "dark")
        {'theme': 'dark'}
        """
        return await self.set_json(key, encode(value))

    async def set_json(self, key: str, text: str) -> JsonObject:
        """As :meth:`set`, of JSON text.

        :raises SecureFlowsError: also code `WRONG_TYPE` with outcome `APPLIED`: it is stored, and
            Python's `json` cannot read the payload, as with a number of thousands of digits
        """
        return as_object(await told(self._core.set(key, text, None)))

    async def update(self, key: str, change: Callable[[Any], Any], initial: Any = None) -> Any:
        """Reads the value under `key`, makes a new one of it with `change`, and writes that.

        It does so three times at most, when somebody else is faster. A change by another device between
        the last read and the write is not seen: the platform has no conditional write.

        :param change: is given the value, or `initial`; what it raises is raised, and nothing written
        :returns: what was written; `None` when somebody else was faster each time
        :raises SecureFlowsError: as :meth:`get` and :meth:`set`

        >>> await sf.update("visits", lambda visits: visits + 1, initial=0)
        1
        """
        asked_for = Change(change, initial)
        try:
            written = await told(self._core.update(key, asked_for, None))
        except SecureFlowsError:
            if asked_for.raised is not None:
                raise asked_for.raised from None
            raise
        return None if written is None else decode(written)

    async def delete(self, key: str) -> bool:
        """Deletes `key`; `False` when there was none.

        :raises SecureFlowsError: as :meth:`set`

        >>> await sf.delete("theme")
        False
        """
        return await told(self._core.delete(key, None))

    async def payload(self) -> JsonObject:
        """Everything that is stored for this user.

        :raises SecureFlowsError: any of a read

        >>> await sf.payload()
        {}
        """
        return as_object(await told(self._core.payload(None)))

    def watch(self, key: str) -> AsyncIterator[Any]:
        """The last known value under `key`, and every later one that this client's calls show.

        `None` stands where there is no value, or nobody whose it is.

        :raises SecureFlowsError: code `INVALID` for a key that is none

        >>> payload = await sf.set("theme", "dark")
        >>> await anext(sf.watch("theme"))
        'dark'
        """
        stream = told_now(lambda: self._core.watch(key))
        return Stream(stream.next, lambda known: None if known.json is None else decode(known.json))

    async def identity(self) -> ffi.WhoIs:
        """Who is signed in: `user_id`, the same in every session, and `email`.

        :raises SecureFlowsError: any of a read

        >>> (await sf.identity()).email
        'ada@example.com'
        """
        return await told(self._core.identity(None))

    def authorize(self, url: str) -> str:
        """The `Authorization` header for a request to `url`, at one of the app's backends only.

        That request must not follow redirects with it. Never log it.

        :raises SecureFlowsError: code `INVALID`, field `url`, for any other place
        """
        return told_now(lambda: self._core.authorize(url))

    async def sign_out(self) -> None:
        """Signs the user out: here at once, then at the platform. The data stays.

        :raises SecureFlowsError: code `SIGNED_OUT_LOCALLY` when the platform could not be told; calling
            again tells it
        """
        await told(self._core.sign_out())

    def logout_url(self, post_logout_uri: str) -> str:
        """Where a browser signs out by a navigation, coming back to `post_logout_uri`. Never log it.

        Start the navigation, then call :meth:`forget`.

        :raises SecureFlowsError: code `SIGNED_OUT` when nobody is signed in, `INVALID` for another URI
        """
        return told_now(lambda: self._core.logout_url(post_logout_uri))

    def forget(self) -> None:
        """Signs the user out here only."""
        self._core.forget()

    async def destroy_all_data(self) -> None:
        """Destroys the session **and all the data in it**, for good.

        :raises SecureFlowsError: code `OUTCOME_UNKNOWN`, with `data` unknown, when no answer came
        """
        await told(self._core.destroy_all_data(None))

    @property
    def _core(self) -> ffi.MobileClient:
        if self._open is None:
            raise RuntimeError("this client is closed")
        return self._open


class Change(ffi.Change):
    """What the core asks for the new value."""

    def __init__(self, change: Callable[[Any], Any], initial: Any) -> None:
        self._change, self._initial = change, initial
        self.raised: Exception | None = None

    def change(self, json: str | None) -> str:
        try:
            return encode(self._change(self._initial if json is None else decode(json)))
        except Exception as failure:
            self.raised = failure
            raise RuntimeError("the change failed") from None


def milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def asked(payload: Mapping[str, Any] | None, ttl_seconds: int | None, same_user: bool) -> ffi.LoginRequest:
    text = None if payload is None else encode(dict(payload))
    return ffi.LoginRequest(payload=text, ttl_seconds=ttl_seconds, same_user=same_user)


def as_object(text: str) -> JsonObject:
    payload: JsonObject = decode(text)
    return payload
