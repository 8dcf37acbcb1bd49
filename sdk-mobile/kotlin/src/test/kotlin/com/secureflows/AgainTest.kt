package com.secureflows

import com.secureflows.ffi.ClientEvent
import com.secureflows.ffi.DataState
import com.secureflows.ffi.ErrorCode
import com.secureflows.ffi.Outcome
import com.secureflows.ffi.SignedOutReason
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class AgainTest {
    private val logins = AtomicInteger()

    private fun coming(user: String): Stage.() -> LoginPresenter = {
        LoginPresenter { page ->
            logins.incrementAndGet()
            visitor.signIn(page, user)
        }
    }

    private val declining: Stage.() -> LoginPresenter = {
        LoginPresenter {
            logins.incrementAndGet()
            delay(20)
            throw LoginDeclined("the window was closed")
        }
    }

    private fun isExpired(failure: SecureFlowsException) =
        isSignedOut(failure, SignedOutReason.EXPIRED, DataState.INTACT)

    @Test fun singleFlight() = scenario("again.single-flight") {
        Stage(true, presenter = coming(ADA)).use {
            it.client.set("note", 1)
            it.advance(LONGER_THAN_A_TOKEN)
            (0 until 200).map { number ->
                async(Dispatchers.Default) {
                    if (number % 2 == 0) assertEquals(1, it.client.get<Int>("note")) else it.client.set("k$number", number)
                }
            }.awaitAll()
            assertEquals(1, logins.get())
            assertEquals(101, it.client.payload().size)
        }
    }

    @Test fun lateAnswer() = scenario("again.late-answer") {
        Stage(true, presenter = coming(ADA)).use {
            it.client.set("note", 1)
            it.advance(LONGER_THAN_A_TOKEN)
            val hold = it.wire.holdNext()
            val late = async(Dispatchers.Default) { it.client.get<Int>("note") }
            until { it.wire.held.get() == 1 }
            assertEquals(1, it.client.get<Int>("note"))
            until { it.client.state.value == AuthState.SignedIn }
            val told = Told(it.client, this)
            hold.countDown()
            assertEquals(1, late.await(), "it is tried once more with the new token")
            assertEquals(AuthState.SignedIn, it.client.state.value)
            assertEquals(1, logins.get())
            assertEquals(emptyList<ClientEvent>(), told.all(), "nothing changed")
        }
    }

    @Test fun otherUser() = scenario("again.other-user") {
        Stage(true, presenter = coming(BOB)).use {
            it.advance(LONGER_THAN_A_TOKEN)
            val told = Told(it.client, this)
            it.wire.requests.clear()
            val calls = listOf(async { failure { it.client.getJson("note") } }, async { failure { it.client.set("note", "ada's") } })
            for (failure in calls.awaitAll()) {
                assertEquals(ErrorCode.USER_CHANGED to Outcome.NO_EFFECT, failure.code to failure.outcome)
            }
            assertEquals(1, logins.get())
            for (call in listOf("GET sessions/get/note", "POST sessions/set/note")) {
                assertTrue(it.wire.requests.count { sent -> sent == call } <= 1, "$call went out again")
            }
            assertTrue(it.client.payload().isEmpty(), "nothing of Ada's was sent as Bob")
            assertEquals(BOB, it.client.identity().email)
            assertEquals(AuthState.SignedIn, it.client.state.value)
            assertEquals(1, told.all().count { event -> event == ClientEvent.UserChanged })
        }
    }

    @Test fun nobodyKnown() = scenario("again.nobody-known") {
        Script().use { script ->
            script.on("POST /api/v1/sessions/set/note", 410, """{"error":"Session token expired"}""")
            script.client { page -> "$REDIRECT?sessionToken=new&state=${stateOf(page)}" }.use {
                script.on(WHO, 200, """{"userId":null,"email":null}""")
                assertEquals(ErrorCode.USER_CHANGED, failure { it.set("note", 1) }.code)
                assertEquals(1, script.count("POST /api/v1/sessions/set/note"))
            }
        }
    }

    @Test fun declined() = scenario("again.declined") {
        Stage(true, presenter = declining).use {
            it.advance(LONGER_THAN_A_TOKEN)
            val told = Told(it.client, this)
            listOf(
                async { failure { it.client.getJson("a") } },
                async { failure { it.client.set("b", 1) } },
                async { failure { it.client.delete("c") } },
            ).awaitAll().forEach(::isExpired)
            assertEquals(1, logins.get())
            isExpired(failure { it.client.getJson("a") })
            assertEquals(2, logins.get(), "the next call may try again")
            val failed = told.all().filterIsInstance<ClientEvent.LoginFailed>().map { event -> event.failure }
            assertEquals(List(2) { "the window was closed" }, failed.map { failure -> failure.detail })
            assertEquals(setOf(ErrorCode.LOGIN_REFUSED), failed.map { failure -> failure.code }.toSet())
        }
    }

    @Test fun signedOutMeanwhile() = scenario("again.signed-out-meanwhile") {
        val closed = AtomicInteger()
        val open: Stage.() -> LoginPresenter = {
            LoginPresenter {
                logins.incrementAndGet()
                try { awaitCancellation() } finally { closed.incrementAndGet() }
            }
        }
        Stage(true, presenter = open).use {
            it.advance(LONGER_THAN_A_TOKEN)
            val waiting = List(5) { _ -> async(Dispatchers.Default) { failure { it.client.getJson("note") } } }
            until { logins.get() == 1 }
            it.client.signOut()
            waiting.awaitAll().forEach { failure -> isSignedOut(failure, SignedOutReason.BY_USER, DataState.INTACT) }
            until { closed.get() == 1 }
            it.signIn(it.client, ADA)
            assertEquals(null, it.client.getJson("note"))
        }
    }

    @Test fun abandoned() = scenario("again.abandoned") {
        Stage(true, presenter = declining).use {
            it.client.beginLogin()
            it.advance(LONGER_THAN_A_TOKEN)
            isExpired(failure { it.client.getJson("note") })
            it.client.beginLogin()
            until { it.client.state.value == AuthState.SigningIn }
            isExpired(failure { it.client.getJson("note") })
            it.client.cancelLogin()
            until { it.client.state.value == AuthState.SignedOut(SignedOutReason.EXPIRED, DataState.INTACT) }
        }
    }

    @Test fun revoke() = scenario("again.revoke") {
        Stage(true, presenter = coming(ADA)).use {
            it.client.set("note", 1)
            it.advance(LONGER_THAN_A_TOKEN)
            isExpired(failure { it.client.destroyAllData() })
            assertEquals(0, logins.get())
            assertEquals(1, it.client.get<Int>("note"))
        }
    }

    @Test fun none() = scenario("again.none") {
        Stage(true).use {
            it.advance(LONGER_THAN_A_TOKEN)
            isExpired(failure { it.client.getJson("note") })
            val sent = it.wire.sent.get()
            isExpired(failure { it.client.getJson("note") })
            assertEquals(sent, it.wire.sent.get())
        }
    }
}
