package com.acme.notes

import androidx.annotation.StringRes
import com.secureflows.ErrorCode
import com.secureflows.SecureFlowsException

/** What a user is told when something failed. */
@StringRes
fun inWords(failure: Throwable): Int = when ((failure as? SecureFlowsException)?.code) {
    ErrorCode.SIGNED_OUT, ErrorCode.USER_CHANGED -> R.string.error_signed_out
    ErrorCode.SIGNED_OUT_LOCALLY -> R.string.error_signed_out_locally
    ErrorCode.UNAVAILABLE -> R.string.error_unavailable
    ErrorCode.OUTCOME_UNKNOWN -> R.string.error_outcome_unknown
    ErrorCode.QUOTA_EXCEEDED -> R.string.error_quota
    ErrorCode.RATE_LIMITED -> R.string.error_rate
    ErrorCode.LOCKED -> R.string.error_locked
    ErrorCode.LOGIN_REFUSED -> R.string.error_login
    ErrorCode.CALLBACK_REFUSED -> R.string.error_callback
    else -> R.string.error_unknown
}
