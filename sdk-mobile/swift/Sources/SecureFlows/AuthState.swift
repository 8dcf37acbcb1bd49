import SecureFlowsBinding

/// Whether somebody is signed in.
public enum AuthState: Hashable, Sendable {
    /// Nobody is, or no longer: why, and what is known of the data.
    case signedOut(reason: SignedOutReason, data: DataState)

    /// A login is under way.
    case signingIn

    /// Somebody is.
    case signedIn

    /// Somebody is, but the workspace is locked: the data cannot be reached for now.
    case locked

    init(_ status: Status) {
        switch status {
        case .signedOut(let reason, let data): self = .signedOut(reason: reason, data: data)
        case .expired(let reason, let data): self = .signedOut(reason: reason, data: data)
        case .signingIn: self = .signingIn
        case .signedIn: self = .signedIn
        case .locked: self = .locked
        }
    }
}
