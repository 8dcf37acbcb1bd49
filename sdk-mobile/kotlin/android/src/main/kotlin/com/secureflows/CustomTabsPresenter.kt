package com.secureflows

import android.app.ActivityManager
import android.content.Context
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/**
 * Shows hosted login in a Custom Tab, or in the user's browser where there are none.
 *
 * Closing the tab ends the login with [UserCancelled]; minimising it, going home and turning the
 * device do not. A login that begins while another is shown takes its place. Give the client
 * [FileLoginRecords] too, so that a login outlives the process.
 */
class CustomTabsPresenter(context: Context) : LoginPresenter {
    private val app = context.applicationContext

    override suspend fun present(page: String): String = withContext(Dispatchers.Main.immediate) {
        if (!inForeground()) throw LoginDeclined("the app is in the background, where it cannot show a page")
        LoginPages.shown?.answer?.completeExceptionally(LoginDeclined("another login was begun"))
        turn.withLock { show(page) }
    }

    private suspend fun show(url: String): String {
        val tab = TabConnection(app)
        val page = LoginPage(url, tab)
        try {
            tab.connect()
            // What came back too late for the login before is none of this one.
            LoginPages.deliver()
            LoginPages.shown = page
            app.startActivity(LoginActivity.showing(app))
            return page.answer.await()
        } finally {
            LoginPages.shown = null
            tab.disconnect()
            // Nobody waits any more: what lies under the tab comes to the front, and takes the tab along.
            if (page.activity != null) app.startActivity(LoginActivity.over(app))
        }
    }

    private fun inForeground(): Boolean {
        val me = ActivityManager.RunningAppProcessInfo()
        ActivityManager.getMyMemoryState(me)
        return me.importance == ActivityManager.RunningAppProcessInfo.IMPORTANCE_FOREGROUND
    }
}

/** One page at a time, whoever shows it. */
private val turn = Mutex()
