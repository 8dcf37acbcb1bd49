package com.secureflows

import com.secureflows.ffi.Cause
import com.secureflows.ffi.ClientEvent
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import com.secureflows.ffi.Timer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class BindingTest {
    @Test fun theJarIsWhatIsTried() {
        assertTrue(SecureFlows::class.java.protectionDomain.codeSource.location.path.endsWith(".jar"))
        assertEquals(null, System.getProperty("jna.library.path"))
    }

    private fun play(play: suspend kotlinx.coroutines.CoroutineScope.() -> Unit) = runBlocking(block = play)

    @Test fun aThousandCallsAtOnce() = play {
        Stage(signedIn = true).use {
            it.client.set("note", 1)
            List(1_000) { _ -> async(Dispatchers.Default) { it.client.get<Int>("note") } }
                .awaitAll().forEach { value -> assertEquals(1, value) }
        }
    }

    @Test fun aCancelledCallStopsItsRequestAndTellsOfItsDoubt() = play {
        val stopped = AtomicInteger()
        val begun = AtomicInteger()
        val silent = object : PlatformHost by OkHttpHost() {
            override fun send(request: HttpRequest, exchange: Exchange) {
                if (request.url.endsWith("/identity")) return exchange.succeed(200u, null, """{"userId":1,"email":null}""".toByteArray())
                exchange.onCancel(object : com.secureflows.ffi.CancelHandle {
                    override fun cancel() { stopped.incrementAndGet() }
                })
                kept += exchange
                begun.incrementAndGet()
            }
        }
        SecureFlows(WORKSPACE, APP, REDIRECT, origin = "https://p.example", host = silent).use { client ->
            client.adopt("t", "https://p.example")
            val doubts = mutableListOf<String?>()
            val listening = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) {
                client.events.collect { if (it is ClientEvent.OutcomeUnknown) doubts += it.key }
            }
            val write = launch(Dispatchers.Default) { client.set("k", 1) }
            until { begun.get() == 1 }
            write.cancelAndJoin()
            until { stopped.get() == 1 && doubts.size == 1 }
            assertEquals(listOf("k"), doubts)
            listening.cancelAndJoin()
        }
    }

    private val kept = mutableListOf<Exchange>()

    @Test fun aHostThatThrowsFailsTheCallAndNothingElse() = play {
        val throwing = object : PlatformHost by OkHttpHost() {
            override fun send(request: HttpRequest, exchange: Exchange) {
                if (request.url.endsWith("/identity")) return exchange.succeed(200u, null, """{"userId":1,"email":null}""".toByteArray())
                error("a mistake in the host")
            }
        }
        SecureFlows(WORKSPACE, APP, REDIRECT, origin = "https://p.example", host = throwing).use {
            it.adopt("t", "https://p.example")
            assertEquals(ErrorCode.UNAVAILABLE, failure { it.getJson("k") }.code)
            assertEquals(ErrorCode.OUTCOME_UNKNOWN, failure { it.set("k", 1) }.code)
            assertEquals(AuthState.SignedIn, it.state.value)
        }
    }

    @Test fun aHostThatThrowsEverywhereFailsWhatNeedsIt() = play {
        val answering = AtomicBoolean(true)
        val throwing = object : PlatformHost {
            override fun send(request: HttpRequest, exchange: Exchange) {
                if (answering.get()) exchange.succeed(200u, null, """{"userId":1,"email":null}""".toByteArray()) else kept += exchange
            }
            override fun startTimer(milliseconds: ULong, timer: Timer) = mistake()
            override fun now(): ULong = mistake()
            override fun keep(name: String, record: String): Boolean = mistake()
            override fun take(name: String): String? = mistake()
            private fun mistake(): Nothing = error("a mistake in the host with a-token")
        }
        SecureFlows(WORKSPACE, APP, REDIRECT, origin = "https://p.example", host = throwing).use {
            it.adopt("a-token", "https://p.example")
            val callback = "$REDIRECT?sessionToken=t&state=sf1.${"0".repeat(32)}"
            val begun = failure { it.beginLogin() }
            val completed = failure { it.completeLogin(callback) }
            assertEquals(ErrorCode.INVALID, begun.code)
            assertEquals(ErrorCode.CALLBACK_REFUSED, completed.code)
            answering.set(false)
            val timedOut = failure { it.getJson("k") }
            assertEquals(ErrorCode.UNAVAILABLE to Cause.TimedOut, timedOut.code to timedOut.reason)
            for (failure in listOf(begun, completed, timedOut)) assertFalse("a-token" in failure.stackTraceToString())
        }
    }

    @Test fun anUpdateReadsChangesAndWrites() = play {
        Stage(signedIn = true).use {
            assertEquals(1, it.client.update<Int>("n") { old -> (old ?: 0) + 1 })
            assertEquals(3, it.client.update("n", 0) { old -> old + 2 })
            assertEquals(3, it.client.get<Int>("n"))
            val mine = runCatching { it.client.update<Int>("n") { throw IllegalStateException("mine") } }
            assertEquals("mine", mine.exceptionOrNull()?.message)
            val notes = it.client.collection<String>("note")
            val id = notes.insert("milk")
            assertEquals(mapOf(id to "milk"), notes.list())
            assertTrue(notes.remove(id))
        }
    }

    @Test fun theTokenGoesToTheAppsOwnBackendsOnly() = play {
        Stage().use {
            val client = it.another(backends = listOf("https://api.example"))
            it.signIn(client, ADA)
            assertTrue(client.authorize("https://api.example/notes").startsWith("Bearer "))
            assertEquals("url", failure { client.authorize("https://api.example.evil.example/") }.field)
            val request = Request.Builder().url("https://API.example/notes?x=1").post("{}".toRequestBody()).build()
            val authorized = client.authorize(request)
            assertEquals(client.authorize("https://api.example/notes"), authorized.header("Authorization"))
            assertEquals(Triple(request.url, request.method, request.body), Triple(authorized.url, authorized.method, authorized.body))
            assertEquals(null, request.header("Authorization"))
            val elsewhere = Request.Builder().url("https://evil.example/").build()
            assertEquals("url", failure { client.authorize(elsewhere) }.field)
            client.signOut()
            assertEquals(ErrorCode.SIGNED_OUT, failure { client.authorize(request) }.code)
        }
    }
}
