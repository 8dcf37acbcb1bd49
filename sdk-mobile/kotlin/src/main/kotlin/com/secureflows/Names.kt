package com.secureflows

/**
 * The name of a kind of error, the same in every language, by what the app should do next.
 *
 * | value | what happened | what to do |
 * | --- | --- | --- |
 * | `SIGNED_OUT` | the token is dead or there is none; `signedOut` says why | sign in again |
 * | `SIGNED_OUT_LOCALLY` | signed out here, but the platform could not be told | call `signOut` again later |
 * | `USER_CHANGED` | somebody else came back from a re-login; nothing was sent | show the new user's data |
 * | `LOGIN_REFUSED` | hosted login brought no token; `login` says why | let the user try again |
 * | `CALLBACK_REFUSED` | what came back is no answer to a login of ours; `callback` says why | begin a new login |
 * | `LOCKED` | the workspace is locked; the user stays signed in | tell the user, try later |
 * | `FORBIDDEN` | the platform refuses this user this call | nothing: it would be refused again |
 * | `QUOTA_EXCEEDED` | the plan allows no more; `quota` says of what | store less |
 * | `RATE_LIMITED` | too many calls | wait for `retryAfterMillis` |
 * | `INVALID` | an argument will not do; nothing was sent | `field` and `mend` say what to change |
 * | `REJECTED` | the platform does not take the call | `detail` has its words |
 * | `WRONG_TYPE` | the stored value has another type | read it with `getJson` |
 * | `UNAVAILABLE` | no usable answer came; nothing changed | try again |
 * | `OUTCOME_UNKNOWN` | a write may have happened or not | read before writing again |
 */
typealias ErrorCode = com.secureflows.ffi.ErrorCode

/** What is known of the user's stored data: `INTACT`, `DESTROYED`, or `UNKNOWN` until it is read again. */
typealias DataState = com.secureflows.ffi.DataState

/**
 * What became of a call: `NOT_SENT`, `NO_EFFECT` (it may have gone out, and changed nothing), `APPLIED`
 * (the failure came after), or `UNKNOWN` until it is read again.
 */
typealias Outcome = com.secureflows.ffi.Outcome

/**
 * Why nobody is signed in: `NEVER_SIGNED_IN`, `BY_USER`, `EXPIRED` (the token; the data is there),
 * `SESSION_ENDED` (the data may be gone), `DESTROYED` (by `destroyAllData`).
 */
typealias SignedOutReason = com.secureflows.ffi.SignedOutReason

/**
 * What is wrong with a callback: its state is `STATE_MISSING`, `STATE_UNKNOWN` (never drawn here, or
 * used), `STATE_EXPIRED` (ten minutes passed) or `STATE_FOREIGN` (another application's), or the URL is
 * `MALFORMED`.
 */
typealias CallbackProblem = com.secureflows.ffi.CallbackProblem

/** What the plan allows no more of: `SESSIONS`, or bytes of one user's `PAYLOAD`. */
typealias Quota = com.secureflows.ffi.Quota

/** Who is signed in: a `userId` that is the same in every session, and the `email` of the sign-up. */
typealias WhoIs = com.secureflows.ffi.WhoIs
