package com.secureflows

import com.secureflows.ffi.Change
import com.secureflows.ffi.ClientEvent
import com.secureflows.ffi.HostFailure
import com.secureflows.ffi.LoginRequest
import com.secureflows.ffi.MobileClient
import com.secureflows.ffi.PlatformHost
import com.secureflows.ffi.Settings
import com.secureflows.ffi.SignIn
import com.secureflows.ffi.WhoIs
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.serializer
import okhttp3.Request

/**
 * One user's way to the platform: signs in, reads and writes, signs in again.
 *
 * ```kotlin
 * val sf = SecureFlows("acme", "acme-notes", "http://127.0.0.1:7878/callback", LoopbackPresenter())
 * sf.signIn()
 * sf.set("theme", "dark")
 * val theme: String? = sf.get("theme")
 * sf.signOut()
 * ```
 *
 * Every call may throw [SecureFlowsException], whose answers say what to do next. Cancelling the
 * coroutine of a suspending one stops its request; a write that may have gone out by then is told by
 * [events]. All of it may be used from any thread. The token lives in memory only.
 *
 * @param workspace the workspace's unique name
 * @param appId the application's id
 * @param redirectUri where hosted login comes back to, byte for byte as it is registered
 * @param presenter who shows hosted login, also when a call meets a dead token
 * @param origin where the platform lives, such as a mock's `http://127.0.0.1:8787`; production unless given
 * @param backends the app's own backends by their exact origins: [authorize] is for these alone
 * @param signInAgain `false` makes calls that meet a dead token fail signed out; the presenter is not asked
 * @param attemptTimeoutMillis how long one attempt may take, in milliseconds; 10,000 unless given
 * @param timeoutMillis how long a call may take with all its attempts, in milliseconds; 30,000 unless given
 * @param payloadLimitBytes the most bytes that the user's data may take: a write beyond it is refused unsent
 * @param host what sends; OkHttp unless given
 * @throws SecureFlowsException code `INVALID`, with the field and what to do about it
 */
