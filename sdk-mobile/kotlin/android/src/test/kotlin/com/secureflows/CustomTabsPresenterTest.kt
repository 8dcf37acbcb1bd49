package com.secureflows

import android.app.ActivityManager.RunningAppProcessInfo
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import android.os.Parcel
import androidx.browser.customtabs.CustomTabsIntent
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

private const val PAGE = "https://platform.example/app/sessions/login?app_id=notes&state=sf1.one"
private const val BACK = "com.acme.notes:/callback?sessionToken=a-token&state=sf1.one"

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
class CustomTabsPresenterTest {
    private val app: Application = RuntimeEnvironment.getApplication()
    private val presenter = CustomTabsPresenter(app)
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    private lateinit var browser: Browser

    @Before fun aBrowserIsInstalled() {
        browser = Browser(app)
    }

    @After fun nothingStays() {
        scope.cancel()
        settle()
        LoginPages.takeUnclaimed()
    }

    private fun settle(milliseconds: Long = 0) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(milliseconds))

    private fun present(page: String = PAGE): Deferred<String> = scope.async { presenter.present(page) }.also { settle() }

    /** What the system does with the intent that was started: the activity comes up, and opens its tab. */
    private fun comesUp(): ActivityController<LoginActivity> {
        val started = shadowOf(app).nextStartedActivity
        assertEquals(LoginActivity::class.java.name, started.component!!.className)
        return Robolectric.buildActivity(LoginActivity::class.java, started).setup()
    }

    /** The activity with its tab over it. */
    private fun showing(page: String = PAGE): ActivityController<LoginActivity> {
        val below = comesUp()
        val tab = shadowOf(below.get()).nextStartedActivity
        assertEquals(Uri.parse(page), tab.data)
        assertTrue(tab.hasExtra(CustomTabsIntent.EXTRA_SESSION))
        below.pause().stop()
        return below
    }

    /** The browser follows the redirect; gives what it starts, if anything. */
    private fun redirected(url: String): Intent? {
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url))
        val redirect = Robolectric.buildActivity(RedirectActivity::class.java, intent).create().get()
        assertTrue(redirect.isFinishing)
        return shadowOf(redirect).nextStartedActivity
    }

    private fun ActivityController<LoginActivity>.inFront() = start().resume().also { settle() }

    private fun failure(login: Deferred<String>): Throwable? {
        settle()
        return login.getCompletionExceptionOrNull()
    }

    @Test fun theRedirectEndsTheLoginAndTakesTheTabAway() {
        val login = present()
        val below = showing()
        val over = redirected(BACK)!!
        assertTrue(over.flags and Intent.FLAG_ACTIVITY_CLEAR_TOP != 0)
        below.newIntent(over)
        settle()
        assertEquals(BACK, login.getCompleted())
        assertTrue(below.get().isFinishing)
        assertNull("nothing more is started", shadowOf(app).nextStartedActivity)
    }

    @Test fun theTokenIsInNoIntentOfOursAndInNoSavedState() {
        present()
        val below = showing()
        val over = redirected(BACK)!!
        val saved = Bundle().also { below.saveInstanceState(it) }
        for (kept in listOf(over.toUri(0), text(saved))) {
            assertFalse(kept, "a-token" in kept || "sf1.one" in kept)
        }
        val redirect = Robolectric.buildActivity(RedirectActivity::class.java, Intent(Intent.ACTION_VIEW, Uri.parse(BACK)))
        val state = Bundle().also { redirect.create().saveInstanceState(it) }
        assertNull(redirect.get().intent.data)
        assertFalse("a-token" in text(state))
    }

    private fun text(bundle: Bundle): String = Parcel.obtain().let {
        it.writeBundle(bundle)
        val bytes = it.marshall()
        it.recycle()
        String(bytes, Charsets.UTF_16LE) + String(bytes, 1, bytes.size - 1, Charsets.UTF_16LE) + String(bytes, Charsets.ISO_8859_1) + bundle
    }

    @Test fun aClosedTabIsTheUsersWish() {
        val login = present()
        val below = showing().inFront()
        settle(900)
        assertFalse(login.isCompleted)
        settle(200)
        assertTrue(failure(login) is LoginClosed)
        assertTrue(below.get().isFinishing)
    }

    @Test fun aMinimisedTabIsStillWaitedFor() {
        val login = present()
        val below = showing().inFront()
        browser.minimise()
        settle(60_000)
        assertFalse(login.isCompleted)
        assertFalse(below.get().isFinishing)
        below.newIntent(redirected(BACK)!!)
        settle()
        assertEquals(BACK, login.getCompleted())
    }

    @Test fun aTabThatWasMinimisedCanBeClosed() {
        val login = present()
        val below = showing().inFront()
        browser.minimise()
        settle(5_000)
        browser.unminimise()
        below.pause().stop()
        settle(5_000)
        assertFalse(login.isCompleted)
        below.inFront()
        settle(1_100)
        assertTrue(failure(login) is LoginClosed)
    }

    @Test fun theHomeButtonEndsNothing() {
        val login = present()
        showing()
        settle(300_000)
        assertFalse(login.isCompleted)
    }

    @Test fun aTurnedDeviceEndsNothing() {
        val login = present()
        val below = showing()
        val state = Bundle().also { below.saveInstanceState(it) }
        below.destroy()
        val again = Robolectric.buildActivity(LoginActivity::class.java).setup(state)
        assertNull("the tab is not opened twice", shadowOf(again.get()).nextStartedActivity)
        again.pause().newIntent(redirected(BACK)!!)
        settle()
        assertEquals(BACK, login.getCompleted())
    }

    @Test fun aForeignRedirectEndsNothing() {
        val login = present()
        showing()
        assertNull(redirected("com.acme.notes:/callback?sessionToken=evil&state=sf1.two"))
        assertNull(redirected("com.acme.notes:callback"))
        settle()
        assertFalse(login.isCompleted)
    }

    @Test fun aLoginThatIsGivenUpTakesItsTabAway() {
        val login = present()
        val below = showing()
        login.cancel()
        settle()
        val over = shadowOf(app).nextStartedActivity
        assertTrue(over.flags and Intent.FLAG_ACTIVITY_CLEAR_TOP != 0)
        below.newIntent(over)
        assertTrue(below.get().isFinishing)
    }

    @Test fun anotherLoginTakesThePlaceOfTheOneThatIsShown() {
        val first = present()
        val below = showing()
        val second = present("https://platform.example/app/sessions/login?state=sf1.two")
        assertTrue(failure(first) is LoginDeclined)
        below.newIntent(shadowOf(app).nextStartedActivity)
        showing("https://platform.example/app/sessions/login?state=sf1.two")
        assertFalse(second.isCompleted)
    }

    @Test fun nothingIsShownFromTheBackground() {
        shadowOf(app.getSystemService(android.app.ActivityManager::class.java)).setProcesses(
            listOf(RunningAppProcessInfo().apply {
                pid = android.os.Process.myPid()
                importance = RunningAppProcessInfo.IMPORTANCE_CACHED
            }),
        )
        val login = present()
        assertTrue(failure(login) is LoginDeclined)
        assertNull(shadowOf(app).nextStartedActivity)
    }
}
