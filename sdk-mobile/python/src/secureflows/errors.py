"""Why a call failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from . import ffi

T = TypeVar("T")


class SecureFlowsError(Exception):
    """Why a call failed. It carries no token and no stored value, so it may be logged.

    >>> try:
    ...     await sf.get("")
    ... except SecureFlowsError as error:
    ...     print(error.code.name, error.field, error.retryable)
    INVALID key False
    """

    code: ffi.ErrorCode
    """The name of this kind of error, the same in every language."""
    data: ffi.DataState
    """What is known of the user's stored data."""
    sign_in_again: bool
    """Whether the user has to sign in before another call can work."""
    retryable: bool
    """Whether the same call may be made again as it is."""
    outcome: ffi.Outcome
    """Whether the request went out, and what became of it."""
    detail: str | None
    """The platform's own words, or where reading stopped."""
    signed_out: ffi.SignedOutReason | None
    """Why the user is signed out."""
    login: str | None
    """How a login ended: the platform's word, `user_cancelled` or `declined`."""
    callback: ffi.CallbackProblem | None
    """What is wrong with a callback."""
    quota: ffi.Quota | None
    """Which quota is used up."""
    reason: ffi.Cause | None
    """Why an answer is missing or useless."""
    status: int | None
    """The HTTP status, where `code` alone does not give it."""
    retry_after: float | None
    """How long the platform asks to wait, in seconds."""
    field: str | None
    """The field that is not valid."""
    mend: str | None
    """What to do about it."""

    def __init__(self, info: ffi.FailureInfo) -> None:
        super().__init__(info.text)
        wait = info.retry_after_milliseconds
        self.code, self.data, self.outcome = info.code, info.data, info.outcome
        self.sign_in_again, self.retryable = info.sign_in_again, info.retryable
        self.detail, self.status = info.detail, info.status
        self.signed_out, self.login, self.callback = info.signed_out, info.login, info.callback
        self.quota, self.reason = info.quota, info.cause
        self.retry_after = None if wait is None else wait / 1000
        self.field, self.mend = info.field, info.mend


class UserCancelled(SecureFlowsError):
    """The user closed the login page."""


async def told(call: Awaitable[T]) -> T:
    """What the binding raises, as an app knows it."""
    try:
        return await call
    except ffi.Failure as failure:
        error = error_of(failure)
    # Here, and not there: as its context the binding's error would hold on to the client.
    raise error


def told_now(call: Callable[[], T]) -> T:
    """As :func:`told`, of a call that does not wait."""
    try:
        return call()
    except ffi.Failure as failure:
        error = error_of(failure)
    raise error


def error_of(failure: ffi.Failure) -> SecureFlowsError:
    # Its only other kind is for calls that were given a cancellation, and none here are.
    info: ffi.FailureInfo = vars(failure)["info"]
    return UserCancelled(info) if info.login == "user_cancelled" else SecureFlowsError(info)


def wrong_type(expected: str) -> SecureFlowsError:
    return SecureFlowsError(
        ffi.FailureInfo(
            code=ffi.ErrorCode.WRONG_TYPE,
            data=ffi.DataState.INTACT,
            sign_in_again=False,
            retryable=False,
            outcome=ffi.Outcome.APPLIED,
            text=f"the stored value is not {expected}; read it with get_json",
            detail=f"expected {expected}",
            signed_out=None,
            login=None,
            callback=None,
            quota=None,
            cause=None,
            status=None,
            retry_after_milliseconds=None,
            field=None,
            mend=None,
        )
    )
