package com.acme.notes.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.font.FontFamily
import com.acme.notes.DARK

/** The colours of `web-notes`; [theme] is what the user stored, the system's where nothing is. */
@Composable
fun NotesTheme(theme: String?, content: @Composable () -> Unit) = MaterialTheme(
    colorScheme = if (isDark(theme)) dark else light,
    typography = typography,
    content = content,
)

@Composable
fun isDark(theme: String?): Boolean = if (theme == null) isSystemInDarkTheme() else theme == DARK

private val light = lightColorScheme(
    primary = Color(0xFF285943),
    onPrimary = Color.White,
    background = Color(0xFFF6F4EE),
    onBackground = Color(0xFF1D211F),
    surface = Color(0xFFF6F4EE),
    onSurface = Color(0xFF1D211F),
    onSurfaceVariant = Color(0xFF59615C),
    surfaceContainer = Color.White,
    outline = Color(0xFF8A8D84),
    secondaryContainer = Color(0xFFE6EFE9),
    onSecondaryContainer = Color(0xFF1D211F),
    errorContainer = Color(0xFFFBE9E6),
    onErrorContainer = Color(0xFF8C2616),
)

private val dark = darkColorScheme(
    primary = Color(0xFF8FD0AC),
    onPrimary = Color(0xFF10241A),
    background = Color(0xFF151816),
    onBackground = Color(0xFFEDF0EC),
    surface = Color(0xFF151816),
    onSurface = Color(0xFFEDF0EC),
    onSurfaceVariant = Color(0xFFA5AEA8),
    surfaceContainer = Color(0xFF1F2321),
    outline = Color(0xFF7A837D),
    secondaryContainer = Color(0xFF203229),
    onSecondaryContainer = Color(0xFFEDF0EC),
    errorContainer = Color(0xFF3A211D),
    onErrorContainer = Color(0xFFFFB4A6),
)

private val typography = Typography().run {
    copy(
        displaySmall = displaySmall.copy(fontFamily = FontFamily.Serif),
        headlineSmall = headlineSmall.copy(fontFamily = FontFamily.Serif),
        titleLarge = titleLarge.copy(fontFamily = FontFamily.Serif),
    )
}
