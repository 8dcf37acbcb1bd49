package com.secureflows

import com.secureflows.ffi.CancelHandle
import com.secureflows.ffi.LoginAttempt
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Shows hosted login to the user: in the browser or a Custom Tab, never in a WebView.
 *
 * ```kotlin
 * val presenter = LoginPresenter { page -> myWindow.show(page) ?: throw LoginClosed() }
 * ```
 */
fun interface LoginPresenter {
    /**
     * Shows [page] and waits for the URL that it comes back to. Never log either.
     *
     * It is cancelled when nobody waits for the login any more. Whatever it throws ends the login:
     * [LoginClosed] says that the user closed the page, [LoginDeclined] why it could not be shown. Of
     * anything else only the name of its class is told, since its words may quote the page.
     */
    suspend fun present(page: String): String
}

/** Thrown by a [LoginPresenter]: the user closed the login page. The call fails as [UserCancelled]. */
class LoginClosed : Exception("the user closed the login page")

/**
 * Thrown by a [LoginPresenter]: the page cannot be shown. The call fails with code `LOGIN_REFUSED`, and
 * [reason] as its detail.
 *
 * @param reason a few words for a person, without the page
 */
class LoginDeclined(val reason: String) : Exception(reason)

internal class PresenterBridge(
    private val presenter: LoginPresenter,
    private val scope: CoroutineScope,
) : com.secureflows.ffi.LoginPresenter {
    override fun present(page: String, attempt: LoginAttempt) {
        val showing = scope.launch {
            try {
                attempt.returned(presenter.present(page))
            } catch (cancelled: CancellationException) {
                attempt.declined("the login was given up")
                throw cancelled
            } catch (_: LoginClosed) {
                attempt.cancelled()
            } catch (declined: LoginDeclined) {
                attempt.declined(declined.reason)
            } catch (failure: Throwable) {
                attempt.declined("the presenter threw ${failure.javaClass.simpleName}")
            }
        }
        attempt.onCancel(object : CancelHandle {
            override fun cancel() = showing.cancel()
        })
    }
}
