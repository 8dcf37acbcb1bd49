import SecureFlows
import SwiftUI

/// What is shown to who is not signed in: why, and the way in.
struct WelcomeView: View {
    @EnvironmentObject private var notebook: Notebook
    @State private var signingIn: Task<Void, Never>?

    var body: some View {
        VStack(spacing: 20) {
            Spacer()
            Image(systemName: "note.text")
                .font(.system(size: 64))
                .foregroundStyle(.tint)
                .accessibilityHidden(true)
            Text(isBack ? "Welcome back." : "A quiet place to think.")
                .font(.largeTitle.bold())
                .accessibilityAddTraits(.isHeader)
            Text("Write it down here, and find it on every device. Your notes are stored encrypted, and this app never sees your password.")
                .foregroundStyle(.secondary)
            if let reason { Banner(reason, kind: .notice) }
            if let problem = notebook.problem { Banner(problem, kind: .error) }
            Spacer()
            if notebook.state == .signingIn {
                ProgressView("Signing in…")
                Button("Cancel") { signingIn?.cancel() }
            } else {
                Button {
                    signingIn = Task { await notebook.signIn() }
                } label: {
                    Text(isBack ? "Sign in again" : "Sign in").frame(maxWidth: .infinity)
                }
                .buttonStyle(.borderedProminent)
                .controlSize(.large)
                .accessibilityHint("Opens the sign-in page")
            }
        }
        .multilineTextAlignment(.center)
        .padding(24)
        .frame(maxWidth: 480)
    }

    private var isBack: Bool {
        guard case .signedOut(let reason, _) = notebook.state else { return false }
        return reason == .expired || reason == .sessionEnded
    }

    private var reason: String? {
        guard isBack, case .signedOut(_, let data) = notebook.state else { return nil }
        if data == .intact { return "Your session has ended. Your notes are safe: sign in and go on where you were." }
        return "Your session was ended elsewhere. Sign in to see your notebook."
    }
}
