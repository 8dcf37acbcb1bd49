package com.secureflows

import com.secureflows.ffi.CallbackProblem
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class SignInTest {
    private suspend fun refused(client: SecureFlows, url: String, problem: CallbackProblem) {
        val failure = failure { client.completeLogin(url) }
        assertEquals(ErrorCode.CALLBACK_REFUSED to problem, failure.code to failure.callback)
    }

    @Test fun hostedLogin() = scenario("sign-in.hosted-login") {
        Stage(presenter = { LoginPresenter { visitor.signIn(it, ADA) } }).use {
            val page = it.client.beginLogin()
            until { it.client.state.value == AuthState.SigningIn }
            val callback = it.visitor.signIn(page, ADA)
            assertTrue(callback.startsWith("$REDIRECT?sessionToken=") && "&state=sf1." in callback)
            assertTrue(it.client.completeLogin(callback))
            it.client.signOut()
            it.client.signIn()
            until { it.client.state.value == AuthState.SignedIn }
            it.client.set("theme", "dark")
            assertEquals("dark", it.client.get<String>("theme"))
        }
    }

    @Test fun continues() = scenario("sign-in.continue") {
        Stage().use {
            it.client.completeLogin(it.visitor.signIn(it.client.beginLogin(), ADA))
            val first = it.client.identity()
            val page = it.client.beginLogin()
            assertTrue("Continue as $ADA?" in it.visitor.open(page).text)
            assertTrue(it.client.completeLogin(it.visitor.continueAsBefore(page)))
            assertEquals(first, it.client.identity())
        }
    }

    @Test fun signUp() = scenario("sign-in.sign-up") {
        Stage().use {
            it.client.completeLogin(it.visitor.signUp(it.client.beginLogin(), "eve@example.com"))
            assertEquals("eve@example.com", it.client.identity().email)
            assertTrue(it.client.payload().isEmpty())
        }
    }

    @Test fun firstData() = scenario("sign-in.first-data") {
        Stage().use {
            for (theme in listOf("dark", "light")) {
                val page = it.client.beginLogin(JsonObject(mapOf("theme" to JsonPrimitive(theme))), 3600)
                it.client.completeLogin(Visitor().signIn(page, ADA))
                assertEquals("dark", it.client.get<String>("theme"))
            }
        }
    }

    @Test fun refused() = scenario("sign-in.refused") {
        Stage().use {
            val callback = it.visitor.cancel(it.client.beginLogin())
            val failure = failure { it.client.completeLogin(callback) }
            assertEquals(ErrorCode.LOGIN_REFUSED to "access_denied", failure.code to failure.login)
            until { it.client.state.value is AuthState.SignedOut }
            assertTrue(it.client.completeLogin(it.visitor.signIn(it.client.beginLogin(), ADA)))
        }
    }

    @Test fun stateMissing() = scenario("sign-in.state-missing") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA)
            refused(it.client, callback.substringBefore("&state="), CallbackProblem.STATE_MISSING)
            assertFalse(it.client.state.value == AuthState.SignedIn)
        }
    }

    @Test fun stateForged() = scenario("sign-in.state-forged") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA).substringBefore("&state=")
            for (state in listOf("sf1." + "0".repeat(32), "guess")) {
                refused(it.client, "$callback&state=$state", CallbackProblem.STATE_UNKNOWN)
            }
        }
    }

    @Test fun stateExpired() = scenario("sign-in.state-expired") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA)
            it.wire.ahead.set(11 * 60 * 1000)
            refused(it.client, callback, CallbackProblem.STATE_EXPIRED)
        }
    }

    @Test fun callbackTwice() = scenario("sign-in.callback-twice") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA)
            val both = (1..2).map { _ -> async { runCatching { it.client.completeLogin(callback) } } }.awaitAll()
            assertEquals(1, both.count { result -> result.isSuccess })
            val twice = both.firstNotNullOf { result -> result.exceptionOrNull() } as SecureFlowsException
            assertEquals(CallbackProblem.STATE_UNKNOWN, twice.callback)
            assertNull(it.client.getJson("theme"))
        }
    }

    @Test fun stateForeign() = scenario("sign-in.state-foreign") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA)
            refused(it.another(appId = "another-app"), callback, CallbackProblem.STATE_UNKNOWN)
            assertTrue(it.client.completeLogin(callback), "it is not used up")
        }
    }

    @Test fun liveTokenKept() = scenario("sign-in.live-token-kept") {
        Stage(signedIn = true).use {
            it.client.set("owner", "ada")
            val bobs = it.visitor.signIn(it.another().beginLogin(), BOB).substringBefore("&state=")
            for (callback in listOf(bobs, "$bobs&state=sf1.${"0".repeat(32)}", "$REDIRECT?state=sf1.${"0".repeat(32)}")) {
                assertEquals(ErrorCode.CALLBACK_REFUSED, failure { it.client.completeLogin(callback) }.code)
                assertEquals("ada", it.client.get<String>("owner"))
            }
        }
    }

    @Test fun otherPage() = scenario("sign-in.other-page") {
        Stage(signedIn = true).use {
            for (url in listOf("http://127.0.0.1:7999/", "https://evil.example/callback?sessionToken=t&state=x",
                "$REDIRECT?code=1&state=other-library")) {
                assertFalse(it.client.completeLogin(url))
            }
            until { it.client.state.value == AuthState.SignedIn }
        }
    }

    @Test fun sameUser() = scenario("sign-in.same-user") {
        Stage(signedIn = true).use {
            it.client.set("note", 1)
            it.advance(LONGER_THAN_A_TOKEN)
            failure { it.client.getJson("note") }
            val page = it.client.beginLogin(sameUser = true)
            assertTrue("&session_token=" in page)
            val bobs = Visitor().signIn(page, BOB)
            assertEquals(ErrorCode.LOGIN_REFUSED, failure { it.client.completeLogin(bobs) }.code)
            assertTrue(it.client.completeLogin(it.visitor.signIn(it.client.beginLogin(sameUser = true), ADA)))
            assertEquals(1, it.client.get<Int>("note"))
            it.client.signOut()
            assertEquals("same_user", failure { it.client.beginLogin(sameUser = true) }.field)
        }
    }

    @Test fun recordSurvives() = scenario("sign-in.record-survives") {
        Stage().use {
            val callback = it.visitor.signIn(it.client.beginLogin(), ADA)
            it.client.close()
            val after = it.another()
            assertTrue(after.completeLogin(callback))
            until { after.state.value == AuthState.SignedIn }
        }
    }

    @Test fun aClosedPageIsTheUsersOwnWish() = outOfList {
        Stage(presenter = { LoginPresenter { throw LoginClosed() } }).use {
            val failure = failure { it.client.signIn() }
            assertTrue(failure is UserCancelled)
            assertEquals(DataState.UNKNOWN, failure.data)
            until { it.client.state.value is AuthState.SignedOut }
        }
    }

    private fun outOfList(play: suspend () -> Unit) = kotlinx.coroutines.runBlocking { play() }
}
