package com.secureflows

import com.secureflows.ffi.PlatformHost
import java.io.File
import java.lang.ref.WeakReference
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

/** What 10,000 clients, made and closed, leave behind: on the JVM's side and on the library's. */
class LeakTest {
    /**
     * The library holds a client's host and presenter as long as the client itself lives there: when it
     * has let go of both, all of that client is gone.
     */
    @Test fun aClosedClientIsGoneFromTheLibrary() {
        val given = ArrayList<WeakReference<Any>>()
        repeat(10_000) {
            val host = object : PlatformHost by OkHttpHost.shared {}
            val presenter = LoginPresenter { page -> "$page $it" }
            given += WeakReference(host)
            given += WeakReference(presenter)
            SecureFlows(WORKSPACE, APP, REDIRECT, presenter, host = host).close()
        }
        assertEquals(20_000, given.size)
        for (attempt in 1..100) {
            System.gc()
            if (given.none { it.get() != null }) return
            Thread.sleep(50)
        }
        fail<Unit>("${given.count { it.get() != null }} hosts and presenters are still held")
    }

    /**
     * A leak grows in every round alike: 11 MB where the library keeps what it has of each client. The
     * JVM's own growth does not: compiled code, the compiler's memory, classes and what the allocator
     * keeps are 40 MB in the first round and little after a few.
     */
    @Test @EnabledOnOs(OS.LINUX) fun memoryStopsGrowing() {
        clients()
        val rounds = ArrayList<Long>()
        while (rounds.size < 8) {
            val before = resident()
            clients()
            rounds += resident() - before
            // Two in a row, since one may look good because the JVM has given something back.
            if (rounds.size > 1 && rounds.takeLast(2).sum() < 2 * STILL_KILOBYTES) return
        }
        fail<Unit>("10,000 clients leave so many kB behind, round by round: $rounds")
    }

    private fun clients() = repeat(10_000) { SecureFlows(WORKSPACE, APP, REDIRECT).close() }

    /** What this process holds in memory, in kilobytes; its heap is of one size. */
    private fun resident(): Long {
        repeat(3) { System.gc(); Thread.sleep(50) }
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
        return line.filter(Char::isDigit).toLong()
    }
}

/** Of 10,000 clients: a tenth of what the library has of each. */
private const val STILL_KILOBYTES = 1_000L
