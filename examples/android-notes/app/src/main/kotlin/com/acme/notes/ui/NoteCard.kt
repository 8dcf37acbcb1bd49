package com.acme.notes.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import com.acme.notes.Kept
import com.acme.notes.NotesModel
import com.acme.notes.R
import com.acme.notes.written

/** Where a note is written. The text goes when it is stored, and not before. */
@Composable
fun Composer(model: NotesModel, draft: String) {
    Column(horizontalAlignment = Alignment.End, verticalArrangement = Arrangement.spacedBy(8.dp)) {
        OutlinedTextField(
            draft, model::write, Modifier.fillMaxWidth(),
            label = { Text(stringResource(R.string.new_note)) },
            minLines = 3,
        )
        Button(model::saveDraft, enabled = draft.isNotBlank()) {
            Text(stringResource(R.string.save))
        }
    }
}

@Composable
fun NoteCard(model: NotesModel, kept: Kept, modifier: Modifier) {
    var draft by rememberSaveable(kept.key) { mutableStateOf<String?>(null) }
    Card(
        modifier.fillMaxWidth(),
        colors = CardDefaults.cardColors(containerColor = MaterialTheme.colorScheme.surfaceContainer),
    ) {
        Column(Modifier.padding(start = 16.dp, top = 16.dp, end = 8.dp, bottom = 4.dp)) {
            val text = draft
            if (text == null) Reading(model, kept) { draft = kept.note.text }
            else Editing(text, { draft = it }, { draft = null }) {
                model.save(kept.copy(note = kept.note.copy(text = text.trim()))) { draft = null }
            }
        }
    }
}

@Composable
private fun Reading(model: NotesModel, kept: Kept, onEdit: () -> Unit) {
    val context = LocalContext.current
    Text(kept.note.text, Modifier.padding(end = 8.dp), style = MaterialTheme.typography.bodyLarge)
    Row(verticalAlignment = Alignment.CenterVertically) {
        Text(
            kept.note.written { context.getString(R.string.today_at, it) },
            Modifier.weight(1f),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodySmall,
        )
        val title = kept.note.text.take(40)
        Action(R.string.edit_short, stringResource(R.string.edit, title), onEdit)
        Action(R.string.remove_short, stringResource(R.string.remove, title)) { model.remove(kept) }
    }
}

/** Short to see, and whole for a screen reader. */
@Composable
private fun Action(label: Int, spoken: String, onClick: () -> Unit) = TextButton(onClick) {
    Text(stringResource(label), Modifier.semantics { contentDescription = spoken })
}

@Composable
private fun Editing(text: String, onText: (String) -> Unit, onCancel: () -> Unit, onSave: () -> Unit) {
    OutlinedTextField(
        text, onText, Modifier.fillMaxWidth().padding(end = 8.dp),
        label = { Text(stringResource(R.string.edit_note)) },
    )
    Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.End) {
        TextButton(onCancel) { Text(stringResource(R.string.cancel)) }
        TextButton(onSave, enabled = text.isNotBlank()) { Text(stringResource(R.string.save)) }
    }
}
