import SecureFlowsBinding

/// The name of a kind of error, the same in every language.
public typealias ErrorCode = SecureFlowsBinding.ErrorCode

/// What is known of the user's stored data.
public typealias DataState = SecureFlowsBinding.DataState

/// Whether a request went out, and what became of it.
public typealias Outcome = SecureFlowsBinding.Outcome

/// Why nobody is signed in.
public typealias SignedOutReason = SecureFlowsBinding.SignedOutReason

/// What is wrong with a callback.
public typealias CallbackProblem = SecureFlowsBinding.CallbackProblem

/// A quota that can be used up.
public typealias Quota = SecureFlowsBinding.Quota

/// Why an answer is missing or useless.
public typealias Cause = SecureFlowsBinding.Cause

/// Something that happened to a client, told after it happened.
public typealias ClientEvent = SecureFlowsBinding.ClientEvent

/// Who is signed in.
public typealias WhoIs = SecureFlowsBinding.WhoIs

/// The platform's own networking, timers, clock and storage: ``URLSessionHost``, or one of an app's own.
public typealias PlatformHost = SecureFlowsBinding.PlatformHost

/// One HTTP request, ready to go.
public typealias HTTPRequest = SecureFlowsBinding.HttpRequest

/// Takes the end of one request.
public typealias Exchange = SecureFlowsBinding.Exchange

/// Takes the end of one wait.
public typealias HostTimer = SecureFlowsBinding.Timer

/// What stops a request or a wait under way.
public typealias CancelHandle = SecureFlowsBinding.CancelHandle

/// Why a request has no answer.
public typealias SendError = SecureFlowsBinding.SendError
