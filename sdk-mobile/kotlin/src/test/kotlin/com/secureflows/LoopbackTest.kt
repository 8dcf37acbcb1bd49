package com.secureflows

import com.secureflows.ffi.ErrorCode
import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import java.net.URLEncoder
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LoopbackTest {
    private val port = ServerSocket(0, 1, HERE).use { it.localPort }
    private val redirect = "http://127.0.0.1:$port/callback"

    /** Plays with a client that signs in through [open] on a port of this test's own. */
    private fun play(
        timeoutMillis: Long = 30_000,
        open: Stage.(String) -> Unit,
        play: suspend CoroutineScope.(SecureFlows) -> Unit,
    ) = runBlocking {
        Stage(redirect = redirect, presenter = { LoopbackPresenter(timeoutMillis) { open(it) } })
            .use { play(it.client) }
    }

    private class Answer(val status: Int, val location: String?, val all: String)

    private fun ask(url: String, host: String? = null, method: String = "GET"): Answer {
        val request = Request.Builder().url(url).method(method, if (method == "POST") "".toRequestBody() else null)
        host?.let { request.header("Host", it) }
        return http.newCall(request.build()).execute().use {
            Answer(it.code, it.header("Location"), "${it.headers}${it.body!!.string()}")
        }
    }

    private suspend fun declined(client: SecureFlows): String {
        val failure = failure { client.signIn() }
        assertEquals(ErrorCode.LOGIN_REFUSED to "declined", failure.code to failure.login)
        return failure.detail!!
    }

    /** Nobody listens there any more. */
    private fun isFree() = ServerSocket(port, 1, HERE).close()

    @Test fun theBrowserIsLedAwayFromTheToken() {
        val answers = mutableListOf<Answer>()
        val open: Stage.(String) -> Unit = { page ->
            answers += ask(visitor.signIn(page, ADA))
            answers += ask(answers[0].location!!)
        }
        play(open = open) {
            it.signIn()
            assertEquals(ADA, it.identity().email)
        }
        val (first, last) = answers
        assertEquals(303 to redirect, first.status to first.location)
        assertEquals(200, last.status)
        assertTrue("close this tab" in last.all)
        for (answer in answers) {
            assertFalse("sessionToken" in answer.all || "eyJ" in answer.all || "<script" in answer.all, answer.all)
            assertTrue("no-store" in answer.all && "default-src 'none'" in answer.all, answer.all)
        }
        isFree()
    }

    @Test fun onlyTheAnswerToThisLoginIsTakenAndOnlyOnce() {
        val statuses = mutableListOf<Int>()
        val open: Stage.(String) -> Unit = { page ->
            val answer = visitor.signIn(page, ADA)
            val foreign = answer.replace(Regex("state=[^&]*"), "state=sf1.${"0".repeat(32)}")
            statuses += ask("http://127.0.0.1:$port/other").status
            statuses += ask(redirect).status
            statuses += ask(answer, host = "evil.example:$port").status
            statuses += ask(answer, method = "POST").status
            for (url in listOf(foreign, "$redirect?error=access_denied", "$redirect?state=%zz")) statuses += ask(url).status
            statuses += ask(answer).status
            statuses += ask(answer).status
            ask(redirect)
        }
        play(open = open) { it.signIn() }
        assertEquals(listOf(404, 404, 421, 405, 400, 400, 400, 303, 410), statuses)
    }

    @Test fun whatIsNoRequestOfABrowserDoesNotDisturb() {
        val open: Stage.(String) -> Unit = { page ->
            for (noise in listOf("", "\r\n\r\n", "GET /callback\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "x".repeat(40_000))) {
                java.net.Socket(HERE, port).use {
                    it.getOutputStream().write(noise.toByteArray())
                    it.shutdownOutput()
                    assertEquals(-1, runCatching { it.getInputStream().read() }.getOrDefault(-1), noise)
                }
            }
            ask(ask(visitor.signIn(page, ADA)).location!!)
        }
        play(open = open) { it.signIn() }
    }

    @Test fun aRefusalOfThePageComesThrough() = play(open = { ask(ask(visitor.cancel(it)).location!!) }) {
        val failure = failure { it.signIn() }
        assertEquals(ErrorCode.LOGIN_REFUSED to "access_denied", failure.code to failure.login)
    }

    @Test fun aLoginThatIsLeftLyingEndsAsClosed() = play(timeoutMillis = 50, open = {}) {
        assertTrue(failure { it.signIn() } is UserCancelled)
        isFree()
    }

    @Test fun aCancelledLoginListensNoMore() {
        val opened = AtomicInteger()
        play(open = { opened.incrementAndGet() }) {
            val login = launch(Dispatchers.Default) { it.signIn() }
            until { opened.get() == 1 }
            login.cancelAndJoin()
            until { runCatching { isFree() }.isSuccess }
        }
    }

    @Test fun aLaterLoginTakesThePlaceOfAnEarlierOne() {
        val opened = AtomicInteger()
        val open: Stage.(String) -> Unit = { page ->
            if (opened.incrementAndGet() == 2) ask(ask(visitor.signIn(page, ADA)).location!!)
        }
        play(open = open) {
            val first = async(Dispatchers.Default) { failure { it.signIn() } }
            until { opened.get() == 1 }
            it.signIn()
            assertTrue(first.await() is UserCancelled)
            assertEquals(ADA, it.identity().email)
        }
    }

    @Test fun aPortOfSomebodyElsesIsToldBeforeThePageIsOpened() {
        val opened = AtomicInteger()
        ServerSocket(port, 1, HERE).use {
            play(open = { opened.incrementAndGet() }) { assertTrue("port $port" in declined(it)) }
        }
        assertEquals(0, opened.get())
    }

    @Test fun aBrowserThatCannotBeOpenedDeclinesTheLogin() = play(open = { throw LoginDeclined("no browser here") }) {
        assertEquals("no browser here", declined(it))
    }

    @Test fun onlyAnAddressOfThisComputerWillDo() {
        fun login(uri: String) = LoopbackLogin.of("https://p.example/app?redirect_uri=${URLEncoder.encode(uri, "UTF-8")}&state=s")
        for (uri in listOf("com.acme:/callback", "https://127.0.0.1/callback", "http://localhost:7878/", "http://127.0.0.1.evil.example/")) {
            val refusal = assertThrows(LoginDeclined::class.java) { login(uri) }
            assertTrue("http://127.0.0.1:7878/callback" in refusal.message!!)
        }
        val six = login("http://[::1]:7878?tenant=a%20b")
        assertEquals("[::1]:7878" to 7878, six.authority to six.port)
        assertTrue(six.address.isLoopbackAddress)
        assertEquals("http://[::1]:7878/?tenant=a%20b", six.plain)
        assertTrue(six.isAnswer("http://[::1]:7878/?tenant=a%20b&state=s") && !six.isAnswer(six.plain))
    }

    @Test fun theSystemsBrowserIsOpenedByACommand() {
        val note = File.createTempFile("opened", null)
        SystemBrowser.byCommand(listOf("sh", "-c", "printf %s \"$1\" > '$note'", "sh"), "https://p.example/?a=1&b=\$c")
        assertEquals("https://p.example/?a=1&b=\$c", note.readText())
        note.delete()
        for (command in listOf(listOf("false"), listOf("a-command-that-is-not-there"))) {
            val failure = assertThrows(LoginDeclined::class.java) { SystemBrowser.byCommand(command, "https://secret.example") }
            assertFalse("secret" in failure.stackTraceToString())
        }
        assertEquals(listOf("open", "rundll32", "xdg-open"), listOf("Mac OS X", "Windows 11", "Linux").map { SystemBrowser.command(it).first() })
    }
}

private val HERE = InetAddress.getByName("127.0.0.1")
