package com.secureflows

import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.withTimeoutOrNull

/**
 * Signs in from a program on the user's own computer: opens hosted login in the browser, and takes
 * the answer on this computer's own address (RFC 8252, section 7.3).
 *
 * ```kotlin
 * val sf = SecureFlows("acme", "acme-notes", "http://127.0.0.1:7878/callback", LoopbackPresenter())
 * sf.signIn()
 * ```
 *
 * It listens where the client's `redirectUri` says, while a login is under way and no longer. The
 * platform compares redirect URIs byte for byte, so that the port is part of what is registered and
 * cannot be drawn anew for each login. When another program holds that port, the login is declined
 * before the page is opened: nobody else gets the token.
 *
 * Only the answer to this login is taken, and only once. The browser is then sent on to the plain
 * redirect URI, so that the token is in no page it shows and in no history that it lists.
 *
 * A login that is begun while another is open takes its place; the earlier one ends as
 * [UserCancelled]. So does one that takes longer than [timeoutMillis].
 *
 * @param timeoutMillis how long the user may take, in milliseconds; the platform's limit is ten minutes
 * @param open opens a page in a browser. A program without one can show the page's URL to the user, to
 *   open on this computer. Never log it. [LoginDeclined] says why it cannot be.
 */
class LoopbackPresenter(
    private val timeoutMillis: Long = 300_000,
    private val open: (page: String) -> Unit = SystemBrowser::open,
) : LoginPresenter {
    private val latest = AtomicReference<LoopbackListener>()

    /**
     * Opens [page] and waits for the URL that it comes back to.
     *
     * @throws LoginClosed when nothing came back in time, or another login took the place of this one
     * @throws LoginDeclined when the port or a browser cannot be had
     */
    override suspend fun present(page: String): String = LoopbackListener(LoopbackLogin.of(page)).use {
        try {
            latest.getAndSet(it)?.close()
            runInterruptible(Dispatchers.IO) { it.start() }
            val url = withTimeoutOrNull(timeoutMillis) {
                runInterruptible(Dispatchers.IO) { open(page) }
                it.callback.await()
            } ?: throw LoginClosed()
            // A program may end right after its login: not before the browser has left the token's URL.
            withTimeoutOrNull(PARTING_MILLIS) { it.parted.await() }
            url
        } finally {
            latest.compareAndSet(it, null)
        }
    }
}

private const val PARTING_MILLIS = 2_000L
