package com.secureflows

import com.secureflows.ffi.ErrorCode
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class DataTest {
    private fun data(id: String, play: suspend Stage.() -> Unit) =
        scenario("data.$id") { Stage(signedIn = true).use { it.play() } }

    @Test fun absent() = data("absent") {
        assertNull(client.getJson("nothing"))
        assertFalse(client.delete("nothing"))
    }

    @Test fun roundTrip() = data("round-trip") {
        for (text in listOf("true", "0", "-17", "0.1", "\"\"", "\"日本語 \\u0000 \\\"\\\\ 😀\"", "[]", "[1,[2,[3]],{}]",
            "{}", """{"a":{"b":[null,false]},"":"empty key"}""")) {
            val value = Json.parseToJsonElement(text)
            client.set("k", value)
            assertEquals(value, client.get<JsonElement>("k"))
            assertTrue(client.delete("k"))
            assertNull(client.getJson("k"))
            assertFalse(client.delete("k"))
        }
    }

    @Test fun storedNull() = data("null") {
        client.set("k", JsonNull)
        assertEquals("null", client.getJson("k"))
        assertNull(client.getJson("nothing"))
    }

    @Test fun wrapped() = data("wrapped") {
        for (text in listOf("""{"value":1}""", """{"value":{"value":2},"workspaceName":"x"}""")) {
            client.setJson("k", text)
            assertEquals(Json.parseToJsonElement(text), client.get<JsonElement>("k"))
        }
    }

    @Test fun numbers() = data("numbers") {
        for (number in listOf("9007199254740993", "-0", "1e400", "0.10000000000000000000000000001")) {
            client.setJson("n", number)
            assertEquals(number, client.getJson("n"))
        }
    }

    @Test fun keys() = data("keys") {
        val keys = listOf("a", "A", "a/b", "a/../b", "../a", "%2e%2e", "%2F", "a%", "a?b=c", "a#b", "a+b", "a b", " ", "…",
            "日本語", "e\u0301", "\u00e9", "😀", "\u0000", "\r\nX: y", "'; DROP TABLE s; --", "__proto__", "constructor",
            "a\\b", "\"", "&amp;", "k".repeat(100))
        keys.forEachIndexed { number, key -> client.set(key, number) }
        assertEquals(keys.toSet(), client.payload().keys)
        keys.forEachIndexed { number, key -> assertEquals(number, client.get<Int>(key), key) }
        keys.forEach { assertTrue(client.delete(it), it) }
        assertTrue(client.payload().isEmpty())
    }

    @Test fun badKey() = data("bad-key") {
        val sent = wire.sent.get()
        for (key in listOf("", ".", "..", "k".repeat(1025))) {
            for (failure in listOf(failure { client.getJson(key) }, failure { client.set(key, 1) }, failure { client.delete(key) })) {
                assertEquals(ErrorCode.INVALID to "key", failure.code to failure.field)
                assertNotNull(failure.mend)
            }
        }
        assertEquals("value", failure { client.setJson("k", "{oops") }.field)
        assertEquals(sent, wire.sent.get(), "nothing was sent")
    }

    @Test fun payload() = data("payload") {
        assertTrue(client.payload().isEmpty())
        client.set("a", 1)
        val written = client.set("b", listOf(true))
        assertEquals(Json.parseToJsonElement("""{"a":1,"b":[true]}"""), written)
        assertEquals(written, client.payload())
    }

    @Test fun identity() = data("identity") {
        val first = client.identity()
        assertNotNull(first.userId)
        assertEquals(ADA, first.email)
        client.signOut()
        signIn(client, ADA)
        assertEquals(first, client.identity())
    }

    @Test fun wrongType() = data("wrong-type") {
        client.set("k", "private words")
        val failure = failure { client.get<Int>("k") }
        assertEquals(ErrorCode.WRONG_TYPE, failure.code)
        assertFalse("private" in failure.toString())
        assertEquals("\"private words\"", client.getJson("k"))
    }
}
