package com.acme.notes

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import com.acme.notes.ui.NotebookScreen
import com.acme.notes.ui.NotesTheme
import com.acme.notes.ui.WelcomeScreen
import com.secureflows.AuthState
import kotlinx.coroutines.launch

class MainActivity : ComponentActivity() {
    private val model by viewModels<NotesModel> {
        viewModelFactory { initializer { NotesModel((application as NotesApp).client) } }
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        enableEdgeToEdge()
        lifecycleScope.launch { repeatOnLifecycle(Lifecycle.State.RESUMED) { model.returned() } }
        setContent {
            val auth by model.auth.collectAsStateWithLifecycle()
            val notebook by model.notebook.collectAsStateWithLifecycle()
            val signedIn = auth is AuthState.SignedIn || auth is AuthState.Locked
            LaunchedEffect(signedIn) { if (signedIn) model.open() }
            NotesTheme(notebook.theme) {
                if (signedIn) NotebookScreen(model, notebook) else WelcomeScreen(model, auth, notebook.error)
            }
        }
    }
}
