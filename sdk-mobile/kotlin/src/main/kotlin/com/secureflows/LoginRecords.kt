package com.secureflows

/** Where the records of logins under way are kept. They are no secrets. */
interface LoginRecords {
    /** Keeps [record] by its [name] for ten minutes at least; `false` when it cannot. */
    fun keep(name: String, record: String): Boolean

    /** Hands out the record of this [name], once. */
    fun take(name: String): String?
}

/** For programs whose users come back to the same process: the last sixteen logins begun. */
class MemoryLoginRecords : LoginRecords {
    private val records = LinkedHashMap<String, String>()

    override fun keep(name: String, record: String): Boolean = synchronized(records) {
        if (records.size == 16) records.remove(records.keys.first())
        records[name] = record
        true
    }

    override fun take(name: String): String? = synchronized(records) { records.remove(name) }
}
