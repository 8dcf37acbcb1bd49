package com.acme.notes

import androidx.annotation.StringRes
import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import com.secureflows.AuthState
import com.secureflows.SecureFlows
import com.secureflows.SecureFlowsException
import com.secureflows.UserCancelled
import com.secureflows.WhoIs
import com.secureflows.handleRedirect
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull

/** What is on the screen besides the sign-in. */
data class Notebook(
    /** Null until they are there. */
    val notes: List<Kept>? = null,
    val theme: String? = null,
    /** Null until it is known. */
    val who: WhoIs? = null,
    @StringRes val error: Int? = null,
    /** What was removed last, to be put back. */
    val removed: Kept? = null,
    /** What is being written. */
    val draft: String = "",
)

class NotesModel(private val client: SecureFlows) : ViewModel() {
    val auth = client.state
    private val shown = MutableStateFlow(Notebook())
    val notebook = shown.asStateFlow()
    private var login: Job? = null

    /** What users were writing when their session ended, by who they are: it waits for them. */
    private val drafts = mutableMapOf<String?, String>()

    init {
        viewModelScope.launch {
            auth.map(::isSignedIn).distinctUntilChanged().collect { signedIn ->
                shown.update { Notebook(error = it.error) }
                if (signedIn) reload()
            }
        }
    }

    fun signIn() {
        if (login?.isActive != true) login = attempt { client.signIn() }
    }

    /** Takes the tab off the screen, also when it was a call that needed the sign-in. */
    fun stopSigningIn() {
        if (login?.isActive == true) login?.cancel() else client.forget()
    }

    /** Completes a login during which the system ended this app. */
    fun returned() = viewModelScope.launch { told { client.handleRedirect() } }

    fun signOut() = attempt {
        drafts.clear()
        client.signOut()
    }

    fun reload() = attempt {
        val who = client.identity()
        val payload = client.payload()
        val theme = (payload["theme"] as? JsonPrimitive)?.contentOrNull
        shown.update { it.copy(notes = notesIn(payload), theme = theme, who = who, draft = drafts[who.userId].orEmpty()) }
    }

    fun useTheme(theme: String) = attempt {
        client.set("theme", theme)
        shown.update { it.copy(theme = theme) }
    }

    fun write(draft: String) {
        drafts[shown.value.who?.userId] = draft
        shown.update { it.copy(draft = draft) }
    }

    /** What was written goes from the screen when it is stored. */
    fun saveDraft() {
        val writer = shown.value.who
        save(newNote(shown.value.draft.trim())) {
            drafts.remove(writer?.userId)
            shown.update { if (it.who == writer) it.copy(draft = "") else it }
        }
    }

    /** Stores a note, new or changed; [done] when it is stored, and not before. */
    fun save(kept: Kept, done: () -> Unit) = attempt {
        val payload = client.set(kept.key, kept.note)
        shown.update { it.copy(notes = notesIn(payload)) }
        done()
    }

    /** It is off the screen at once, and back when that fails. */
    fun remove(kept: Kept) = attempt {
        shown.update { it.copy(notes = it.notes?.minus(kept), removed = kept) }
        try {
            client.delete(kept.key)
        } catch (failure: SecureFlowsException) {
            shown.update { it.copy(notes = it.notes?.plus(kept)?.newestFirst(), removed = null) }
            throw failure
        }
    }

    fun putBack(kept: Kept) {
        shown.update { it.copy(removed = null) }
        save(kept) {}
    }

    private fun attempt(work: suspend () -> Unit): Job = viewModelScope.launch {
        shown.update { it.copy(error = null) }
        told { work() }
    }

    private suspend fun told(work: suspend () -> Unit) {
        try {
            work()
        } catch (_: UserCancelled) {
            // Who closes the login page needs no telling.
        } catch (failure: SecureFlowsException) {
            shown.update { it.copy(error = inWords(failure)) }
        }
    }
}

fun isSignedIn(auth: AuthState) = auth is AuthState.SignedIn || auth is AuthState.Locked
