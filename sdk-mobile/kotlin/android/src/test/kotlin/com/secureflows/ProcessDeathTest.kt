package com.secureflows

import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

private const val ORIGIN = "https://platform.example"
private const val REDIRECT = "com.acme.notes:/callback"

/** A new process is played by new objects: what the old one had in memory is not used again. */
@RunWith(RobolectricTestRunner::class)
class ProcessDeathTest {
    private val app: Application = RuntimeEnvironment.getApplication()

    @After fun nothingStays() {
        LoginPages.takeUnclaimed()
    }

    private fun client() = SecureFlows(
        "acme", "acme-notes", REDIRECT, origin = ORIGIN, signInAgain = false, host = Platform(FileLoginRecords(app)),
    )

    /** The browser comes back to an app of which only the task is left, with the state of what lay under the tab. */
    private fun comesBack(url: String) {
        val redirect = Robolectric.buildActivity(RedirectActivity::class.java, Intent(Intent.ACTION_VIEW, Uri.parse(url)))
        val over = shadowOf(redirect.create().get()).nextStartedActivity
        val state = Bundle().apply { putBoolean("opened", true) }
        val below = Robolectric.buildActivity(LoginActivity::class.java).create(state).start().newIntent(over).resume()
        assertTrue(below.get().isFinishing)
    }

    private fun callback(page: String) =
        "$REDIRECT?sessionToken=a-token&state=${Uri.parse(page).getQueryParameter("state")}"

    @Test fun aNewProcessCompletesTheLoginFromItsRecord() = runBlocking {
        val page = client().use { it.beginLogin() }
        val kept = File(app.noBackupFilesDir, "secureflows-logins").listFiles()!!.single().readText()
        comesBack(callback(page))
        client().use {
            assertEquals(AuthState.SignedOut(SignedOutReason.NEVER_SIGNED_IN, DataState.UNKNOWN), it.state.value)
            assertTrue(it.handleRedirect())
            assertEquals("1", it.identity().userId)
            assertFalse("once", it.handleRedirect())
        }
        val files = app.dataDir.walk().filter(File::isFile).map { it.readBytes().toString(Charsets.ISO_8859_1) }
        assertFalse((files + kept).any { "a-token" in it })
    }

    @Test fun whatNobodyBeganIsRefused() {
        comesBack("$REDIRECT?sessionToken=evil&state=sf1.${"0".repeat(32)}")
        client().use {
            val refused = assertThrows(SecureFlowsException::class.java) { runBlocking { it.handleRedirect() } }
            assertEquals(CallbackProblem.STATE_UNKNOWN, refused.callback)
        }
    }

    @Test fun theCallbackOfAnotherClientIsLeftToIt() = runBlocking {
        val page = client().use { it.beginLogin() }
        comesBack(callback(page))
        SecureFlows("acme", "acme-notes", "com.acme.notes:/other", origin = ORIGIN, host = Platform(MemoryLoginRecords()))
            .use { assertFalse(it.handleRedirect()) }
        client().use { assertTrue(it.handleRedirect()) }
    }

    @Test fun nothingCameBack() = runBlocking {
        client().use { assertFalse(it.handleRedirect()) }
    }

    @Test fun aTabClosedAfterTheProcessEndedLeavesNothing() {
        val state = Bundle().apply { putBoolean("opened", true) }
        val below = Robolectric.buildActivity(LoginActivity::class.java).setup(state)
        shadowOf(android.os.Looper.getMainLooper()).idleFor(java.time.Duration.ofSeconds(2))
        assertTrue(below.get().isFinishing)
        assertNull(shadowOf(below.get()).nextStartedActivity)
    }

    @Test fun aRecordIsHandedOutOnce() {
        val records = FileLoginRecords(app)
        assertTrue(records.keep("sf1/../a", "record"))
        assertNull(records.take("sf1"))
        assertEquals("record", FileLoginRecords(app).take("sf1/../a"))
        assertNull(records.take("sf1/../a"))
    }

    @Test fun onlyTheLatestRecordsAreKept() {
        val records = FileLoginRecords(app)
        val folder = File(app.noBackupFilesDir, "secureflows-logins")
        for (number in 1..40) {
            records.keep("$number", "record $number")
            folder.listFiles()!!.forEach { it.setLastModified(it.lastModified() - 1_000) }
        }
        assertEquals("record 40", records.take("40"))
        assertEquals(15, folder.listFiles()!!.size)
        assertNull(records.take("1"))
    }
}

/** Says who is signed in, and nothing else. */
private class Platform(private val records: LoginRecords) : PlatformHost by OkHttpHost(records = records) {
    override fun send(request: HttpRequest, exchange: Exchange) =
        exchange.succeed(200u, null, """{"userId":1,"email":null}""".toByteArray())
}
