import Foundation
import SecureFlowsBinding

/// Why a call failed. It carries no token and no stored value.
///
/// ```swift
/// do {
///     try await sf.set("theme", to: "dark")
/// } catch let error as SecureFlowsError where error.signInAgain {
///     try await sf.signIn()
/// }
/// ```
public struct SecureFlowsError: Error, Equatable, Sendable {
    let info: FailureInfo

    /// The name of this kind of error, the same in every language.
    public var code: ErrorCode { info.code }

    /// What is known of the user's stored data.
    public var data: DataState { info.data }

    /// Whether the user has to sign in before another call can work.
    public var signInAgain: Bool { info.signInAgain }

    /// Whether the same call may be made again as it is.
    public var retryable: Bool { info.retryable }

    /// Whether the request went out, and what became of it.
    public var outcome: Outcome { info.outcome }

    /// The platform's own words, or where reading stopped.
    public var detail: String? { info.detail }

    /// Why the user is signed out.
    public var signedOut: SignedOutReason? { info.signedOut }

    /// How a login ended: the platform's word, `user_cancelled` or `declined`.
    public var login: String? { info.login }

    /// What is wrong with a callback.
    public var callback: CallbackProblem? { info.callback }

    /// Which quota is used up.
    public var quota: Quota? { info.quota }

    /// Why an answer is missing or useless.
    public var cause: Cause? { info.cause }

    /// The HTTP status, where the code alone does not give it.
    public var status: Int? { info.status.map { Int($0) } }

    /// How long the platform asks to wait, in seconds.
    public var retryAfter: TimeInterval? { info.retryAfterMilliseconds.map { TimeInterval($0) / 1000 } }

    /// The field that is not valid.
    public var field: String? { info.field }

    /// What to do about a field that is not valid.
    public var mend: String? { info.mend }
}

extension SecureFlowsError: LocalizedError, CustomStringConvertible {
    /// A sentence for developers and logs.
    public var description: String { info.text }

    /// The same sentence, for `localizedDescription`.
    public var errorDescription: String? { info.text }

    /// The platform's own words.
    public var failureReason: String? { info.detail }

    /// What to do next.
    public var recoverySuggestion: String? {
        if let mend = info.mend { return mend }
        if info.signInAgain { return "Sign in again." }
        if info.retryable { return "Try again." }
        if info.outcome == .unknown { return "Read what is stored before you write again." }
        return nil
    }
}

/// The user closed the login page.
public struct UserCancelled: LocalizedError, Equatable, Sendable {
    /// The same, as every error of a call.
    public let error: SecureFlowsError

    /// A sentence for people.
    public var errorDescription: String? { error.errorDescription }
}

extension SecureFlowsError {
    /// What an app sees in place of the binding's error.
    static func told(_ failure: Failure) -> any Error {
        switch failure {
        case .Cancelled:
            return CancellationError()
        case .Failed(let info):
            let error = SecureFlowsError(info: info)
            return info.login == "user_cancelled" ? UserCancelled(error: error) : error
        }
    }

    static func wrongType(_ expected: String) -> SecureFlowsError {
        SecureFlowsError(
            info: plain(
                .wrongType, outcome: .applied,
                text: "the stored value has another type than \(expected); read it with getJSON",
                detail: "expected \(expected)"))
    }

    static func invalid(_ field: String, problem: String, mend: String) -> SecureFlowsError {
        var info = plain(.invalid, outcome: .notSent, text: "`\(field)` \(problem): \(mend)", detail: nil)
        info.field = field
        info.mend = mend
        return SecureFlowsError(info: info)
    }

    private static func plain(_ code: ErrorCode, outcome: Outcome, text: String, detail: String?) -> FailureInfo {
        FailureInfo(
            code: code, data: .intact, signInAgain: false, retryable: false, outcome: outcome, text: text,
            detail: detail, signedOut: nil, login: nil, callback: nil, quota: nil, cause: nil, status: nil,
            retryAfterMilliseconds: nil, field: nil, mend: nil)
    }
}

/// Runs a call that cannot be given up.
func told<Value>(_ call: () throws -> Value) throws -> Value {
    do {
        return try call()
    } catch let failure as Failure {
        throw SecureFlowsError.told(failure)
    }
}

/// Runs a call that ends when its task is cancelled: its request is stopped then.
func cancellable<Value: Sendable>(
    _ call: @Sendable (Cancellation) async throws -> Value
) async throws -> Value {
    try Task.checkCancellation()
    let cancellation = Cancellation()
    do {
        return try await withTaskCancellationHandler {
            try await call(cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    } catch let failure as Failure {
        throw SecureFlowsError.told(failure)
    }
}
