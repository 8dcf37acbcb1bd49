import com.secureflows.LoopbackPresenter
import com.secureflows.SecureFlows
import java.io.File
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import kotlin.concurrent.thread
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.add
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray

@Serializable data class Profile(val name: String, val theme: String)

/** What the package's README shows, through the system's browser. */
fun main() = runBlocking {
    val port = ServerSocket(0).use { it.localPort }
    val redirect = "http://127.0.0.1:$port/callback"
    control("applications", buildJsonObject {
        put("appId", "consumer")
        putJsonArray("redirectUris") { add(redirect) }
    }.toString())
    thread(isDaemon = true) { browse() }

    SecureFlows("acme", "consumer", redirect, LoopbackPresenter(), System.getenv("SECUREFLOWS_ORIGIN")).use { sf ->
        sf.signIn()
        check(sf.identity().email == ADA)
        sf.set("profile", Profile("Ada", "dark"))
        val profile: Profile? = sf.get("profile")
        check(profile == Profile("Ada", "dark"))
        sf.update("cart", listOf<String>()) { it + "tea" }
        check(sf.get<List<String>>("cart") == listOf("tea"))
        val id = sf.collection<String>("note").insert("milk")
        check(sf.collection<String>("note").list() == mapOf(id to "milk"))
        sf.signOut()
    }
}

/** What the user does in the browser: signs in on the page that was opened, and is led back. */
private fun browse() {
    val opened = File(System.getenv("OPENED_PAGE"))
    while (!opened.exists()) Thread.sleep(10)
    val state = opened.readText().substringAfter("&state=").substringBefore('&')
    opened.delete()
    val signedIn = control("sign-in", """{"user":"$ADA","application":"consumer","state":"$state"}""")
    val callback = Json.parseToJsonElement(signedIn).jsonObject.getValue("callbackUrl").jsonPrimitive.content
    val end = http.send(HttpRequest.newBuilder(URI(callback)).build(), BodyHandlers.ofString())
    check(end.statusCode() == 200 && "close this tab" in end.body())
}

internal fun control(path: String, body: String): String {
    val request = HttpRequest.newBuilder(URI("${System.getenv("SECUREFLOWS_CONTROL_URL")}/$path"))
        .POST(HttpRequest.BodyPublishers.ofString(body)).build()
    val answer = http.send(request, BodyHandlers.ofString())
    check(answer.statusCode() == 200) { "$path: ${answer.statusCode()} ${answer.body()}" }
    return answer.body()
}

private val http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build()
internal const val ADA = "ada@example.com"
