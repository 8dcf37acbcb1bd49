import Foundation
import SecureFlowsBinding

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One user's way to the platform: signs in, reads and writes, signs in again.
///
/// ```swift
/// let sf = try SecureFlows(workspace: "acme", appID: "acme-web", callbackScheme: "com.acme")
/// try await sf.signIn()
/// try await sf.set("theme", to: "dark")
/// let theme: String? = try await sf.get("theme")
/// ```
///
/// Every call may throw ``SecureFlowsError``, whose answers say what to do next. Cancelling its task stops
/// its request, and the call throws `CancellationError`; a write that may have gone out by then throws an
/// error with ``Outcome/unknown`` in its place. The token lives in memory only, and goes with this object.
public final class SecureFlows: Sendable {
    let client: MobileClient
    private let news: News

    /// Checks the settings; nothing is sent.
    ///
    /// - Parameters:
    ///   - workspace: the workspace's unique name
    ///   - appID: the application's id
    ///   - redirectURI: where hosted login comes back to, byte for byte as it is registered
    ///   - presenter: who shows hosted login, also when a call meets a dead token
    ///   - origin: where the platform lives; production unless given
    ///   - backends: the app's own backends by their exact origins: ``authorize(_:)`` is for these alone
    ///   - signInAgain: `false` makes calls that meet a dead token fail signed out instead
    ///   - attemptTimeout: how long one attempt may take, in seconds; 10 unless given
    ///   - timeout: how long a call may take with all its attempts, in seconds; 30 unless given
    ///   - payloadLimit: the most bytes that the user's data may take: a write beyond it is refused unsent
    ///   - host: sends, waits, and keeps the records of logins
    /// - Throws: ``SecureFlowsError`` with code `invalid`, the field, and what to do about it.
    public init(
        workspace: String,
        appID: String,
        redirectURI: String,
        presenter: (any LoginPresenter)? = nil,
        origin: String? = nil,
        backends: [String] = [],
        signInAgain: Bool = true,
        attemptTimeout: TimeInterval? = nil,
        timeout: TimeInterval? = nil,
        payloadLimit: Int? = nil,
        host: any PlatformHost = URLSessionHost.shared
    ) throws {
        let settings = Settings(
            workspace: workspace, appId: appID, redirectUri: redirectURI, origin: origin,
            attemptTimeoutMilliseconds: try milliseconds(attemptTimeout, of: "attempt_timeout"),
            timeoutMilliseconds: try milliseconds(timeout, of: "timeout"),
            payloadLimit: payloadLimit.map { UInt64(max(0, $0)) },
            backends: backends, signInAgain: signInAgain)
        let bridge = presenter.map { PresenterBridge($0) }
        let client = try told { try MobileClient(settings: settings, host: host, presenter: bridge) }
        self.client = client
        news = News(of: client)
    }

    /// The same for a scheme of the app's own: hosted login comes back to `<callbackScheme>:/callback`,
    /// which has to be registered so. On Apple's systems a ``WebLoginPresenter`` shows it unless another
    /// is given.
    ///
    /// - Parameter callbackScheme: a scheme of the app's own, such as `com.acme`
    public convenience init(
        workspace: String,
        appID: String,
        callbackScheme: String,
        presenter: (any LoginPresenter)? = nil,
        origin: String? = nil,
        backends: [String] = [],
        signInAgain: Bool = true,
        attemptTimeout: TimeInterval? = nil,
        timeout: TimeInterval? = nil,
        payloadLimit: Int? = nil,
        host: any PlatformHost = URLSessionHost.shared
    ) throws {
        try self.init(
            workspace: workspace, appID: appID, redirectURI: callbackScheme + ":/callback",
            presenter: presenter ?? usualPresenter(callbackScheme), origin: origin, backends: backends,
            signInAgain: signInAgain, attemptTimeout: attemptTimeout, timeout: timeout,
            payloadLimit: payloadLimit, host: host)
    }

    /// Whether somebody is signed in, as far as is known here.
    public var state: AuthState { AuthState(client.status()) }

    /// The state at hand, and every later one. Each use is a stream of its own.
    public var states: AsyncStream<AuthState> { news.states() }

    /// What happens to this client from now on. Each use is a stream of its own.
    public var events: AsyncStream<ClientEvent> { news.events() }