class SecureFlows(
    workspace: String,
    appId: String,
    redirectUri: String,
    presenter: LoginPresenter? = null,
    origin: String? = null,
    backends: List<String> = emptyList(),
    signInAgain: Boolean = true,
    attemptTimeoutMillis: Long? = null,
    timeoutMillis: Long? = null,
    payloadLimitBytes: Long? = null,
    host: PlatformHost = OkHttpHost.shared,
) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val client: MobileClient = told {
        val settings = Settings(
            workspace, appId, redirectUri, origin,
            attemptTimeoutMillis?.toULong(), timeoutMillis?.toULong(), payloadLimitBytes?.toULong(),
            backends, signInAgain,
        )
        MobileClient(settings, host, presenter?.let { PresenterBridge(it, scope) })
    }
    private val current: MutableStateFlow<AuthState>

    /** Whether somebody is signed in, as far as is known here. */
    val state: StateFlow<AuthState>

    init {
        val news = client.events()
        val current = MutableStateFlow(authState(client.status()))
        this.current = current
        state = current.asStateFlow()
        scope.launch {
            news.use {
                while (true) {
                    val event = it.next() ?: break
                    if (event is ClientEvent.StatusChanged) current.value = authState(event.status)
                }
            }
        }
    }

    /**
     * What happens to this client from the moment somebody collects: changes of its status, a re-login
     * that failed, another user, repeats, and the key of a write that was given up after it may have
     * gone out.
     */
    val events: Flow<ClientEvent> = flow {
        client.events().use { while (true) emit(it.next() ?: break) }
    }

    /**
     * Signs the user in on the hosted login page.
     *
     * @param payload a JSON object that is stored when this login creates the user's data
     * @param ttlSeconds how long data that this login creates lives: 0 for ever, else 60 to 604800
     * @param sameUser renews the session at hand: only the same user can come back
     * @throws UserCancelled when the user closed the page
     * @throws SecureFlowsException code `LOGIN_REFUSED` when hosted login or the presenter refused
     */
    suspend fun signIn(payload: JsonObject? = null, ttlSeconds: Int? = null, sameUser: Boolean = false) =
        told { client.signIn(request(payload, ttlSeconds, sameUser), null) }

    /**
     * Begins a login of the app's own showing: the page to open in the user's browser. Never log it. Give
     * the URL that it comes back to to [completeLogin]. The arguments are those of [signIn].
     */
    fun beginLogin(payload: JsonObject? = null, ttlSeconds: Int? = null, sameUser: Boolean = false): String =
        told { client.beginLogin(request(payload, ttlSeconds, sameUser)) }

    /** Gives up the login that was begun. A token at hand stays. */
    fun cancelLogin() = told { client.cancelLogin() }

    /**
     * Completes a login with the URL that it came back to; `false` when that is no callback of ours, so
     * that any URL may be given. The login may have been begun by a client that is gone by now.
     *
     * @throws SecureFlowsException code `CALLBACK_REFUSED` or `LOGIN_REFUSED`; a token at hand stays
     */
    suspend fun completeLogin(url: String): Boolean =
        told { client.completeLogin(url, null) == SignIn.DONE }

    /**
     * Signs in with a token that [origin] issued to automation or a test.
     *
     * @throws SecureFlowsException code `INVALID` when it is another origin's, `SIGNED_OUT` when it is dead
     */
    suspend fun adopt(token: String, origin: String) = told { client.adopt(token, origin) }

    /**
     * The value under [key]; null when none was ever written, or it is null.
     *
     * @throws SecureFlowsException code `WRONG_TYPE` when a value of another type is there
     */
    suspend inline fun <reified T> get(key: String): T? = get(serializer<T>(), key)

    /** As [get], with a serializer. */
    suspend fun <T> get(serializer: KSerializer<T>, key: String): T? =
        getJson(key)?.let { decode(serializer, it) }

    /** The value under [key] as JSON text; null when none was ever written. */
    suspend fun getJson(key: String): String? = told { client.get(key, null) }

    /** Stores [value] under [key], and gives the whole payload as it is now. */
    suspend inline fun <reified T> set(key: String, value: T): JsonObject =
        setJson(key, JSON.encodeToString(serializer<T>(), value))

    /** Stores JSON text under [key], and gives the whole payload as it is now. */
    suspend fun setJson(key: String, json: String): JsonObject =
        told { payload(client.set(key, json, null)) }

    /**
     * Reads the value under [key], makes a new one of it with [change], and writes that, three times
     * at most. Gives what was written; null when somebody else was faster each time.
     *
     * A change by another device between the last read and the write is not seen: the platform has
     * no conditional write.
     */
    suspend inline fun <reified T> update(key: String, noinline change: (T?) -> T): T? =
        update(serializer<T>(), key, change)

    /** As [update], with [initial] where there is no value yet. */
    suspend inline fun <reified T : Any> update(key: String, initial: T, crossinline change: (T) -> T): T? =
        update(serializer<T>(), key) { change(it ?: initial) }

    /** As [update], with a serializer. */
    suspend fun <T> update(serializer: KSerializer<T>, key: String, change: (T?) -> T): T? {
        val thrown = AtomicReference<Throwable>()
        val bridge = object : Change {
            override fun change(json: String?): String = try {
                JSON.encodeToString(serializer, change(json?.let { decode(serializer, it) }))
            } catch (failure: Throwable) {
                thrown.set(failure)
                throw HostFailure.Failed("the change failed")
            }
        }
        val written = try {
            told { client.update(key, bridge, null) }
        } catch (failure: SecureFlowsException) {
            throw thrown.get() ?: failure
        }
        return written?.let { decode(serializer, it) }
    }

    /** Deletes [key]; `false` when there was none. */
    suspend fun delete(key: String): Boolean = told { client.delete(key, null) }

    /** Everything that is stored for this user. */
    suspend fun payload(): JsonObject = told { payload(client.payload(null)) }

    /** The last known value under [key] as JSON text, and every later one that this client's calls show. */
    fun watchJson(key: String): Flow<String?> = flow {
        told { client.watch(key) }.use { while (true) emit((it.next() ?: break).json) }
    }

    /** The values of type [T] under keys that begin with [prefix] and a colon. */
    inline fun <reified T> collection(prefix: String) = SecureFlowsCollection(this, prefix, serializer<T>())

    /** Who is signed in. */
    suspend fun identity(): WhoIs = told { client.identity(null) }

    /**
     * The `Authorization` header for a request to [url], at one of the app's backends only. That request
     * must not follow redirects with it.
     *
     * @throws SecureFlowsException code `INVALID`, field `url`, for any other place; `SIGNED_OUT` when
     *   nobody is signed in
     */
    fun authorize(url: String): String = told { client.authorize(url) }

    /**
     * [request] with the user's token, at one of the app's backends only. OkHttp itself does not take the
     * token along when it follows a redirect to another host.
     *
     * ```kotlin
     * val answer = http.newCall(sf.authorize(Request.Builder().url("https://api.acme.example/notes").build()))
     * ```
     * @throws SecureFlowsException as for a URL
     */
    fun authorize(request: Request): Request =
        request.newBuilder().header("Authorization", authorize(request.url.toString())).build()

    /**
     * Signs the user out: here at once, then at the platform. The data stays.
     *
     * @throws SecureFlowsException code `SIGNED_OUT_LOCALLY` when the platform could not be told; calling
     *   again tells it
     */
    suspend fun signOut() = told { client.signOut() }

    /** Where a browser signs out by a navigation, coming back to [postLogoutUri]; then call [forget]. */
    fun logoutUrl(postLogoutUri: String): String = told { client.logoutUrl(postLogoutUri) }

    /** Signs the user out here only. */
    fun forget() = told { client.forget() }

    /**
     * Destroys the session **and all the data in it**, for good.
     *
     * @throws SecureFlowsException code `OUTCOME_UNKNOWN`, with the data in an unknown state, when no
     *   answer came
     */
    suspend fun destroyAllData() = told { client.destroyAllData(null) }

    /** Frees what the client holds. The token is gone then, and [state] changes no more. */
    override fun close() {
        client.close()
        scope.cancel()
    }
}

@PublishedApi
internal val JSON = Json { ignoreUnknownKeys = true }

private fun request(payload: JsonObject?, ttlSeconds: Int?, sameUser: Boolean) =
    LoginRequest(payload?.toString(), ttlSeconds?.toUInt(), sameUser)

private fun payload(json: String) = JSON.parseToJsonElement(json) as JsonObject

/** The parser's own words may quote the value, so they are not passed on. */
internal fun <T> decode(serializer: KSerializer<T>, json: String): T = try {
    JSON.decodeFromString(serializer, json)
} catch (_: SerializationException) {
    throw wrongType(serializer.descriptor.serialName)
} catch (_: IllegalArgumentException) {
    throw wrongType(serializer.descriptor.serialName)
}
