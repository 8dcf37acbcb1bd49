package com.secureflows

import java.util.concurrent.ConcurrentHashMap
import okhttp3.FormBody
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.Request
import okhttp3.Response

/** A person at a browser without JavaScript: fills in forms, presses buttons by what is written on them. */
class Visitor {
    private val cookies = ConcurrentHashMap<String, String>()

    fun signIn(page: String, email: String): String = fill(open(page), "Sign in", email, PASSWORD)

    fun signUp(page: String, email: String): String =
        fill(open(link(open(page), "Create an account")), "Create account", email, "a new password")

    fun continueAsBefore(page: String): String = left(press(open(page), "Continue", emptyMap()))

    fun cancel(page: String): String = link(open(page), "Cancel")

    fun open(url: String): Page = when (val place = go(Request.Builder().url(url).build())) {
        is Page -> place
        else -> error("the origin was left")
    }

    /** Where a navigation leads that leaves the origin. */
    fun leave(url: String): String = left(go(Request.Builder().url(url).build()))

    class Page(val at: HttpUrl, val html: String) {
        val text get() = html.replace(Regex("<[^>]*>"), " ").replace(Regex("\\s+"), " ")
    }

    private fun fill(page: Page, label: String, email: String, password: String) =
        left(press(page, label, mapOf("email" to email, "password" to password)))

    private fun press(page: Page, label: String, values: Map<String, String>): Any {
        val form = Regex("<form[^>]*>.*?</form>", RegexOption.DOT_MATCHES_ALL).findAll(page.html)
            .map { it.value }.first { ">$label</button>" in it }
        val body = FormBody.Builder()
        val buttons = Regex("<button[^>]*>$label</button>").findAll(form).map { it.value }
        val hidden = Regex("<input[^>]*type=\"hidden\"[^>]*>").findAll(form).map { it.value }
        (hidden + buttons).forEach { tag ->
            attribute(tag, "name")?.let { body.add(it, attribute(tag, "value") ?: "") }
        }
        values.forEach { (name, value) -> body.add(name, value) }
        val action = page.at.resolve(attribute(form.substringBefore('>'), "action")!!)!!
        return go(Request.Builder().url(action).post(body.build()).build())
    }

    private fun link(page: Page, label: String): String {
        val tag = Regex("<a [^>]*>$label</a>").find(page.html)?.value ?: error("no “$label” on: ${page.text}")
        val href = attribute(tag, "href")!!
        return page.at.resolve(href)?.toString() ?: href
    }

    private fun attribute(tag: String, name: String): String? =
        Regex(" $name=\"([^\"]*)\"").find(tag)?.groupValues?.get(1)?.let(::unescaped)

    private fun unescaped(text: String) = Regex("&#(x?)([0-9a-fA-F]+);").replace(text) {
        it.groupValues[2].toInt(if (it.groupValues[1].isEmpty()) 10 else 16).toChar().toString()
    }.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    /** A page, or the URL outside its origin. */
    private fun go(first: Request): Any {
        var request = first
        repeat(10) {
            val jar = cookies.entries.joinToString("; ") { (name, value) -> "$name=$value" }
            http.newCall(request.newBuilder().header("Cookie", jar).build()).execute().use { answer ->
                keep(answer)
                val location = answer.header("Location") ?: return Page(request.url, answer.body!!.string())
                val next = request.url.resolve(location) ?: return location
                if (next.port != request.url.port) return location
                request = Request.Builder().url(next).build()
            }
        }
        error("redirects without end")
    }

    private fun keep(answer: Response) {
        answer.headers("Set-Cookie").forEach {
            val (name, value) = it.substringBefore(';').split('=', limit = 2)
            if (value.isEmpty() || "max-age=0" in it.lowercase()) cookies.remove(name) else cookies[name] = value
        }
        if (answer.header("Clear-Site-Data") != null) cookies.clear()
    }

    private fun left(place: Any) = place as? String ?: error("not the expected page: ${(place as Page).text}")
}

fun stateOf(page: String): String = page.toHttpUrl().queryParameter("state")!!