    /// Signs the user in on the hosted login page.
    ///
    /// - Parameters:
    ///   - payload: a JSON object that is stored when this login creates the user's data
    ///   - ttlSeconds: how long data that this login creates lives: 0 for ever, else 60 to 604800
    ///   - sameUser: renews the session at hand: only the same user can come back
    /// - Throws: ``UserCancelled`` when the user closed the page.
    public func signIn(payload: String? = nil, ttlSeconds: UInt32? = nil, sameUser: Bool = false) async throws {
        let request = LoginRequest(payload: payload, ttlSeconds: ttlSeconds, sameUser: sameUser)
        try await cancellable { try await self.client.signIn(request: request, cancellation: $0) }
    }

    /// Begins a login of the app's own showing: the page to open in the user's browser. Never log it.
    public func beginLogin(payload: String? = nil, ttlSeconds: UInt32? = nil, sameUser: Bool = false) throws -> URL {
        let request = LoginRequest(payload: payload, ttlSeconds: ttlSeconds, sameUser: sameUser)
        let page = try told { try client.beginLogin(request: request) }
        guard let url = URL(string: page) else {
            client.cancelLogin()
            throw SecureFlowsError.invalid("origin", problem: "makes no valid URL", mend: "give the platform's origin")
        }
        return url
    }

    /// Gives up the login that was begun. A token at hand stays.
    public func cancelLogin() {
        client.cancelLogin()
    }

    /// Completes a login with the URL that it came back to; any URL may be given.
    ///
    /// - Returns: `false` when that is no callback of ours, and nothing happened.
    @discardableResult
    public func handle(_ callback: URL) async throws -> Bool {
        let url = callback.absoluteString
        let end: SignIn = try await cancellable {
            try await self.client.completeLogin(url: url, cancellation: $0)
        }
        return end == .done
    }

    /// Signs in with a token that `origin` issued to automation or a test.
    public func adopt(token: String, origin: String) async throws {
        do {
            try await client.adopt(token: token, origin: origin)
        } catch let failure as Failure {
            throw SecureFlowsError.told(failure)
        }
    }

    /// Who is signed in.
    public func identity() async throws -> WhoIs {
        try await cancellable { try await self.client.identity(cancellation: $0) }
    }

    /// The request with the user's bearer token, for one of the app's backends and for nobody else. The
    /// session that sends it must not follow redirects with it.
    ///
    /// - Throws: ``SecureFlowsError`` with code `invalid`, field `url`, for any other place.
    public func authorize(_ request: URLRequest) throws -> URLRequest {
        let url = request.url?.absoluteString ?? ""
        let bearer = try told { try client.authorize(url: url) }
        var authorized = request
        authorized.setValue(bearer, forHTTPHeaderField: "Authorization")
        return authorized
    }

    /// Signs the user out: here at once, then at the platform. The data stays.
    ///
    /// - Throws: ``SecureFlowsError`` with code `signedOutLocally` when the platform could not be told;
    ///   calling again tells it.
    public func signOut() async throws {
        do {
            try await client.signOut()
        } catch let failure as Failure {
            throw SecureFlowsError.told(failure)
        }
    }

    /// Where a browser signs out by a navigation, coming back to `postLogoutURI`; then call ``forget()``.
    public func logoutURL(postLogoutURI: String) throws -> URL {
        let page = try told { try client.logoutUrl(postLogoutUri: postLogoutURI) }
        guard let url = URL(string: page) else {
            throw SecureFlowsError.invalid(
                "post_logout_uri", problem: "makes no valid URL", mend: "percent-encode it")
        }
        return url
    }

    /// Signs the user out here only.
    public func forget() {
        client.forget()
    }

    /// Destroys the session **and all the data in it**, for good.
    ///
    /// - Throws: ``SecureFlowsError`` with code `outcomeUnknown`, and the data in an unknown state, when no
    ///   answer came.
    public func destroyAllData() async throws {
        try await cancellable { try await self.client.destroyAllData(cancellation: $0) }
    }
}

private func milliseconds(_ seconds: TimeInterval?, of field: String) throws -> UInt64? {
    guard let seconds else { return nil }
    guard let whole = UInt64(exactly: (seconds * 1000).rounded()) else {
        throw SecureFlowsError.invalid(field, problem: "is no time", mend: "give seconds, more than none")
    }
    return whole
}

private func usualPresenter(_ callbackScheme: String) -> (any LoginPresenter)? {
    #if canImport(AuthenticationServices) && (os(iOS) || os(macOS) || os(visionOS))
    return WebLoginPresenter(callbackScheme: callbackScheme)
    #else
    return nil
    #endif
}
