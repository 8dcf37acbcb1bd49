import Combine
import Foundation
import SecureFlows

/// The notes of who is signed in, and what can be done with them.
@MainActor
final class Notebook: ObservableObject {
    @Published private(set) var state: AuthState?
    /// The newest first; `nil` until they are there.
    @Published private(set) var notes: [StoredNote]?
    @Published private(set) var email: String?
    @Published private(set) var theme: Theme?
    /// What the user is told went wrong.
    @Published var problem: String?
    /// The note that was removed last: it can come back.
    @Published var removed: StoredNote?
    /// What the user was writing when the token died: it waits for the same user to come back.
    @Published var draft = ""

    private let client: SecureFlows

    /// The app is made with a client that is valid, or not at all.
    init(client: SecureFlows = Notebook.makeClient()) {
        self.client = client
    }

    /// Whether there is a notebook to go on with.
    var isOpen: Bool { notes != nil }

    /// Follows the client for as long as the app lives.
    func follow() async {
        for await state in client.states {
            self.state = state
            if case .signedOut(let reason, _) = state { close(keeping: reason == .expired) }
            if state == .signedIn { await reload() }
        }
    }

    /// What was read for one user is not shown to the next.
    func followUsers() async {
        for await event in client.events where event == .userChanged {
            close(keeping: false)
            await reload()
        }
    }

    func signIn() async {
        await attempt { try await self.client.signIn() }
    }

    func signOut() async {
        await attempt { try await self.client.signOut() }
    }

    func reload() async {
        await attempt {
            let payload = try await self.client.payload()
            let identity = try await self.client.identity()
            self.show(payload)
            self.email = identity.email
        }
    }

    /// Stores a note, new or changed. It is shown at once, and taken back when that fails.
    ///
    /// - Returns: whether it is stored.
    @discardableResult
    func save(_ stored: StoredNote) async -> Bool {
        let before = notes
        put(stored)
        let saved = await attempt {
            try await self.client.set("note:" + stored.id, to: stored.note)
        }
        if !saved { notes = before }
        return saved
    }

    func add(_ text: String) async -> Bool {
        draft = text
        let saved = await save(StoredNote(id: UUID().uuidString.lowercased(), note: Note(text: text)))
        if saved { draft = "" }
        return saved
    }

    func remove(_ stored: StoredNote) async {
        let before = notes
        notes?.removeAll { $0.id == stored.id }
        removed = stored
        let gone = await attempt {
            try await self.client.delete("note:" + stored.id)
        }
        if !gone {
            notes = before
            removed = nil
        }
    }

    func putBack() async {
        guard let stored = removed else { return }
        removed = nil
        await save(stored)
    }

    func use(_ theme: Theme) async {
        let before = self.theme
        self.theme = theme
        let stored = await attempt { try await self.client.set("theme", to: theme) }
        if !stored { self.theme = before }
    }

    /// Does `work`; what goes wrong is told in words.
    @discardableResult
    private func attempt<Value>(_ work: @MainActor () async throws -> Value) async -> Bool {
        problem = nil
        do {
            _ = try await work()
            return true
        } catch is UserCancelled {
            // Closing the page was the user's own wish.
        } catch is CancellationError {
            // Nobody waits for it any more.
        } catch {
            problem = words(for: error)
        }
        return false
    }

    /// Shows what is stored; what is no note, whoever wrote it, is not shown.
    private func show(_ payload: Payload) {
        guard let members = try? payload.decode(as: [String: Member].self) else { return }
        let stored = members.compactMap { key, member -> StoredNote? in
            guard key.hasPrefix("note:"), let note = member.note else { return nil }
            return StoredNote(id: String(key.dropFirst("note:".count)), note: note)
        }
        notes = stored.sorted { $0.note.createdAt > $1.note.createdAt }
        theme = members["theme"]?.theme
    }

    private func put(_ stored: StoredNote) {
        var all = notes ?? []
        all.removeAll { $0.id == stored.id }
        all.append(stored)
        notes = all.sorted { $0.note.createdAt > $1.note.createdAt }
    }

    /// Who signs out leaves nothing behind.
    private func close(keeping: Bool) {
        removed = nil
        if keeping { return }
        notes = nil
        email = nil
        theme = nil
        draft = ""
    }

    private static func makeClient() -> SecureFlows {
        let origin = ProcessInfo.processInfo.environment["SECUREFLOWS_ORIGIN"] ?? "http://127.0.0.1:8787"
        do {
            return try SecureFlows(
                workspace: "acme", appID: "acme-notes", callbackScheme: "com.acme.notes", origin: origin)
        } catch {
            fatalError("The settings of this app are not valid: \(error.localizedDescription)")
        }
    }
}

/// One value of the payload, as far as this app knows it.
private struct Member: Decodable {
    let note: Note?
    let theme: Theme?

    init(from decoder: any Decoder) throws {
        note = try? Note(from: decoder)
        theme = try? Theme(from: decoder)
    }
}
