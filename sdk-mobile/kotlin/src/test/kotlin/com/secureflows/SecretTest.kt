package com.secureflows

import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.PrintStream
import java.util.concurrent.CopyOnWriteArrayList
import java.util.logging.Level
import java.util.logging.LogManager
import java.util.logging.Logger
import java.util.logging.StreamHandler
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val CANARY = "canary-7f3a9c51d2e84b06"
private const val ORIGIN = "https://p.example"

/** What a client hands to the outside, as it prints itself. */
private class Overheard : PlatformHost by OkHttpHost() {
    val printed = CopyOnWriteArrayList<String>()

    override fun send(request: HttpRequest, exchange: Exchange) {
        printed += "$request $exchange ${request.authorization == "Bearer $CANARY"}"
        when {
            request.url.endsWith("/identity") -> exchange.succeed(200u, null, """{"userId":1,"email":null}""".toByteArray())
            request.method == "POST" -> exchange.succeed(400u, null, """{"error":"bad value, bad token $CANARY"}""".toByteArray())
            else -> exchange.succeed(200u, null, """{"key":"k","value":"$CANARY","k":"$CANARY"}""".toByteArray())
        }
    }

    override fun keep(name: String, record: String) = true.also { printed += "$name $record" }
}

class SecretTest {
    @Test fun neverPrinted() = scenario("secret.never-printed") {
        val host = Overheard()
        val presenter = LoopbackPresenter {}
        val printed = mutableListOf<String>()
        val logged = logged {
            val client = SecureFlows(WORKSPACE, APP, REDIRECT, presenter, ORIGIN, listOf("https://api.example"), host = host)
            val told = Told(client, this)
            client.adopt(CANARY, ORIGIN)
            client.beginLogin(JsonObject(mapOf("k" to JsonPrimitive(CANARY))))
            client.beginLogin(sameUser = true)
            client.logoutUrl("https://app.example/")
            client.authorize("https://api.example/")
            client.get<String>("k")
            val watched = client.watchJson(CANARY)
            val callback = "$REDIRECT?sessionToken=$CANARY&state=sf1.${"0".repeat(32)}"
            val failures = listOf(
                failure { client.set("k", 1) },
                failure { client.set("k", CANARY) },
                failure { client.get<Int>("k") },
                failure { client.completeLogin(callback) },
                failure { client.adopt(CANARY, "https://other.example") },
                failure { client.adopt("$CANARY ", ORIGIN) },
                failure { client.setJson("k", CANARY) },
                failure { client.authorize("https://other.example/$CANARY") },
            )
            printed += listOf("$client", "${client.state}", "${client.state.value}", "${client.events}", "${client.identity()}")
            printed += listOf("$host", "${OkHttpHost.shared}", "$presenter", "$watched", "${client.collection<String>("note")}")
            printed += failures.flatMap { listOf("$it", it.stackTraceToString(), "${it.detail}", "${it.mend}") }
            printed += told.all().map { "$it" }
        }
        assertTrue(host.printed.any { it.endsWith("true") }, "the token went out")
        printed += host.printed
        assertTrue(printed.size > 45, "the requests are among them: ${printed.size}")
        for (text in printed + logged) assertFalse(CANARY in text, text)
        aWholeLoginIsNotLogged()
    }

    private suspend fun aWholeLoginIsNotLogged() {
        val redirect = "http://127.0.0.1:${java.net.ServerSocket(0).use { it.localPort }}/callback"
        var callback = ""
        val open: Stage.(String) -> Unit = { page ->
            callback = visitor.signIn(page, ADA)
            visitor.open(callback)
        }
        val logged = logged {
            Stage(redirect = redirect, presenter = { LoopbackPresenter { open(it) } }).use {
                it.client.signIn()
                it.client.set("note", CANARY)
                assertEquals(CANARY, it.client.get<String>("note"))
                it.client.signOut()
            }
        }
        val token = callback.substringAfter("sessionToken=").substringBefore('&')
        assertTrue(token.length > 20)
        assertTrue("okhttp" in logged, "libraries tell what they do")
        assertFalse(token in logged || CANARY in logged, logged)
    }

    @Test fun aPresenterThatQuotesThePageIsNotQuoted() = runBlocking {
        for (thrown in listOf<(String) -> Throwable>(::IOException, { AssertionError(it) })) {
            Stage(signedIn = true, presenter = { LoginPresenter { page -> throw thrown("cannot open $page") } }).use {
                val told = Told(it.client, this)
                val failures = listOf(failure { it.client.signIn(sameUser = true) }, it.run {
                    advance(LONGER_THAN_A_TOKEN)
                    failure { client.getJson("note") }
                })
                val printed = failures.map { failure -> failure.stackTraceToString() } + told.all().map { event -> "$event" }
                for (text in printed) assertFalse("session_token" in text || "/app/sessions" in text, text)
                assertTrue(printed.any { text -> "the presenter threw" in text })
            }
        }
    }

    @Test fun bound() = scenario("secret.bound") {
        Stage().use { home ->
            Script().use { away ->
                SecureFlows(WORKSPACE, APP, REDIRECT, origin = away.origin).use {
                    assertEquals("token", failure { it.adopt(home.token(ADA), home.origin) }.field)
                }
                assertEquals(0, away.requests.size)
            }
        }
    }
}

/** All that any library prints or logs meanwhile, at its most talkative. */
private suspend fun logged(play: suspend kotlinx.coroutines.CoroutineScope.() -> Unit): String {
    val bytes = ByteArrayOutputStream()
    val all = PrintStream(bytes, true)
    val (out, err) = System.out to System.err
    val root = Logger.getLogger("")
    val listening = StreamHandler(bytes, java.util.logging.SimpleFormatter()).apply { level = Level.ALL }
    System.setOut(all)
    System.setErr(all)
    root.level = Level.ALL
    root.addHandler(listening)
    try {
        kotlinx.coroutines.coroutineScope(play)
    } finally {
        System.setOut(out)
        System.setErr(err)
        listening.close()
        root.removeHandler(listening)
        LogManager.getLogManager().readConfiguration()
    }
    return bytes.toString()
}
