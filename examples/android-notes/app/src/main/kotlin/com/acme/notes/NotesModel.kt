package com.acme.notes

import androidx.annotation.StringRes
import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import com.secureflows.SecureFlows
import com.secureflows.SecureFlowsException
import com.secureflows.UserCancelled
import com.secureflows.handleRedirect
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull

/** What is on the screen besides the sign-in. */
data class Notebook(
    /** Null until they are there. */
    val notes: List<Kept>? = null,
    val theme: String? = null,
    val email: String? = null,
    @StringRes val error: Int? = null,
    /** What was removed last, to be put back. */
    val removed: Kept? = null,
)

class NotesModel(private val client: SecureFlows) : ViewModel() {
    val auth = client.state
    private val shown = MutableStateFlow(Notebook())
    val notebook = shown.asStateFlow()
    private var login: Job? = null

    fun signIn() {
        if (login?.isActive != true) login = attempt { client.signIn() }
    }

    /** Also takes the tab off the screen. */
    fun stopSigningIn() {
        login?.cancel()
    }

    /** Completes a login during which the system ended this app. */
    fun returned() = attempt { client.handleRedirect() }

    fun signOut() = attempt {
        shown.value = Notebook()
        client.signOut()
    }

    /** What somebody else left on the screen is gone before it is read anew. */
    fun open() {
        shown.value = Notebook()
        reload()
    }

    fun reload() = attempt {
        val payload = client.payload()
        val theme = (payload["theme"] as? JsonPrimitive)?.contentOrNull
        shown.update { it.copy(notes = notesIn(payload), theme = theme) }
        val email = client.identity().email
        shown.update { it.copy(email = email) }
    }

    fun useTheme(theme: String) = attempt {
        client.set("theme", theme)
        shown.update { it.copy(theme = theme) }
    }

    /** Stores a note, new or changed; [done] when it is stored, and not before. */
    fun save(kept: Kept, done: () -> Unit) = attempt {
        val payload = client.set(kept.key, kept.note)
        shown.update { it.copy(notes = notesIn(payload)) }
        done()
    }

    /** It is off the screen at once, and back when that fails. */
    fun remove(kept: Kept) = attempt(otherwise = { put(kept) }) {
        shown.update { it.copy(notes = it.notes?.minus(kept), removed = kept) }
        client.delete(kept.key)
    }

    fun putBack(kept: Kept) {
        forgetRemoved()
        save(kept) {}
    }

    fun forgetRemoved() = shown.update { it.copy(removed = null) }

    private fun put(kept: Kept) = shown.update {
        it.copy(notes = it.notes?.plus(kept)?.sortedByDescending { other -> other.note.createdAt }, removed = null)
    }

    /** Somebody who closes the login page needs no telling. */
    private fun attempt(otherwise: () -> Unit = {}, work: suspend () -> Unit): Job = viewModelScope.launch {
        try {
            shown.update { it.copy(error = null) }
            work()
        } catch (_: UserCancelled) {
            otherwise()
        } catch (failure: SecureFlowsException) {
            otherwise()
            shown.update { it.copy(error = inWords(failure)) }
        }
    }
}
