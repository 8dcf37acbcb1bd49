import Foundation
import SecureFlowsBinding

/// Shows hosted login to the user: in `ASWebAuthenticationSession` or the browser, never in a web view.
public protocol LoginPresenter: Sendable {
    /// Shows `page` and waits for the URL that it comes back to. Never log either.
    ///
    /// Its task is cancelled when nobody waits for the login any more. Whatever it throws ends the login;
    /// ``LoginClosed`` says that the user closed the page.
    func present(_ page: URL) async throws -> URL
}

/// The user closed the login page: what a ``LoginPresenter`` throws then.
public struct LoginClosed: LocalizedError, Equatable, Sendable {
    public init() {}

    public var errorDescription: String? { "the user closed the login page" }
}

final class PresenterBridge: SecureFlowsBinding.LoginPresenter {
    private let presenter: any LoginPresenter

    init(_ presenter: any LoginPresenter) {
        self.presenter = presenter
    }

    func present(page: String, attempt: LoginAttempt) throws {
        guard let url = URL(string: page) else {
            throw HostFailure.Failed(reason: "the login page has no valid URL")
        }
        let presenter = self.presenter
        let showing = Task {
            do {
                attempt.returned(url: try await presenter.present(url).absoluteString)
            } catch is LoginClosed {
                attempt.cancelled()
            } catch is CancellationError {
                attempt.declined(reason: "the login was given up")
            } catch {
                // Its own words may quote the URL, and that a token.
                attempt.declined(reason: "the presenter failed with \(type(of: error))")
            }
        }
        attempt.onCancel(handle: Stop { showing.cancel() })
    }
}

/// Stops foreign work by what it was given.
final class Stop: CancelHandle {
    private let stop: @Sendable () -> Void

    init(_ stop: @escaping @Sendable () -> Void) {
        self.stop = stop
    }

    func cancel() {
        stop()
    }
}
