package com.acme.notes.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import com.acme.notes.DARK
import com.acme.notes.LIGHT
import com.acme.notes.Notebook
import com.acme.notes.NotesModel
import com.acme.notes.R

@Composable
fun NotebookScreen(model: NotesModel, notebook: Notebook) = Scaffold(topBar = { Bar(model, notebook) }) { insets ->
    val notes = notebook.notes
    LazyColumn(
        Modifier.fillMaxSize().padding(insets).imePadding(),
        contentPadding = PaddingValues(16.dp),
        verticalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        // Nobody writes before it is known who does.
        if (notebook.who != null) item("composer") { Composer(model, notebook.draft) }
        notebook.error?.let {
            item("error") { Banner(stringResource(it), action = stringResource(R.string.reload), onAction = { model.reload() }) }
        }
        notebook.removed?.let {
            item("removed") {
                Banner(stringResource(R.string.removed), error = false, stringResource(R.string.undo)) { model.putBack(it) }
            }
        }
        if (notes == null && notebook.error == null) item("loading") { Loading() }
        if (notes?.isEmpty() == true) item("empty") { Empty() }
        items(notes.orEmpty(), key = { it.key }) { NoteCard(model, it, Modifier.animateItem()) }
    }
}

@OptIn(ExperimentalMaterial3Api::class)
@Composable
private fun Bar(model: NotesModel, notebook: Notebook) = TopAppBar(
    title = {
        Column {
            Text(stringResource(R.string.app_name))
            notebook.who?.email?.let {
                val whole = stringResource(R.string.signed_in_as, it)
                Text(
                    it,
                    Modifier.semantics { contentDescription = whole },
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    maxLines = 1,
                    overflow = TextOverflow.Ellipsis,
                    style = MaterialTheme.typography.bodySmall,
                )
            }
        }
    },
    actions = {
        val dark = isDark(notebook.theme)
        TextButton({ model.useTheme(if (dark) LIGHT else DARK) }) {
            Text(stringResource(if (dark) R.string.use_light else R.string.use_dark))
        }
        TextButton({ model.signOut() }) { Text(stringResource(R.string.sign_out)) }
    },
)

@Composable
private fun Loading() {
    val words = stringResource(R.string.loading)
    LinearProgressIndicator(Modifier.fillMaxWidth().padding(vertical = 24.dp).semantics { contentDescription = words })
}

@Composable
private fun Empty() = Column(
    Modifier.fillMaxWidth().padding(vertical = 48.dp),
    horizontalAlignment = Alignment.CenterHorizontally,
    verticalArrangement = Arrangement.spacedBy(8.dp),
) {
    Text(stringResource(R.string.empty_title), style = MaterialTheme.typography.headlineSmall)
    Text(
        stringResource(R.string.empty_text),
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}
