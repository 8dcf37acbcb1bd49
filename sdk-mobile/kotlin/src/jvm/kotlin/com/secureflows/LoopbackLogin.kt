package com.secureflows

import java.net.InetAddress
import java.net.URI
import java.net.URLDecoder

/** One login that comes back to this computer: where to, and how its answer is known. */
internal class LoopbackLogin private constructor(redirect: URI, private val state: String) {
    /** What a browser writes into `Host`. */
    val authority: String = redirect.rawAuthority
    val address: InetAddress = InetAddress.getByName(redirect.host)
    val port: Int = if (redirect.port < 0) 80 else redirect.port

    /** The redirect URI as a browser asks for it. */
    val plain: String = listOfNotNull(
        "http://$authority${redirect.rawPath.ifEmpty { "/" }}",
        redirect.rawQuery,
    ).joinToString("?")

    /** Whether [url] is the redirect URI with an answer to it, to whichever login. */
    fun isAnswer(url: String): Boolean = url.startsWith(plain + if ('?' in plain) '&' else '?')

    /** Whether the answer [url] is one to this login: any page can send a browser here. */
    fun isOurs(url: String): Boolean = parameter(url, "state") == state

    companion object {
        /** The login that hosted login's [page] is for. */
        fun of(page: String): LoopbackLogin {
            val redirect = URI(URLDecoder.decode(parameter(page, "redirect_uri") ?: throw unfit(), Charsets.UTF_8))
            // Names are looked up, and may lead elsewhere.
            if (redirect.scheme != "http" || redirect.host !in listOf("127.0.0.1", "[::1]")) throw unfit()
            return LoopbackLogin(redirect, parameter(page, "state") ?: throw unfit())
        }
    }
}

private fun unfit() =
    LoginDeclined("a redirect URI on this computer is needed, such as http://127.0.0.1:7878/callback")

/** As it is written: our `state` needs no escapes. */
private fun parameter(url: String, name: String): String? = url.substringAfter('?', "").split('&')
    .firstOrNull { it.startsWith("$name=") }?.substringAfter('=')
