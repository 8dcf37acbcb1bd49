package com.secureflows

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.WindowManager.LayoutParams

/**
 * What lies under the Custom Tab, and shows nothing. When it is back in front and nothing came, the
 * user has closed the tab; started again, it takes the tab off the screen.
 *
 * Its saved state says whether the tab was opened, and nothing else.
 */
class LoginActivity : Activity() {
    private val page = LoginPages.shown
    private val main = Handler(Looper.getMainLooper())
    private var opened = false

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        opened = state?.getBoolean(OPENED) ?: false
        page?.activity = this
        page?.tab?.onMinimised = ::letTouchesThrough
        page?.tab?.onGone = { if (page.minimised) finish() }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        end()
    }

    override fun onResume() {
        super.onResume()
        when {
            isFinishing -> Unit
            LoginPages.hasArrived || (page == null && !opened) -> end()
            opened -> main.postDelayed(::closedUnlessMinimised, SETTLING_MILLISECONDS)
            else -> open()
        }
    }

    override fun onPause() {
        main.removeCallbacksAndMessages(null)
        super.onPause()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putBoolean(OPENED, opened)
    }

    override fun finish() {
        page?.activity = null
        super.finish()
        page?.closed()
    }

    private fun open() {
        opened = true
        val page = page ?: return
        try {
            page.tab.intent().launchUrl(this, page.uri)
        } catch (_: ActivityNotFoundException) {
            page.answer.completeExceptionally(LoginDeclined("there is no browser"))
            finish()
        }
    }

    /** The login is over, or somebody gave it up. */
    private fun end() {
        page?.activity = null
        LoginPages.deliver()
        finish()
    }

    private fun closedUnlessMinimised() {
        if (page?.minimised != true) finish()
    }

    /** While the tab is a small window, the app below can be used. */
    private fun letTouchesThrough() {
        val through = LayoutParams.FLAG_NOT_TOUCHABLE or LayoutParams.FLAG_NOT_FOCUSABLE
        if (page?.minimised == true) window.addFlags(through) else window.clearFlags(through)
    }

    companion object {
        internal fun showing(context: Context) = Intent(context, LoginActivity::class.java)
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)

        /** Brings the one that lies under the tab to the front, and ends it. */
        internal fun over(context: Context) = showing(context)
            .addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_SINGLE_TOP)
    }
}

private const val OPENED = "opened"

/** A tab that is minimised says so a moment after what lies under it is in front. */
private const val SETTLING_MILLISECONDS = 1_000L
