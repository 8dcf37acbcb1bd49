import SecureFlows
import SwiftUI

/// The notes, and the way to write another.
struct NotebookView: View {
    @EnvironmentObject private var notebook: Notebook
    @State private var writing = false
    @State private var editing: StoredNote?

    var body: some View {
        NavigationStack {
            content
                .navigationTitle("Notes")
                .toolbar { tools }
                .refreshable { await notebook.reload() }
                .safeAreaInset(edge: .bottom) { banners }
        }
        .sheet(isPresented: $writing) {
            NoteEditor(title: "New note", text: notebook.draft) { await notebook.add($0) }
        }
        .sheet(item: $editing) { stored in
            NoteEditor(title: "Edit note", text: stored.note.text) { text in
                var changed = stored
                changed.note.text = text
                return await notebook.save(changed)
            }
        }
    }

    @ViewBuilder private var content: some View {
        if let notes = notebook.notes {
            List(notes) { stored in
                NoteRow(stored: stored) { editing = stored }
                    .swipeActions {
                        Button("Remove", role: .destructive) { Task { await notebook.remove(stored) } }
                    }
            }
            .overlay { if notes.isEmpty { EmptyNotebook() } }
        } else if notebook.problem == nil {
            ProgressView("Opening your notebook…")
        } else {
            Color.clear
        }
    }

    @ViewBuilder private var banners: some View {
        VStack(spacing: 8) {
            if notebook.state == .locked {
                Banner("The notebook is locked for now. Your notes are safe.", kind: .notice, label: "Try again") {
                    Task { await notebook.reload() }
                }
            } else if let problem = notebook.problem {
                Banner(problem, kind: .error, label: "Try again") { Task { await notebook.reload() } }
            }
            if notebook.removed != nil {
                Banner("The note was removed.", kind: .notice, label: "Undo") { Task { await notebook.putBack() } }
            }
        }
        .padding(.horizontal)
        .padding(.bottom, 8)
    }

    @ToolbarContentBuilder private var tools: some ToolbarContent {
        ToolbarItem(placement: .navigationBarLeading) {
            Menu {
                if let email = notebook.email { Text(email) }
                Button(otherTheme == .dark ? "Use the dark theme" : "Use the light theme") {
                    Task { await notebook.use(otherTheme) }
                }
                Button("Sign out", role: .destructive) { Task { await notebook.signOut() } }
            } label: {
                Image(systemName: "person.crop.circle")
            }
            .accessibilityLabel("Account")
        }
        ToolbarItem(placement: .navigationBarTrailing) {
            Button {
                writing = true
            } label: {
                Image(systemName: "square.and.pencil")
            }
            .accessibilityLabel("New note")
            .disabled(notebook.state == .locked)
        }
    }

    private var otherTheme: Theme { (notebook.theme ?? .light).other }
}

private struct NoteRow: View {
    let stored: StoredNote
    let edit: () -> Void

    var body: some View {
        Button(action: edit) {
            VStack(alignment: .leading, spacing: 6) {
                Text(stored.note.text)
                    .foregroundStyle(.primary)
                    .lineLimit(8)
                Text(stored.note.when)
                    .font(.caption)
                    .foregroundStyle(.secondary)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(.vertical, 4)
        }
        .buttonStyle(.plain)
        .accessibilityLabel("\(stored.note.title), \(stored.note.when)")
        .accessibilityHint("Edits the note")
    }
}

private struct EmptyNotebook: View {
    var body: some View {
        VStack(spacing: 8) {
            Image(systemName: "square.and.pencil")
                .font(.largeTitle)
                .foregroundStyle(.secondary)
                .accessibilityHidden(true)
            Text("Nothing here yet.").font(.headline)
            Text("Your first note appears as soon as you save it.").foregroundStyle(.secondary)
        }
        .multilineTextAlignment(.center)
        .padding(32)
        .accessibilityElement(children: .combine)
    }
}
