import com.secureflows.SecureFlows
import java.io.File
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

@Serializable data class Note(val text: String, val createdAt: String)

@Serializable data class Told(val read: Map<String, Note>, val wrote: Map<String, Note>)

/** The second hop of `tests/e2e`: reads the note that was written in a browser, and changes it. */
fun main() = runBlocking {
    val origin = System.getenv("SECUREFLOWS_ORIGIN")
    val signedIn = control("sign-in", """{"user":"$ADA","application":"acme-notes"}""")
    val token = Json.parseToJsonElement(signedIn).jsonObject.getValue("sessionToken").jsonPrimitive.content
    SecureFlows("acme", "acme-notes", "http://127.0.0.1:7999/callback", origin = origin).use { sf ->
        sf.adopt(token, origin)
        val notes = sf.collection<Note>("note")
        val read = notes.list()
        val (id, note) = read.entries.single()
        val changed = note.copy(text = "${note.text}, at four")
        notes.set(id, changed)
        val told = Told(read, mapOf(id to changed))
        File(System.getenv("SECUREFLOWS_E2E"), "kotlin.json").writeText(Json.encodeToString(Told.serializer(), told))
    }
}
