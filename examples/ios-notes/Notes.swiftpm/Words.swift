import SecureFlows

/// What a user is told when something failed.
func words(for error: any Error) -> String {
    guard let error = error as? SecureFlowsError else { return "Something went wrong. Please try again." }
    switch error.code {
    case .signedOut, .userChanged:
        return "You are signed out. Sign in again, and your notes are here."
    case .signedOutLocally:
        return "You are signed out here. The platform could not be told: sign out again when there is a connection."
    case .unavailable:
        return "There is no connection. Nothing was lost; please try again."
    case .outcomeUnknown:
        return "The connection broke, so it may or may not be saved. Please look again."
    case .quotaExceeded:
        return "The notebook is full. Remove a note, then save this one."
    case .rateLimited:
        return "That was a lot at once. Please try again in a moment."
    case .locked:
        return "The notebook is locked for now. Your notes are safe, and nothing can be changed."
    case .loginRefused:
        return "You were not signed in. Please try again."
    case .callbackRefused:
        return "That sign-in is too old or was begun elsewhere. Please begin again."
    case .forbidden, .invalid, .rejected, .wrongType:
        return error.localizedDescription
    }
}
