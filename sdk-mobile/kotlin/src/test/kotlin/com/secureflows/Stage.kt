package com.secureflows

import com.secureflows.ffi.ClientEvent
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import com.secureflows.ffi.SendError
import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

const val WORKSPACE = "acme"
const val APP = "acme-notes"
const val REDIRECT = "http://127.0.0.1:7999/callback"
const val ADA = "ada@example.com"
const val BOB = "bob@example.com"
const val OWNER = "olga@example.com"
const val PASSWORD = "correct horse battery staple"
const val LONGER_THAN_A_TOKEN = 8 * 24 * 3600L

/** Plays the scenario [id] of `tests/scenarios.md`; it is reported when it ends well. */
fun scenario(id: String, play: suspend CoroutineScope.() -> Unit) {
    runBlocking(block = play)
    System.getenv("SECUREFLOWS_SCENARIO_REPORT")?.let { File(it).appendText("$id\n") }
}

/** What talks to the mock beside the client. */
val http: OkHttpClient = OkHttpClient.Builder().followRedirects(false).build()

fun post(url: String, json: JsonObject): JsonObject {
    val body = json.toString().toRequestBody("application/json".toMediaType())
    return http.newCall(Request.Builder().url(url).post(body).build()).execute().use {
        val text = it.body!!.string()
        check(it.isSuccessful) { "$url: ${it.code} $text" }
        Json.parseToJsonElement(text).jsonObject
    }
}

/** A platform of its own with two users and an owner, and a client of it. */
class Stage(
    signedIn: Boolean = false,
    profile: String = "default",
    payloadTtl: Long? = null,
    private val redirect: String = REDIRECT,
    presenter: (Stage.() -> LoginPresenter)? = null,
) : AutoCloseable {
    private val control: String
    private val clients = mutableListOf<SecureFlows>()
    val origin: String
    val wire = Wire()
    val visitor = Visitor()
    val client: SecureFlows

    init {
        val first = System.getenv("SECUREFLOWS_CONTROL_URL") ?: error("run by `cargo xtask kotlin`")
        val application = """{"appId":"$APP","redirectUris":["$redirect"],"sessionPayloadTtlSeconds":${payloadTtl ?: 0}}"""
        val users = listOf(ADA to "USER", BOB to "USER", OWNER to "OWNER")
            .joinToString(",") { (email, role) -> """{"email":"$email","password":"$PASSWORD","role":"$role"}""" }
        val world = """{"profile":"$profile","workspaces":[{"name":"$WORKSPACE","applications":[$application],"users":[$users]}]}"""
        val made = post("$first/worlds", Json.parseToJsonElement(world).jsonObject)
        origin = made.getValue("baseUrl").jsonPrimitive.content
        control = made.getValue("controlUrl").jsonPrimitive.content
        client = another(presenter?.invoke(this))
        if (signedIn) runBlocking { signIn(client, ADA) }
    }

    fun another(presenter: LoginPresenter? = null, appId: String = APP, backends: List<String> = emptyList()) =
        SecureFlows(WORKSPACE, appId, redirect, presenter, origin, backends, host = wire).also { clients += it }

    fun token(user: String): String =
        post("$control/sign-in", buildJsonObject { put("user", user); put("application", APP) })
            .getValue("sessionToken").jsonPrimitive.content

    suspend fun signIn(client: SecureFlows, user: String) = client.adopt(token(user), origin)

    fun advance(seconds: Long) {
        post("$control/clock/advance", JsonObject(mapOf("seconds" to JsonPrimitive(seconds))))
    }

    fun steer(path: String, vararg members: Pair<String, String>) =
        post("$control/$path", JsonObject(members.associate { (name, value) -> name to JsonPrimitive(value) }))

    /** What lies at the platform for [user], as the workspace's owner sees it. */
    fun stored(user: String): List<JsonObject> {
        val owner = buildJsonObject { put("user", OWNER); put("application", APP); put("userToken", true) }
        val token = post("$control/sign-in", owner).getValue("userToken").jsonPrimitive.content
        val export = Request.Builder().url("$origin/api/v1/sessions/export").header("Authorization", "Bearer $token")
        val rows = http.newCall(export.build()).execute().use { Json.parseToJsonElement(it.body!!.string()) }
        return rows.jsonObject.getValue("items").jsonArray.map { it.jsonObject }
            .filter { it.getValue("userEmail").jsonPrimitive.content == user }
            .map { it.getValue("payload").jsonObject }
    }

    /** What the next calls of an operation meet. */
    fun lay(fault: String) {
        post("$control/faults", Json.parseToJsonElement(fault).jsonObject)
    }

    override fun close() {
        clients.forEach { it.close() }
        http.newCall(Request.Builder().url("$control/worlds/self").delete().build()).execute().close()
    }
}

/** The usual host, with a plug to pull, a clock to turn and answers to hold back. */
class Wire(private val inner: OkHttpHost = OkHttpHost()) : PlatformHost by inner {
    @Volatile var down = false
    val sent = AtomicInteger()
    val requests = CopyOnWriteArrayList<String>()
    val held = AtomicInteger()
    val ahead = AtomicLong()
    private val holds = LinkedBlockingQueue<CountDownLatch>()

    /** Holds back the answer to the next request until the latch is counted down. */
    fun holdNext() = CountDownLatch(1).also(holds::add)

    override fun send(request: HttpRequest, exchange: Exchange) {
        if (down) return exchange.fail(SendError.UNREACHABLE)
        sent.incrementAndGet()
        requests += "${request.method} ${request.url.substringAfter("/api/v1/")}"
        val hold = holds.poll() ?: return inner.send(request, exchange)
        thread(isDaemon = true) {
            val body = request.body?.toRequestBody("application/json".toMediaType())
            val builder = Request.Builder().url(request.url).method(request.method, body)
            request.authorization?.let { builder.header("Authorization", it) }
            http.newCall(builder.build()).execute().use {
                val bytes = it.body!!.bytes()
                held.incrementAndGet()
                hold.await()
                exchange.succeed(it.code.toUShort(), it.header("Retry-After"), bytes)
            }
        }
    }

    override fun now(): ULong = inner.now() + ahead.get().toULong()
}

/** What [client] tells from now until it is closed. */
class Told(private val client: SecureFlows, scope: CoroutineScope) {
    private val events = CopyOnWriteArrayList<ClientEvent>()
    private val listening = scope.launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { client.events.collect { events += it } }

    /** All of it: closes the client. */
    suspend fun all(): List<ClientEvent> {
        client.close()
        listening.join()
        return events
    }
}

suspend fun until(condition: () -> Boolean) {
    while (!condition()) delay(1)
}

/** What the call fails with. */
suspend fun failure(call: suspend () -> Any?): SecureFlowsException {
    val value = try {
        call()
    } catch (failure: SecureFlowsException) {
        return failure
    }
    throw AssertionError("it did not fail, and gave $value")
}
