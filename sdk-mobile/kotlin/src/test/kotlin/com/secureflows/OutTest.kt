package com.secureflows

import com.secureflows.ffi.Cause
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.HttpRequest
import com.secureflows.ffi.SignedOutReason
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class OutTest {
    private suspend fun byUser(call: suspend () -> Any?) =
        isSignedOut(failure(call), SignedOutReason.BY_USER, DataState.INTACT)

    @Test fun logout() = scenario("out.logout") {
        Stage().use {
            val token = it.token(ADA)
            it.client.adopt(token, it.origin)
            it.client.set("note", 1)
            it.client.signOut()
            byUser { it.client.getJson("note") }
            isSignedOut(failure { it.client.adopt(token, it.origin) }, SignedOutReason.EXPIRED, DataState.INTACT)
            it.client.signOut()
            it.signIn(it.client, ADA)
            assertEquals(1, it.client.get<Int>("note"))
        }
    }

    @Test fun offline() = scenario("out.offline") {
        Stage().use {
            val token = it.token(ADA)
            it.client.adopt(token, it.origin)
            it.wire.down = true
            val untold = failure { it.client.signOut() }
            assertEquals(ErrorCode.SIGNED_OUT_LOCALLY to Cause.Unreachable, untold.code to untold.reason)
            byUser { it.client.getJson("note") }
            it.wire.down = false
            val other = it.another()
            other.adopt(token, it.origin)
            it.client.signOut()
            isSignedOut(failure { other.adopt(token, it.origin) }, SignedOutReason.EXPIRED, DataState.INTACT)
        }
    }

    @Test fun refused() = scenario("out.refused") {
        answering(403, "<html>The hotel says no</html>") { client, script ->
            repeat(2) {
                val untold = failure { client.signOut() }
                assertEquals(ErrorCode.SIGNED_OUT_LOCALLY to Cause.Refused, untold.code to untold.reason)
                byUser { client.getJson("note") }
            }
            assertEquals(2, script.count("POST /api/v1/auth/logout"))
        }
    }

    @Test fun browser() = scenario("out.browser") {
        Stage().use {
            it.client.completeLogin(it.visitor.signIn(it.client.beginLogin(), ADA))
            val home = REDIRECT.removeSuffix("callback")
            val page = it.client.logoutUrl(home)
            it.client.identity()
            assertEquals(home, it.visitor.leave(page))
            it.client.forget()
            byUser { it.client.getJson("note") }
            byUser { it.client.logoutUrl(home) }
            assertFalse("Continue as" in it.visitor.open(it.client.beginLogin()).text)
        }
    }

    @Test fun revoke() = scenario("out.revoke") {
        Stage(signedIn = true).use {
            it.client.set("note", 1)
            it.client.destroyAllData()
            isSignedOut(failure { it.client.getJson("note") }, SignedOutReason.DESTROYED, DataState.DESTROYED)
            it.signIn(it.client, ADA)
            assertNull(it.client.getJson("note"))
        }
    }
}

private const val CANARY = "canary-7f3a9c51d2e84b06"

class SecretTest {
    @Test fun neverPrinted() = scenario("secret.never-printed") {
        answering(400, """{"error":"bad value, bad token $CANARY"}""") { client, script ->
            script.forget(WHO)
            script.on(WHO, 200, """{"userId":1,"email":null}""")
            client.adopt(CANARY, script.origin)
            val request = HttpRequest("GET", "https://p.example/$CANARY", "Bearer $CANARY", CANARY, 1u, 1u)
            val callback = "$REDIRECT?sessionToken=$CANARY&state=sf1.${"0".repeat(32)}"
            val failures = listOf(
                failure { client.set("k", 1) }, failure { client.get<Int>("k") }, failure { client.completeLogin(callback) },
                failure { client.adopt(CANARY, "https://other.example") }, failure { client.setJson("k", CANARY) },
            )
            val printed = listOf("$request", "$client", "${client.state.value}", "${client.identity()}") +
                failures.flatMap { listOf("$it", it.stackTraceToString(), "${it.detail}") }
            for (text in printed) assertFalse(CANARY in text, text)
            assertTrue(printed.size > 15)
        }
    }

    @Test fun bound() = scenario("secret.bound") {
        Stage().use { home ->
            Script().use { away ->
                SecureFlows(WORKSPACE, APP, REDIRECT, origin = away.origin).use {
                    assertEquals("token", failure { it.adopt(home.token(ADA), home.origin) }.field)
                }
                assertEquals(0, away.requests.size)
            }
        }
    }
}
