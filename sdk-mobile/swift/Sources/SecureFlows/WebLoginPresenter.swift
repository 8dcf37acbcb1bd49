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
    private var showing: Showing?
    private var logins = 0

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
        logins += 1
        let number = logins
        // It is told on a thread of the system's choice.
        let session = ASWebAuthenticationSession(url: page, callbackURLScheme: callbackScheme) {
            @Sendable url, error in
            let end = result(of: url, error)
            Task { @MainActor in self.end(number, end) }
        }
        let place = Place()
        session.prefersEphemeralWebBrowserSession = ephemeral
        session.presentationContextProvider = place
        showing = Showing(number: number, session: session, place: place, continuation: continuation)
        if !session.start() { end(number, .failure(NowhereToShow())) }
    }

    private func giveUp() {
        guard let showing else { return }
        showing.session.cancel()
        end(showing.number, .failure(CancellationError()))
    }

    /// What is told late, of a login that was given up, is nothing to the next one.
    private func end(_ number: Int, _ result: Result<URL, any Error>) {
        guard let ended = showing, ended.number == number else { return }
        showing = nil
        ended.continuation.resume(with: result)
    }
}

@MainActor
private struct Showing {
    let number: Int
    let session: ASWebAuthenticationSession
    /// The session itself does not keep it.
    let place: Place
    let continuation: CheckedContinuation<URL, any Error>
}

private func result(of url: URL?, _ error: (any Error)?) -> Result<URL, any Error> {
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
