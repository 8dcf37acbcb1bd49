import SecureFlows
import SwiftUI

@main
struct NotesApp: App {
    @StateObject private var notebook = Notebook()

    var body: some Scene {
        WindowGroup {
            RootView()
                .environmentObject(notebook)
                .preferredColorScheme(notebook.theme?.colorScheme)
                .task { await notebook.follow() }
                .task { await notebook.followUsers() }
        }
    }
}

/// What is shown: by whether somebody is signed in.
struct RootView: View {
    @EnvironmentObject private var notebook: Notebook

    var body: some View {
        switch notebook.state {
        case .signedIn, .locked:
            NotebookView()
        case .signingIn where notebook.isOpen:
            // The token died in mid-use: what is there stays while the user signs in again.
            NotebookView()
        case .signingIn, .signedOut:
            WelcomeView()
        case nil:
            ProgressView().accessibilityLabel("Loading")
        }
    }
}
