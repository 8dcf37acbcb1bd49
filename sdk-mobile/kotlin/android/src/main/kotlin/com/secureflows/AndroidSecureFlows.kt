package com.secureflows

import android.content.Context
import okhttp3.OkHttpClient

/**
 * A client that shows hosted login in a Custom Tab, and whose logins outlive the process. Make one
 * for the whole app.
 *
 * ```kotlin
 * val sf = SecureFlows(context, workspace = "acme", appId = "acme-notes", redirectUri = "com.acme.notes:/callback")
 * ```
 *
 * The scheme of [redirectUri] is the manifest placeholder `secureFlowsScheme` of the app. Call
 * [handleRedirect] whenever the app comes to the front. The other arguments are those of the class.
 *
 * @param http what the app's OkHttp is set up with, such as certificate pins
 * @throws SecureFlowsException code `INVALID`, with the field and what to do about it
 */
fun SecureFlows(
    context: Context,
    workspace: String,
    appId: String,
    redirectUri: String,
    origin: String? = null,
    backends: List<String> = emptyList(),
    signInAgain: Boolean = true,
    payloadLimitBytes: Long? = null,
    http: OkHttpClient? = null,
): SecureFlows {
    val records = FileLoginRecords(context)
    return SecureFlows(
        workspace, appId, redirectUri, CustomTabsPresenter(context), origin, backends, signInAgain,
        payloadLimitBytes = payloadLimitBytes,
        host = if (http == null) OkHttpHost(records = records) else OkHttpHost(http, records),
    )
}

/**
 * Completes the login that was under way when the system ended the app's process; `false` when
 * nothing came back that nobody waited for. Call it whenever the app comes to the front:
 *
 * ```kotlin
 * lifecycleScope.launch { repeatOnLifecycle(Lifecycle.State.RESUMED) { sf.handleRedirect() } }
 * ```
 *
 * @throws SecureFlowsException as `completeLogin`: code `LOGIN_REFUSED` or `CALLBACK_REFUSED`; a
 * token at hand stays
 */
suspend fun SecureFlows.handleRedirect(): Boolean {
    val url = LoginPages.takeUnclaimed() ?: return false
    val ours = completeLogin(url)
    if (!ours) LoginPages.leaveUnclaimed(url)
    return ours
}
