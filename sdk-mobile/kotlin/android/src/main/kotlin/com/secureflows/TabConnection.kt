package com.secureflows

import android.content.ComponentName
import android.content.Context
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import androidx.browser.customtabs.CustomTabsCallback
import androidx.browser.customtabs.CustomTabsClient
import androidx.browser.customtabs.CustomTabsIntent
import androidx.browser.customtabs.CustomTabsServiceConnection
import androidx.browser.customtabs.CustomTabsSession
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeoutOrNull

/** The way to the browser that shows the tab: it tells when the user minimises it. Main thread only. */
internal class TabConnection(private val context: Context) : CustomTabsServiceConnection() {
    private val ready = CompletableDeferred<CustomTabsSession?>()
    private var session: CustomTabsSession? = null
    private var bound = false
    private val main = Handler(Looper.getMainLooper())

    var minimised = false
        private set(value) {
            field = value
            onMinimised()
        }

    /** What is done when [minimised] changes. */
    var onMinimised: () -> Unit = {}

    /** What is done when the browser is gone, and all its tabs with it. */
    var onGone: () -> Unit = {}

    /** Waits for the browser, a second at most: without it the tab works as well, but tells nothing. */
    suspend fun connect() {
        val browser = CustomTabsClient.getPackageName(context, null) ?: return
        bound = CustomTabsClient.bindCustomTabsService(context, browser, this)
        if (bound) session = withTimeoutOrNull(PATIENCE_MILLISECONDS) { ready.await() }
    }

    fun intent(): CustomTabsIntent = CustomTabsIntent.Builder(session)
        .setShareState(CustomTabsIntent.SHARE_STATE_OFF)
        .build()

    fun disconnect() {
        onMinimised = {}
        onGone = {}
        if (bound) context.unbindService(this)
        bound = false
    }

    override fun onCustomTabsServiceConnected(name: ComponentName, client: CustomTabsClient) {
        ready.complete(client.newSession(callback))
    }

    override fun onServiceDisconnected(name: ComponentName) {
        ready.complete(null)
        onGone()
    }

    private val callback = object : CustomTabsCallback() {
        override fun onMinimized(extras: Bundle) {
            main.post { minimised = true }
        }

        override fun onUnminimized(extras: Bundle) {
            main.post { minimised = false }
        }
    }
}

private const val PATIENCE_MILLISECONDS = 1_000L
