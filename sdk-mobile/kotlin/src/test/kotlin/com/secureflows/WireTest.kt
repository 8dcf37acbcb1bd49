package com.secureflows

import com.secureflows.ffi.Cause
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.Outcome
import com.secureflows.ffi.Quota
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class WireTest {
    private suspend fun signedIn(client: SecureFlows) = until { client.state.value == AuthState.SignedIn }

    private suspend fun unavailable(cause: Cause, call: suspend () -> Any?) =
        failure(call).let { assertEquals(ErrorCode.UNAVAILABLE to cause, it.code to it.reason) }

    private suspend fun unknown(cause: Cause, data: DataState = DataState.INTACT, call: suspend () -> Any?) =
        failure(call).let {
            assertEquals(ErrorCode.OUTCOME_UNKNOWN to cause, it.code to it.reason)
            assertEquals(Outcome.UNKNOWN to data, it.outcome to it.data)
        }

    @Test fun failing() = scenario("wire.failing") {
        for (status in listOf(500, 502, 503, 504)) answering(status, """{"status":401,"error":"Invalid token"}""") { client, script ->
            val cause = Cause.Server(status.toUShort())
            unavailable(cause) { client.getJson("k") }
            unknown(cause) { client.set("k", 1) }
            signedIn(client)
            assertEquals(if (status == 500) 1 else 3, script.count("GET /api/v1/sessions/get/k"))
        }
        Script().use { script ->
            script.on("GET /api/v1/sessions/get/k", 503, "", times = 1)
            script.on("GET /api/v1/sessions/get/k", 200, """{"key":"k","value":7}""")
            script.client().use { assertEquals(7, it.get<Int>("k")) }
        }
    }

    @Test fun down() = scenario("wire.down") {
        Stage(signedIn = true).use {
            it.client.set("note", 1)
            it.wire.down = true
            unavailable(Cause.Unreachable) { it.client.getJson("note") }
            val failure = failure { it.client.set("note", 2) }
            assertEquals(Cause.Unreachable to Outcome.NOT_SENT, failure.reason to failure.outcome)
            signedIn(it.client)
            it.wire.down = false
            assertEquals(1, it.client.get<Int>("note"))
        }
        val nobody = java.net.ServerSocket(0).use { "http://127.0.0.1:${it.localPort}" }
        SecureFlows(WORKSPACE, APP, REDIRECT, origin = nobody).use {
            it.adopt("t", nobody)
            unavailable(Cause.Unreachable) { it.set("note", 2) }
        }
    }

    @Test fun cut() = scenario("wire.cut") {
        for (answer in listOf("", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"er", "not http at all\r\n\r\n")) {
            raw(answer) {
                unavailable(Cause.Interrupted) { it.getJson("k") }
                signedIn(it)
            }
        }
    }

    @Test fun wrongLength() = scenario("wire.wrong-length") {
        raw("HTTP/1.1 410 Gone\r\nContent-Length: 500\r\n\r\n{\"error\":\"Session revoked\"}") {
            unavailable(Cause.Interrupted) { it.getJson("k") }
            signedIn(it)
        }
    }

    @Test fun silent() = scenario("wire.silent") {
        raw(null) {
            unavailable(Cause.TimedOut) { it.getJson("k") }
            unknown(Cause.TimedOut) { it.set("k", 1) }
            unknown(Cause.TimedOut, DataState.UNKNOWN) { it.destroyAllData() }
            signedIn(it)
        }
    }

    @Test fun page() = scenario("wire.page") {
        for ((status, cause) in listOf(200 to Cause.NotThePlatform(200u), 502 to Cause.Server(502u))) {
            answering(status, "<!doctype html><p>Welcome to the hotel") { client, _ ->
                unavailable(cause) { client.getJson("k") }
                unavailable(cause) { client.payload() }
                unknown(cause) { client.set("k", 1) }
                signedIn(client)
            }
        }
        answering(404, "<!doctype html><p>Not here") { client, _ ->
            unavailable(Cause.NotThePlatform(404u)) { client.getJson("k") }
        }
    }

    @Test fun redirect() = scenario("wire.redirect") {
        Script().use { elsewhere ->
            for (status in listOf(301, 302, 307, 308)) {
                val there = mapOf("Location" to "${elsewhere.origin}/api/v1/sessions/get/k")
                answering(status, "moved", there) { client, _ ->
                    unavailable(Cause.NotThePlatform(status.toUShort())) { client.getJson("k") }
                }
            }
            assertEquals(0, elsewhere.requests.size)
        }
    }

    @Test fun tooLarge() = scenario("wire.too-large") {
        answering(200, """{"k":"${"x".repeat(9 shl 20)}"}""") { client, script ->
            unavailable(Cause.AnswerTooLarge) { client.payload() }
            script.forget(WHO)
            script.on(WHO, 200, """{"userId":1,"email":null}""")
            val patient = OkHttpHost(maxAnswerBytes = 16L shl 20)
            SecureFlows(WORKSPACE, APP, REDIRECT, origin = script.origin, host = patient).use {
                it.adopt("a-token", script.origin)
                assertEquals(setOf("k"), it.payload().keys)
            }
        }
    }

    @Test fun rateLimit() = scenario("wire.rate-limit") {
        val set = "POST /api/v1/sessions/set/k"
        Script().use { script ->
            script.on(set, 429, "", mapOf("Retry-After" to "1"), times = 1)
            script.on(set, 200, """{"k":1}""")
            script.client().use {
                val begun = System.nanoTime()
                it.set("k", 1)
                assertTrue(System.nanoTime() - begun >= 1_000_000_000)
            }
        }
        val quota = "session payload exceeds plan limit (max 2048 bytes)"
        answering(429, """{"status":429,"error":"$quota","code":"BILLING_PAYLOAD_LIMIT"}""") { client, script ->
            val failure = failure { client.set("k", 1) }
            assertEquals(Triple(ErrorCode.QUOTA_EXCEEDED, Quota.PAYLOAD, quota), Triple(failure.code, failure.quota, failure.detail))
            assertEquals(1, script.count(set))
        }
    }

    @Test fun oddRefusals() = scenario("wire.odd-refusals") {
        for ((status, body) in listOf(400 to "", 400 to """{"message":"Something"}""", 402 to """{"error":"Payment required"}""",
            403 to """{"error":"Not yours"}""", 403 to "<html>forbidden</html>", 409 to """{"status":"409"}""", 413 to "[]", 501 to "null")) {
            answering(status, body) { client, _ ->
                val failure = failure { client.getJson("k") }
                assertTrue(failure.code in listOf(ErrorCode.REJECTED, ErrorCode.FORBIDDEN), "$status $body")
                assertFalse(failure.signInAgain || failure.retryable)
                signedIn(client)
            }
        }
    }
}
