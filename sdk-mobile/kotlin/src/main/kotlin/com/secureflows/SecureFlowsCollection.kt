package com.secureflows

import java.security.SecureRandom
import kotlinx.serialization.KSerializer

/** Values of one type under the keys `<prefix>:<id>`. Every call goes to the platform. */
class SecureFlowsCollection<T>(
    private val client: SecureFlows,
    private val prefix: String,
    private val serializer: KSerializer<T>,
) {
    init {
        require(prefix.isNotEmpty() && ':' !in prefix) { "a prefix is a short word without a colon" }
    }

    /** Stores [value] under a new id, and gives the id. */
    suspend fun insert(value: T): String {
        val bytes = ByteArray(8).also(random::nextBytes)
        val id = bytes.joinToString("") { "%02x".format(it) }
        set(id, value)
        return id
    }

    /** Stores [value] under [id], in place of what is there. */
    suspend fun set(id: String, value: T) {
        client.setJson(key(id), JSON.encodeToString(serializer, value))
    }

    /** The value of [id]; null when there is none. */
    suspend fun get(id: String): T? = client.get(serializer, key(id))

    /** All ids with their values: one read of the whole payload. */
    suspend fun list(): Map<String, T> = client.payload()
        .filterKeys { it.startsWith("$prefix:") }
        .map { (key, json) -> key.removePrefix("$prefix:") to decode(serializer, json.toString()) }
        .toMap()

    /** Removes the value of [id]; `false` when there was none. */
    suspend fun remove(id: String): Boolean = client.delete(key(id))

    private fun key(id: String): String {
        require(id.isNotEmpty()) { "an id is one that `insert` or `list` gave" }
        return "$prefix:$id"
    }
}

private val random = SecureRandom()
