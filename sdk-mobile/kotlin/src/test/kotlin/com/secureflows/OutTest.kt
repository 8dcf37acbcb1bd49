package com.secureflows

import com.secureflows.ffi.Cause
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.SignedOutReason
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
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
            assertEquals(listOf(JsonObject(mapOf("note" to JsonPrimitive(1)))), it.stored(ADA))
            it.client.destroyAllData()
            assertEquals(emptyList<JsonObject>(), it.stored(ADA), "it is gone at the platform")
            isSignedOut(failure { it.client.getJson("note") }, SignedOutReason.DESTROYED, DataState.DESTROYED)
            it.signIn(it.client, ADA)
            assertNull(it.client.getJson("note"))
        }
    }
}
