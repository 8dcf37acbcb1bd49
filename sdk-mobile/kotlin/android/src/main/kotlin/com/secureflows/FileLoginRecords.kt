package com.secureflows

import android.content.Context
import java.io.File
import java.io.IOException

/**
 * Keeps the records of logins under way in files of the app's own, which outlive its process and are
 * no part of a backup. A record is no secret; no token is ever in one.
 */
class FileLoginRecords internal constructor(private val folder: File) : LoginRecords {
    constructor(context: Context) : this(File(context.noBackupFilesDir, "secureflows-logins"))

    override fun keep(name: String, record: String): Boolean = synchronized(LOCK) {
        try {
            folder.mkdirs()
            dropOld()
            place(name).writeText(record)
            true
        } catch (_: IOException) {
            false
        }
    }

    override fun take(name: String): String? = synchronized(LOCK) {
        try {
            val place = place(name)
            // Only who removes it has it.
            place.readText().takeIf { place.delete() }
        } catch (_: IOException) {
            null
        }
    }

    private fun place(name: String) = File(folder, name.toByteArray().joinToString("") { "%02x".format(it) })

    /** Leaves the latest fifteen of those that a login may still come back to. */
    private fun dropOld() {
        val latest = folder.listFiles().orEmpty().sortedByDescending { it.lastModified() }
        val oldest = System.currentTimeMillis() - KEPT_MILLISECONDS
        latest.filterIndexed { place, file -> place >= 15 || file.lastModified() < oldest }.forEach { it.delete() }
    }
}

private val LOCK = Any()

/** Longer than any login lasts. */
private const val KEPT_MILLISECONDS = 60 * 60 * 1_000L
