package com.acme.notes

import android.graphics.Color
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.SystemBarStyle
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import com.acme.notes.ui.NotebookScreen
import com.acme.notes.ui.NotesTheme
import com.acme.notes.ui.WelcomeScreen
import com.acme.notes.ui.isDark
import kotlinx.coroutines.launch

class MainActivity : ComponentActivity() {
    private val model by viewModels<NotesModel> {
        viewModelFactory { initializer { NotesModel((application as NotesApp).client) } }
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        lifecycleScope.launch { repeatOnLifecycle(Lifecycle.State.RESUMED) { model.returned() } }
        setContent { Screen() }
    }

    @Composable
    private fun Screen() {
        val auth by model.auth.collectAsStateWithLifecycle()
        val notebook by model.notebook.collectAsStateWithLifecycle()
        val dark = isDark(notebook.theme)
        LaunchedEffect(dark) {
            val bars = SystemBarStyle.auto(Color.TRANSPARENT, Color.TRANSPARENT) { dark }
            enableEdgeToEdge(bars, bars)
        }
        NotesTheme(notebook.theme) {
            if (isSignedIn(auth)) NotebookScreen(model, notebook) else WelcomeScreen(model, auth, notebook.error)
        }
    }
}
