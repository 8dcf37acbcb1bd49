import SwiftUI

/// Where a note is written. It closes when the note is stored, and not before.
struct NoteEditor: View {
    let title: String
    /// Stores the text; whether it is stored.
    let save: @MainActor (String) async -> Bool

    @EnvironmentObject private var notebook: Notebook
    @Environment(\.dismiss) private var dismiss
    @FocusState private var focused: Bool
    @State private var text: String
    @State private var saving = false

    init(title: String, text: String, save: @escaping @MainActor (String) async -> Bool) {
        self.title = title
        self.save = save
        _text = State(initialValue: text)
    }

    var body: some View {
        NavigationStack {
            VStack(spacing: 12) {
                if let problem = notebook.problem { Banner(problem, kind: .error) }
                TextEditor(text: $text)
                    .focused($focused)
                    .disabled(saving)
                    .accessibilityLabel("Text of the note")
            }
            .padding()
            .navigationTitle(title)
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    Button("Cancel") { dismiss() }
                }
                ToolbarItem(placement: .confirmationAction) {
                    if saving {
                        ProgressView().accessibilityLabel("Saving")
                    } else {
                        Button("Save") { Task { await store() } }.disabled(trimmed.isEmpty)
                    }
                }
            }
            .onAppear { focused = true }
            .interactiveDismissDisabled(!trimmed.isEmpty)
        }
    }

    private var trimmed: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    private func store() async {
        saving = true
        let stored = await save(trimmed)
        saving = false
        if stored { dismiss() }
    }
}
