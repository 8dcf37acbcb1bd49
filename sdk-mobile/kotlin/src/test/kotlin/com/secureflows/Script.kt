package com.secureflows

import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import kotlin.concurrent.thread

const val WHO = "GET /api/v1/sessions/identity"

/** A stand-in for the platform that answers by a script. */
class Script : AutoCloseable {
    class Reply(val status: Int, val body: String, val headers: Map<String, String>, var times: Int)

    private val replies = LinkedHashMap<String, MutableList<Reply>>()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)
    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
    val requests = CopyOnWriteArrayList<String>()
    val origin = "http://127.0.0.1:${server.address.port}"

    init {
        server.executor = threads
        server.createContext("/") { exchange ->
            val what = "${exchange.requestMethod} ${exchange.requestURI.rawPath}"
            requests += what
            exchange.requestBody.readAllBytes()
            val reply = next(what)
            reply.headers.forEach { (name, value) -> exchange.responseHeaders.set(name, value) }
            val bytes = reply.body.toByteArray()
            exchange.sendResponseHeaders(reply.status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
            if (bytes.isNotEmpty()) exchange.responseBody.write(bytes)
            exchange.close()
        }
        server.start()
        on(WHO, 200, """{"userId":1,"email":null}""", times = 1)
    }

    /** Answers [what], or everything, so for the next [times] requests. */
    fun on(what: String, status: Int, body: String, headers: Map<String, String> = emptyMap(), times: Int = Int.MAX_VALUE) =
        synchronized(replies) {
            replies.getOrPut(what) { mutableListOf() } += Reply(status, body, headers, times)
        }

    fun forget(what: String) = synchronized(replies) { replies.remove(what) }

    private fun next(what: String): Reply = synchronized(replies) {
        listOf(what, "*").firstNotNullOfOrNull { name -> replies[name]?.firstOrNull { it.times > 0 } }
            ?.also { it.times-- } ?: Reply(404, "", emptyMap(), 1)
    }

    fun count(what: String) = requests.count { it == what }

    suspend fun client(presenter: LoginPresenter? = null): SecureFlows {
        val client = SecureFlows(WORKSPACE, APP, REDIRECT, presenter, origin)
        client.adopt("a-token", origin)
        return client
    }

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}

/** Plays with a client of a platform that answers everything so from now on. */
suspend fun answering(
    status: Int,
    body: String,
    headers: Map<String, String> = emptyMap(),
    play: suspend (SecureFlows, Script) -> Unit,
) = Script().use { script ->
    script.on("*", status, body, headers)
    script.client().use { play(it, script) }
}

/** Plays with a client of a server that answers with these very bytes and hangs up; null answers nothing. */
suspend fun raw(answer: String?, play: suspend (SecureFlows) -> Unit) {
    ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")).use { listener ->
        thread(isDaemon = true) {
            while (!listener.isClosed) {
                val socket = runCatching { listener.accept() }.getOrNull() ?: break
                thread(isDaemon = true) {
                    socket.use {
                        it.getInputStream().read(ByteArray(4096))
                        if (answer == null) it.getInputStream().readAllBytes()
                        else it.getOutputStream().write(answer.toByteArray())
                    }
                }
            }
        }
        val origin = "http://127.0.0.1:${listener.localPort}"
        SecureFlows(WORKSPACE, APP, REDIRECT, origin = origin, attemptTimeoutMillis = 200, timeoutMillis = 800).use {
            it.adopt("t", origin)
            play(it)
        }
    }
}
