package com.secureflows

import com.secureflows.ffi.DataState
import com.secureflows.ffi.SignedOutReason
import com.secureflows.ffi.Status

/** Whether somebody is signed in. */
sealed interface AuthState {
    /** Nobody is, or no longer: [reason] says why, [data] what is known of the data. */
    data class SignedOut(val reason: SignedOutReason, val data: DataState) : AuthState

    /** A login is under way. */
    data object SigningIn : AuthState

    /** Somebody is. */
    data object SignedIn : AuthState

    /** Somebody is, but the workspace is locked: the data cannot be reached for now. */
    data object Locked : AuthState
}

internal fun authState(status: Status): AuthState = when (status) {
    is Status.SignedOut -> AuthState.SignedOut(status.reason, status.data)
    is Status.Expired -> AuthState.SignedOut(status.reason, status.data)
    Status.SigningIn -> AuthState.SigningIn
    Status.SignedIn -> AuthState.SignedIn
    Status.Locked -> AuthState.Locked
}
