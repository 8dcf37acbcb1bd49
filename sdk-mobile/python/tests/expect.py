"""What an app sees of a failure."""

from __future__ import annotations

from collections.abc import Awaitable

from secureflows import (
    Cause,
    DataState,
    ErrorCode,
    Outcome,
    SecureFlows,
    SecureFlowsError,
    SignedOut,
    SignedOutReason,
)
from stage import failure

EXPIRED = SignedOut(SignedOutReason.EXPIRED, DataState.INTACT)
ENDED = SignedOut(SignedOutReason.SESSION_ENDED, DataState.UNKNOWN)
BY_USER = SignedOut(SignedOutReason.BY_USER, DataState.INTACT)
DESTROYED = SignedOut(SignedOutReason.DESTROYED, DataState.DESTROYED)


def is_signed_out(error: SecureFlowsError, state: SignedOut) -> None:
    expected = ErrorCode.SIGNED_OUT, state.reason, state.data
    assert (error.code, error.signed_out, error.data) == expected


async def signed_out(call: Awaitable[object], state: SignedOut) -> None:
    is_signed_out(await failure(call), state)


async def all_calls_fail(client: SecureFlows, state: SignedOut) -> None:
    """Every call fails so, and the client knows that it is signed out."""
    await signed_out(client.get("note"), state)
    assert client.state == state
    await signed_out(client.set("note", 2), state)
    await signed_out(client.payload(), state)
    await signed_out(client.identity(), state)


async def unavailable(call: Awaitable[object], cause: Cause) -> None:
    error = await failure(call)
    assert (error.code, error.reason) == (ErrorCode.UNAVAILABLE, cause)


async def unknown(call: Awaitable[object], cause: Cause, data: DataState = DataState.INTACT) -> None:
    error = await failure(call)
    assert (error.code, error.reason) == (ErrorCode.OUTCOME_UNKNOWN, cause)
    assert (error.outcome, error.data) == (Outcome.UNKNOWN, data)
