"""secureFlows for Python: sign a user in, keep their data, sign them in again.

Everything an app needs is here. What is called by the library itself, for a host of one's own, is in
:mod:`secureflows.ffi`, which is generated from the core.
"""

from .client import SecureFlows
from .errors import SecureFlowsError, UserCancelled
from .ffi import (
    CallbackProblem,
    Cause,
    ClientEvent,
    DataState,
    ErrorCode,
    Outcome,
    Quota,
    SignedOutReason,
    WhoIs,
)
from .host import HttpHost
from .login import LoginClosed, LoginPresenter
from .loopback import LoopbackPresenter
from .records import LoginRecords, MemoryLoginRecords
from .state import AuthState, Locked, SignedIn, SignedOut, SigningIn

__all__ = [
    "AuthState",
    "CallbackProblem",
    "Cause",
    "ClientEvent",
    "DataState",
    "ErrorCode",
    "HttpHost",
    "Locked",
    "LoginClosed",
    "LoginPresenter",
    "LoginRecords",
    "LoopbackPresenter",
    "MemoryLoginRecords",
    "Outcome",
    "Quota",
    "SecureFlows",
    "SecureFlowsError",
    "SignedIn",
    "SignedOut",
    "SignedOutReason",
    "SigningIn",
    "UserCancelled",
    "WhoIs",
]
