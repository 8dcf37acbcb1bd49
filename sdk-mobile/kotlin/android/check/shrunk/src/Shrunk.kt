import com.secureflows.AuthState
import com.secureflows.ErrorCode
import com.secureflows.MemoryLoginRecords
import com.secureflows.OkHttpHost
import com.secureflows.SecureFlows
import com.secureflows.SecureFlowsException
import com.secureflows.UserCancelled
import com.secureflows.LoginClosed
import com.secureflows.LoginPresenter
import com.secureflows.ffi.Exchange
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.PlatformHost
import kotlinx.coroutines.runBlocking

private const val ORIGIN = "https://platform.example"

/** An app whose classes were shrunk and renamed: every way over the binding, and back, is taken once. */
fun main() = runBlocking {
    // In two words, since a name that is written out is renamed along.
    val name = listOf("com.secureflows.Secure", "Flows").joinToString("")
    check(runCatching { Class.forName(name) }.isFailure) { "nothing was renamed" }
    val sf = SecureFlows(
        "acme", "acme-notes", "com.acme.notes:/callback", LoginPresenter { throw LoginClosed() }, ORIGIN, host = Platform(),
    )
    check(runCatching { sf.signIn() }.exceptionOrNull() is UserCancelled)
    sf.adopt("a-token", ORIGIN)
    check(sf.identity().userId == "1")
    check(sf.get<Int>("n") == 1)
    check(sf.update<Int>("n") { (it ?: 0) + 1 } == 2)
    val refused = runCatching { sf.delete("n") }.exceptionOrNull() as SecureFlowsException
    check(refused.code == ErrorCode.FORBIDDEN)
    sf.forget()
    while (sf.state.value !is AuthState.SignedOut) kotlinx.coroutines.delay(1)
    sf.close()
}

private class Platform : PlatformHost by OkHttpHost(records = MemoryLoginRecords()) {
    private var n = 1

    override fun send(request: HttpRequest, exchange: Exchange) {
        if (request.url.endsWith("/set/n")) n = 2
        when {
            request.method == "DELETE" -> exchange.succeed(403u, null, """{"status":403,"error":"no"}""".toByteArray())
            request.url.endsWith("/identity") -> answer(exchange, """{"userId":1,"email":null}""")
            request.url.endsWith("/get/n") -> answer(exchange, """{"key":"n","value":$n}""")
            else -> answer(exchange, """{"n":$n}""")
        }
    }

    private fun answer(exchange: Exchange, json: String) = exchange.succeed(200u, null, json.toByteArray())
}
