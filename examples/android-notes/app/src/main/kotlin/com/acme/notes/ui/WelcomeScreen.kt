package com.acme.notes.ui

import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import com.acme.notes.NotesModel
import com.acme.notes.R
import com.secureflows.AuthState
import com.secureflows.DataState
import com.secureflows.SignedOutReason

/** What is shown to who is not signed in: why, and the way in. */
@Composable
fun WelcomeScreen(model: NotesModel, auth: AuthState, @StringRes error: Int?) = Scaffold { insets ->
    val over = auth as? AuthState.SignedOut
    val back = over?.reason == SignedOutReason.EXPIRED || over?.reason == SignedOutReason.SESSION_ENDED
    Column(
        Modifier.fillMaxSize().padding(insets).verticalScroll(rememberScrollState()).padding(24.dp),
        verticalArrangement = Arrangement.spacedBy(20.dp, alignment = androidx.compose.ui.Alignment.CenterVertically),
    ) {
        when {
            error != null -> Banner(stringResource(error))
            !back -> Unit
            over?.data == DataState.INTACT -> Banner(stringResource(R.string.session_over), error = false)
            else -> Banner(stringResource(R.string.session_ended_elsewhere), error = false)
        }
        Text(
            stringResource(if (back) R.string.welcome_back else R.string.welcome_title),
            Modifier.semantics { heading() },
            style = MaterialTheme.typography.displaySmall,
        )
        Text(
            stringResource(R.string.welcome_text),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyLarge,
        )
        if (auth is AuthState.SigningIn) {
            LinearProgressIndicator(Modifier.fillMaxWidth())
            Text(stringResource(R.string.signing_in))
            OutlinedButton(model::stopSigningIn) { Text(stringResource(R.string.stop_signing_in)) }
        } else {
            Button(model::signIn) { Text(stringResource(if (back) R.string.sign_in_again else R.string.sign_in)) }
        }
    }
}
