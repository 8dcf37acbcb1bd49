package com.secureflows

import java.awt.Desktop
import java.io.IOException
import java.net.URI
import java.util.concurrent.TimeUnit

/** The user's own browser: by way of Java's desktop, else by the system's command for that. */
internal object SystemBrowser {
    fun open(page: String) {
        if (!byDesktop(page)) byCommand(command(System.getProperty("os.name")), page)
    }

    /** The command that opens a page, on systems of this name. */
    fun command(system: String): List<String> = when {
        system.startsWith("Mac") -> listOf("open")
        system.startsWith("Windows") -> listOf("rundll32", "url.dll,FileProtocolHandler")
        else -> listOf("xdg-open")
    }

    /** One that is still running after a while is the browser itself. */
    fun byCommand(command: List<String>, page: String) {
        val process = try {
            ProcessBuilder(command + page)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
        } catch (_: IOException) {
            throw none()
        }
        if (process.waitFor(2, TimeUnit.SECONDS) && process.exitValue() != 0) throw none()
    }

    private fun byDesktop(page: String): Boolean = try {
        val here = Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)
        if (here) Desktop.getDesktop().browse(URI(page))
        here
    } catch (_: IOException) {
        false
    } catch (_: LinkageError) {
        // A Java without a desktop.
        false
    }

    /** What failed may quote the page, so its own words are not passed on. */
    private fun none() = LoginDeclined("no browser could be opened: give LoopbackPresenter another way to open a page")
}
