package com.secureflows

import java.io.IOException
import java.net.BindException
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketException
import kotlin.concurrent.thread
import kotlinx.coroutines.CompletableDeferred

/** Listens for the answer to one login until it is closed. */
internal class LoopbackListener(private val login: LoopbackLogin) : AutoCloseable {
    private val socket = ServerSocket()
    @Volatile private var accepting: Thread? = null

    /** The URL that hosted login came back to. */
    val callback = CompletableDeferred<String>()

    /** Done when the browser was shown the last page. */
    val parted = CompletableDeferred<Unit>()

    fun start() {
        try {
            socket.bind(InetSocketAddress(login.address, login.port))
        } catch (_: BindException) {
            throw LoginDeclined("port ${login.port} cannot be had: end what listens there, or register another one")
        } catch (failure: SocketException) {
            throw if (socket.isClosed) LoginClosed() else failure
        }
        accepting = daemon { while (!socket.isClosed) serve(socket.accept()) }
    }

    /** Ends the login, where it has no answer yet, as one that the user closed. */
    override fun close() {
        callback.completeExceptionally(LoginClosed())
        socket.close()
        // The system lets go of the port when nobody waits there any more.
        accepting?.join(1_000)
    }

    private fun serve(visit: Socket) = daemon {
        visit.use {
            val request = LoopbackRequest.read(it) ?: return@daemon
            val reply = replyTo(request)
            reply.write(it)
            if (reply === GOODBYE) parted.complete(Unit)
        }
    }

    private fun replyTo(request: LoopbackRequest): LoopbackReply {
        val url = "http://${login.authority}${request.target}"
        return when {
            // Another name that leads here is a page of somebody else's.
            request.host != login.authority -> LoopbackReply("421 Misdirected Request", "Not this host.")
            request.method != "GET" -> LoopbackReply("405 Method Not Allowed", "Only GET.", "Allow: GET")
            url == login.plain && callback.isCompleted -> GOODBYE
            !login.isAnswer(url) -> LoopbackReply("404 Not Found", "Nothing is here.")
            !login.isOurs(url) -> LoopbackReply("400 Bad Request", "This is no answer to the login under way.")
            !callback.complete(url) -> LoopbackReply("410 Gone", "This login has had its answer.")
            // Not a script that mends the history: that comes too late, since history lists a page by
            // the URL it was loaded from. A page that redirects is never listed.
            else -> LoopbackReply("303 See Other", "", "Location: ${login.plain}")
        }
    }
}

private val GOODBYE = LoopbackReply("200 OK", "You can close this tab and go back to the program.")

/** What breaks on a wire, or ends with the listener, ends the thread and nothing else. */
private fun daemon(work: () -> Unit) = thread(name = "secureflows-login", isDaemon = true) {
    try {
        work()
    } catch (_: IOException) {
    }
}
