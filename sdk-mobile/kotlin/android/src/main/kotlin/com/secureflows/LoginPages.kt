package com.secureflows

import android.net.Uri
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.CompletableDeferred

/** The login pages of this process. What came back carries a token, and is in memory only. */
internal object LoginPages {
    private val unclaimed = AtomicReference<String>()
    private var arrived: String? = null

    /** The page that is shown, if one is. Main thread only, as all that is not said to be for any. */
    var shown: LoginPage? = null

    /** Keeps [url] for [deliver]; `false` when it is not what the page that is shown waits for. */
    fun arrive(url: String): Boolean {
        if (shown?.expects(url) == false) {
            leaveUnclaimed(url)
            return false
        }
        arrived = url
        return true
    }

    /** Gives what arrived to who waits for it, or leaves it for `handleRedirect`. */
    fun deliver() {
        val url = arrived ?: return
        arrived = null
        if (shown?.answer?.complete(url) != true) leaveUnclaimed(url)
    }

    val hasArrived get() = arrived != null

    /** For any thread. */
    fun takeUnclaimed(): String? = unclaimed.getAndSet(null)

    /** For any thread; what came later stays. */
    fun leaveUnclaimed(url: String) {
        unclaimed.compareAndSet(null, url)
    }
}

/** One page of hosted login, from its showing to its end. Main thread only. */
internal class LoginPage(url: String, val tab: TabConnection) {
    val uri: Uri = Uri.parse(url)
    val answer = CompletableDeferred<String>()

    /** The activity under the tab. */
    var activity: LoginActivity? = null

    /** Whether the tab is a small window over the app now. */
    val minimised get() = tab.minimised

    /** Only the page's own `state` ends it: any app may send a URL of our scheme. */
    fun expects(url: String): Boolean = state(Uri.parse(url)) == state(uri)

    fun closed() {
        answer.completeExceptionally(LoginClosed())
    }

    private fun state(uri: Uri) = if (uri.isHierarchical) uri.getQueryParameter("state") else null
}
