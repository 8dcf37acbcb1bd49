package com.secureflows

import com.secureflows.ffi.CallbackProblem
import com.secureflows.ffi.Cause
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.Failure
import com.secureflows.ffi.FailureInfo
import com.secureflows.ffi.Outcome
import com.secureflows.ffi.Quota
import com.secureflows.ffi.SignedOutReason

/**
 * Why a call failed. It carries no token and no stored value, so it may be logged as it is.
 *
 * ```kotlin
 * try {
 *     sf.set("theme", "dark")
 * } catch (failure: SecureFlowsException) {
 *     when {
 *         failure.signInAgain -> sf.signIn()
 *         failure.outcome == Outcome.UNKNOWN -> sf.get<String>("theme")  // read before writing again
 *         failure.retryable -> retryLater(failure.retryAfterMillis)
 *         else -> show(failure.code)
 *     }
 * }
 * ```
 */
open class SecureFlowsException internal constructor(info: FailureInfo) : Exception(info.text) {
    /** The name of this kind of error, the same in every language. */
    val code: ErrorCode = info.code

    /** What is known of the user's stored data. */
    val data: DataState = info.data

    /** Whether the user has to sign in before another call can work. */
    val signInAgain: Boolean = info.signInAgain

    /** Whether the same call may be made again as it is. */
    val retryable: Boolean = info.retryable

    /** Whether the request went out, and what became of it. */
    val outcome: Outcome = info.outcome

    /** The platform's own words, or where reading stopped. */
    val detail: String? = info.detail

    /** Why the user is signed out. */
    val signedOut: SignedOutReason? = info.signedOut

    /** How a login ended: the platform's word, `user_cancelled` or `declined`. */
    val login: String? = info.login

    /** What is wrong with a callback. */
    val callback: CallbackProblem? = info.callback

    /** Which quota is used up. */
    val quota: Quota? = info.quota

    /** Why an answer is missing or useless. */
    val reason: Cause? = info.cause

    /** The HTTP status, where the code alone does not give it. */
    val status: Int? = info.status?.toInt()

    /** How long the platform asks to wait, in milliseconds. */
    val retryAfterMillis: Long? = info.retryAfterMilliseconds?.toLong()

    /** The field that is not valid. */
    val field: String? = info.field

    /** What to do about it. */
    val mend: String? = info.mend
}

/** The user closed the login page, or let it lie until it was given up. The app goes on as before. */
class UserCancelled internal constructor(info: FailureInfo) : SecureFlowsException(info)

internal inline fun <T> told(call: () -> T): T = try {
    call()
} catch (failure: Failure.Failed) {
    val info = failure.info
    throw if (info.login == "user_cancelled") UserCancelled(info) else SecureFlowsException(info)
}

internal fun wrongType(expected: String) = SecureFlowsException(
    FailureInfo(
        ErrorCode.WRONG_TYPE, DataState.INTACT, signInAgain = false, retryable = false, Outcome.APPLIED,
        "the stored value has another type than $expected; read it with getJson", "expected $expected",
        null, null, null, null, null, null, null, null, null,
    ),
)
