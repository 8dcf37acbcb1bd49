package com.secureflows

import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.SignedOutReason
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

suspend fun signedOut(client: SecureFlows, reason: SignedOutReason, data: DataState) {
    val calls = listOf<suspend () -> Any?>(
        { client.getJson("note") }, { client.set("note", 2) }, { client.payload() }, { client.identity() },
    )
    for (call in calls) isSignedOut(failure(call), reason, data)
    until { client.state.value == AuthState.SignedOut(reason, data) }
}

fun isSignedOut(failure: SecureFlowsException, reason: SignedOutReason, data: DataState) =
    assertEquals(Triple(ErrorCode.SIGNED_OUT, reason, data), Triple(failure.code, failure.signedOut, failure.data))

suspend fun expired(client: SecureFlows) = signedOut(client, SignedOutReason.EXPIRED, DataState.INTACT)

suspend fun ended(client: SecureFlows) = signedOut(client, SignedOutReason.SESSION_ENDED, DataState.UNKNOWN)

class DeadTest {
    private fun dead(id: String, profile: String = "default", payloadTtl: Long? = null, play: suspend Stage.() -> Unit) =
        scenario("dead.$id") { Stage(true, profile, payloadTtl).use { it.play() } }

    @Test fun expires() = dead("expired") {
        client.set("note", 1)
        advance(7 * 24 * 3600 - 1)
        assertEquals(1, client.get<Int>("note"))
        advance(2)
        expired(client)
        signIn(client, ADA)
        assertEquals(1, client.get<Int>("note"))
    }

    @Test fun loggedOutElsewhere() = dead("logged-out-elsewhere") {
        client.set("note", 1)
        val elsewhere = another()
        signIn(elsewhere, ADA)
        elsewhere.signOut()
        expired(client)
        signIn(client, ADA)
        assertEquals(1, client.get<Int>("note"))
    }

    @Test fun revoked() = dead("revoked") {
        steer("sessions/revoke", "user" to ADA)
        ended(client)
    }

    @Test fun sessionExpired() = dead("session-expired", payloadTtl = 3600) {
        client.set("note", 1)
        advance(3601)
        ended(client)
    }

    @Test fun refused401() = dead("refused-401", profile = "published") {
        advance(LONGER_THAN_A_TOKEN)
        expired(client)
    }

    @Test fun refused401Revoked() = dead("refused-401-revoked", profile = "published") {
        steer("sessions/revoke", "user" to ADA)
        isSignedOut(failure { client.set("note", 1) }, SignedOutReason.SESSION_ENDED, DataState.UNKNOWN)
    }

    @Test fun legacy403() = dead("legacy-403", profile = "legacy") {
        advance(LONGER_THAN_A_TOKEN)
        expired(client)
    }

    @Test fun empty403() = scenario("dead.empty-403") { answering(403, "") { client, _ -> expired(client) } }

    @Test fun locked() = dead("locked") {
        client.set("note", 1)
        steer("workspaces/$WORKSPACE/lock")
        assertEquals(ErrorCode.LOCKED, failure { client.getJson("note") }.code)
        until { client.state.value == AuthState.Locked }
        assertEquals(ErrorCode.LOCKED, failure { client.set("note", 2) }.code)
        client.identity()
        steer("workspaces/$WORKSPACE/unlock")
        assertEquals(1, client.get<Int>("note"))
        until { client.state.value == AuthState.SignedIn }
    }
}
