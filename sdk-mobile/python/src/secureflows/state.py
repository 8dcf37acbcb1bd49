"""Whether somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from . import ffi


@dataclass(frozen=True)
class SignedOut:
    """Nobody is signed in, or no longer."""

    reason: ffi.SignedOutReason
    """Why."""
    data: ffi.DataState
    """What is known of the user's data."""


@dataclass(frozen=True)
class SigningIn:
    """A login is under way."""


@dataclass(frozen=True)
class SignedIn:
    """Somebody is signed in."""


@dataclass(frozen=True)
class Locked:
    """Somebody is signed in, but the workspace is locked: the data cannot be reached for now."""


AuthState = SignedOut | SigningIn | SignedIn | Locked
"""One of the four, to `match` on."""


def state_of(status: ffi.Status) -> AuthState:
    match status:
        case ffi.Status.SIGNED_OUT() | ffi.Status.EXPIRED():
            return SignedOut(status.reason, status.data)
        case ffi.Status.SIGNING_IN():
            return SigningIn()
        case ffi.Status.LOCKED():
            return Locked()
        case _:
            return SignedIn()
