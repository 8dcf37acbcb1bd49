package com.secureflows

import com.secureflows.ffi.ClientEvent
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class BindingTest {
    private fun play(play: suspend kotlinx.coroutines.CoroutineScope.() -> Unit) = runBlocking(block = play)

    /** What this process holds in memory, in kilobytes. */
    private fun resident(): Long {
        repeat(3) { System.gc(); Thread.sleep(50) }
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
        return line.filter(Char::isDigit).toLong()
    }

    @Test fun clientsThatAreClosedLeaveNothingBehind() = play {
        fun clients(count: Int) = repeat(count) { SecureFlows(WORKSPACE, APP, REDIRECT).close() }
        clients(10_000)
        val before = resident()
        clients(10_000)
        val grown = resident() - before
        assertTrue(grown < 20_000, "10,000 clients left $grown kB behind")
    }

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
        }
    }
}
