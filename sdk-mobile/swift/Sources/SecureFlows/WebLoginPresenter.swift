#if canImport(AuthenticationServices) && (os(iOS) || os(macOS) || os(visionOS))
import AuthenticationServices

#if canImport(UIKit)
import UIKit
#elseif canImport(AppKit)
import AppKit
#endif

/// Shows hosted login in the system's own sheet, `ASWebAuthenticationSession`: the app sees no password.
///
/// Closing the sheet ends the login as ``UserCancelled``.
@MainActor
public final class WebLoginPresenter: LoginPresenter {
    private let callbackScheme: String
    private let ephemeral: Bool
    private let place = Place()
    private var showing: Showing?

    /// - Parameters:
    ///   - callbackScheme: the scheme that hosted login comes back by
    ///   - ephemeral: `true` shares no cookies with the browser, so that everybody has to sign in anew
    public nonisolated init(callbackScheme: String, ephemeral: Bool = false) {
        self.callbackScheme = callbackScheme
        self.ephemeral = ephemeral
    }

    public func present(_ page: URL) async throws -> URL {
        if showing != nil { throw LoginUnderWay() }
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                show(page, continuation)
            }
        } onCancel: {
            Task { @MainActor in self.giveUp() }
        }
    }

    private func show(_ page: URL, _ continuation: CheckedContinuation<URL, any Error>) {
        // It is told on a thread of the system's choice.
        let session = ASWebAuthenticationSession(url: page, callbackURLScheme: callbackScheme) {
            @Sendable url, error in
            Task { @MainActor in self.end(outcome(url, error)) }
        }
        session.prefersEphemeralWebBrowserSession = ephemeral
        session.presentationContextProvider = place
        showing = Showing(session: session, continuation: continuation)
        if !session.start() { end(.failure(NowhereToShow())) }
    }

    private func giveUp() {
        showing?.session.cancel()
        end(.failure(CancellationError()))
    }

    private func end(_ outcome: Result<URL, any Error>) {
        let ended = showing
        showing = nil
        ended?.continuation.resume(with: outcome)
    }
}

@MainActor
private struct Showing {
    let session: ASWebAuthenticationSession
    let continuation: CheckedContinuation<URL, any Error>
}

private func outcome(_ url: URL?, _ error: (any Error)?) -> Result<URL, any Error> {
    if let url { return .success(url) }
    let code = (error as? ASWebAuthenticationSessionError)?.code
    if code == .canceledLogin { return .failure(LoginClosed()) }
    return .failure(error ?? NowhereToShow())
}

/// Another login is at the page: it has to end first.
private struct LoginUnderWay: Error {}

/// The system shows no page now, as when the app is in the background.
private struct NowhereToShow: Error {}

@MainActor
private final class Place: NSObject, ASWebAuthenticationPresentationContextProviding {
    nonisolated override init() {
        super.init()
    }

    func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor {
        #if canImport(UIKit)
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        let active = scenes.first { $0.activationState == .foregroundActive } ?? scenes.first
        return active?.windows.first { $0.isKeyWindow } ?? ASPresentationAnchor()
        #else
        return NSApplication.shared.keyWindow ?? ASPresentationAnchor()
        #endif
    }
}
#endif
