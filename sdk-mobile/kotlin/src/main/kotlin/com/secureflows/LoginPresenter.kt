package com.secureflows

import com.secureflows.ffi.CancelHandle
import com.secureflows.ffi.LoginAttempt
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** Shows hosted login to the user: in the browser or a Custom Tab, never in a WebView. */
fun interface LoginPresenter {
    /**
     * Shows [page] and waits for the URL that it comes back to. Never log either.
     *
     * It is cancelled when nobody waits for the login any more. Whatever it throws ends the login;
     * [LoginClosed] says that the user closed the page.
     */
    suspend fun present(page: String): String
}

/** The user closed the login page. */
class LoginClosed : Exception("the user closed the login page")

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
            } catch (failure: Exception) {
                attempt.declined(failure.message ?: failure.javaClass.simpleName)
            }
        }
        attempt.onCancel(object : CancelHandle {
            override fun cancel() = showing.cancel()
        })
    }
}
