package com.secureflows

import com.secureflows.ffi.CancelHandle
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import com.secureflows.ffi.SendError
import com.secureflows.ffi.Timer
import java.io.IOException
import java.io.InterruptedIOException
import java.net.ConnectException
import java.net.NoRouteToHostException
import java.net.UnknownHostException
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Dispatcher
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response

/**
 * Sends with OkHttp: the system's proxies and certificates apply.
 *
 * ```kotlin
 * val host = OkHttpHost(OkHttpClient.Builder().proxy(proxy).build())
 * val sf = SecureFlows("acme", "acme-notes", "com.acme:/callback", presenter, host = host)
 * ```
 *
 * @param client what sends. What it is set up with stays, save that it follows no redirect, repeats
 *   nothing, keeps no cookie or copy of an answer, and takes its time limits from the SDK
 * @param records where the records of logins under way are kept
 * @param maxAnswerBytes an answer with more bytes fails as too large; 8 MiB unless given
 */
class OkHttpHost(
    client: OkHttpClient = OkHttpClient.Builder().dispatcher(roomy()).build(),
    private val records: LoginRecords = MemoryLoginRecords(),
    private val maxAnswerBytes: Long? = null,
) : PlatformHost {
    private val client = client.newBuilder()
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .cookieJar(okhttp3.CookieJar.NO_COOKIES)
        .cache(null)
        .connectTimeout(0, TimeUnit.MILLISECONDS)
        .readTimeout(0, TimeUnit.MILLISECONDS)
        .writeTimeout(0, TimeUnit.MILLISECONDS)
        .build()

    override fun send(request: HttpRequest, exchange: Exchange) {
        val body = request.body?.toRequestBody(JSON_TYPE)
        val bodiless = if (request.method == "GET" || request.method == "DELETE") null else EMPTY
        val builder = Request.Builder().url(request.url).method(request.method, body ?: bodiless)
        request.authorization?.let { builder.header("Authorization", it) }
        val call = client.newCall(builder.build())
        call.timeout().timeout(request.timeoutMilliseconds.toLong(), TimeUnit.MILLISECONDS)
        exchange.onCancel(object : CancelHandle {
            override fun cancel() = call.cancel()
        })
        call.enqueue(Answer(exchange, maxAnswerBytes ?: request.maxAnswerBytes.toLong()))
    }

    override fun startTimer(milliseconds: ULong, timer: Timer) {
        val due = milliseconds.coerceAtMost(Long.MAX_VALUE.toULong()).toLong()
        val waiting = timers.schedule({ timer.fire() }, due, TimeUnit.MILLISECONDS)
        timer.onCancel(object : CancelHandle {
            override fun cancel() {
                waiting.cancel(false)
            }
        })
    }

    override fun now(): ULong = System.currentTimeMillis().toULong()

    override fun keep(name: String, record: String): Boolean = records.keep(name, record)

    override fun take(name: String): String? = records.take(name)

    /** What clients are given unless they bring a host of their own. */
    companion object {
        /** The one of all clients that are given no other. */
        val shared: OkHttpHost by lazy { OkHttpHost() }
    }
}

/** Takes in one answer. */
private class Answer(private val exchange: Exchange, private val longest: Long) : Callback {
    override fun onFailure(call: Call, e: IOException) = exchange.fail(failure(e))

    override fun onResponse(call: Call, response: Response) {
        try {
            response.use {
                val source = it.body!!.source()
                if (source.request(longest + 1)) return exchange.fail(SendError.TOO_LARGE)
                exchange.succeed(it.code.toUShort(), it.header("Retry-After"), source.readByteArray())
            }
        } catch (e: IOException) {
            exchange.fail(failure(e))
        }
    }
}

/** Only where it is certain that no byte went out is it unreachable. */
private fun failure(e: IOException): SendError = when (e) {
    is ConnectException, is UnknownHostException, is NoRouteToHostException -> SendError.UNREACHABLE
    is InterruptedIOException -> SendError.TIMED_OUT
    else -> SendError.INTERRUPTED
}

/** As many at once to the platform as OkHttp allows in all. Its own threads would keep a program alive for a minute. */
private fun roomy(): Dispatcher {
    val threads = ThreadPoolExecutor(0, Int.MAX_VALUE, 60, TimeUnit.SECONDS, SynchronousQueue(), daemons("secureflows-http"))
    return Dispatcher(threads).apply { maxRequestsPerHost = maxRequests }
}

private val EMPTY = ByteArray(0).toRequestBody(null)
private val JSON_TYPE = "application/json".toMediaType()

private val timers = ScheduledThreadPoolExecutor(1, daemons("secureflows-timers"))
    .apply { removeOnCancelPolicy = true }

private fun daemons(name: String) = ThreadFactory { Thread(it, name).apply { isDaemon = true } }
