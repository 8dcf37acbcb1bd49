package com.secureflows

import java.net.Socket

/**
 * What a browser asks, as far as a login needs it. The JDK has a server of its own, but that one
 * tells every request line to the log, and a token with it.
 */
internal class LoopbackRequest private constructor(val method: String, val target: String, val host: String) {
    companion object {
        /** The request, without its body; null for what is no request, or comes too slowly. */
        fun read(visit: Socket): LoopbackRequest? {
            val lines = head(visit)?.split("\r\n") ?: return null
            val (method, target) = lines.first().split(' ').takeIf { it.size == 3 } ?: return null
            val hosts = lines.drop(1).filter { it.startsWith("host:", ignoreCase = true) }
            return LoopbackRequest(method, target, hosts.singleOrNull()?.substringAfter(':')?.trim() ?: return null)
        }

        private fun head(visit: Socket): String? {
            val late = System.nanoTime() + LONGEST_NANOS
            visit.soTimeout = (LONGEST_NANOS / 1_000_000).toInt()
            val input = visit.getInputStream().buffered()
            val text = StringBuilder()
            while (text.length < LONGEST_HEAD && System.nanoTime() < late) {
                val byte = input.read()
                if (byte < 0) return null
                text.append(byte.toChar())
                if (text.endsWith("\r\n\r\n")) return text.toString()
            }
            return null
        }
    }
}

/** A page of one sentence: no script, no token, kept nowhere. */
internal class LoopbackReply(private val status: String, private val text: String, private vararg val more: String) {
    fun write(visit: Socket) {
        val page = "<!doctype html><html lang=\"en\"><meta name=\"color-scheme\" content=\"light dark\">" +
            "<title>Sign-in</title><p>$text"
        val head = listOf("HTTP/1.1 $status", "Content-Length: ${page.length}", *more) + HEADERS
        val answer = head.joinToString("\r\n") + "\r\n\r\n" + page
        visit.getOutputStream().write(answer.toByteArray(Charsets.ISO_8859_1))
    }
}

private const val LONGEST_HEAD = 32 * 1024
private const val LONGEST_NANOS = 5_000_000_000L

private val HEADERS = listOf(
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)
