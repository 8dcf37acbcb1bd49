package com.acme.notes

import java.text.DateFormat
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.TimeZone
import java.util.UUID
import kotlinx.serialization.SerializationException
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.decodeFromJsonElement

/** One note, as `web-notes` stores it too: under `note:<id>`. */
@Serializable
data class Note(val text: String, /** ISO-8601, in UTC. */ val createdAt: String)

/** A note and the key that it is stored under. */
data class Kept(val key: String, val note: Note)

/** The value of `theme`. */
const val DARK = "dark"
const val LIGHT = "light"

fun newNote(text: String) = Kept("note:${UUID.randomUUID()}", Note(text, utc("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").format(Date())))

/** The notes of a payload, the newest first; what is no note, whoever wrote it, is not shown. */
fun notesIn(payload: JsonObject): List<Kept> = payload.filterKeys { it.startsWith("note:") }
    .mapNotNull { (key, json) ->
        try {
            Kept(key, lenient.decodeFromJsonElement<Note>(json))
        } catch (_: SerializationException) {
            null
        }
    }
    .newestFirst()

fun List<Kept>.newestFirst() = sortedByDescending { it.note.createdAt }

/** When it was written, for people: the time for today's, else the day. */
fun Note.written(today: (String) -> String): String {
    val date = runCatching { utc("yyyy-MM-dd'T'HH:mm:ss").parse(createdAt.take(19)) }.getOrNull() ?: return ""
    val day = DateFormat.getDateInstance(DateFormat.MEDIUM)
    return if (day.format(date) == day.format(Date())) today(DateFormat.getTimeInstance(DateFormat.SHORT).format(date)) else day.format(date)
}

private fun utc(pattern: String) = SimpleDateFormat(pattern, Locale.ROOT).apply { timeZone = TimeZone.getTimeZone("UTC") }

private val lenient = Json { ignoreUnknownKeys = true }
