import Foundation

/// Where the records of logins under way are kept. They are no secrets, and never the token.
public protocol LoginRecords: Sendable {
    /// Keeps `record` by its `name` for ten minutes at least; `false` when it cannot.
    func keep(_ record: String, name: String) -> Bool

    /// Hands out the record of this `name`, once.
    func take(name: String) -> String?
}

/// Keeps each record in a file, so that a login goes on in another process of the app.
///
/// The system may end an app while its user is at the login page. The files lie in the app's own folder,
/// are protected until the first unlock, and go after an hour.
public final class FileLoginRecords: LoginRecords {
    private static let longest: TimeInterval = 3600

    private let folder: URL

    /// - Parameter folder: where the files go; made when it is not there.
    public init(folder: URL = FileLoginRecords.usualFolder) {
        self.folder = folder
    }

    /// `secureflows/logins` in the app's Application Support.
    public static var usualFolder: URL {
        let places = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)
        let place = places.first ?? FileManager.default.temporaryDirectory
        return place.appendingPathComponent("secureflows").appendingPathComponent("logins")
    }

    public func keep(_ record: String, name: String) -> Bool {
        guard let file = file(of: name) else { return false }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            removeOld()
            try Data(record.utf8).write(to: file, options: options)
            return true
        } catch {
            return false
        }
    }

    public func take(name: String) -> String? {
        guard let file = file(of: name), let record = try? Data(contentsOf: file) else { return nil }
        // Of two that ask at once, it is handed to the one who removes it.
        guard (try? FileManager.default.removeItem(at: file)) != nil else { return nil }
        return String(decoding: record, as: UTF8.self)
    }

    private var options: Data.WritingOptions {
        #if os(iOS) || os(visionOS)
        return [.atomic, .completeFileProtectionUntilFirstUserAuthentication]
        #else
        return [.atomic]
        #endif
    }

    /// A name comes from a callback as well, and that is anybody's: it must not lead elsewhere.
    private func file(of name: String) -> URL? {
        let plain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || byte == 0x2e || byte == 0x2d || byte == 0x5f
        }
        guard plain, !name.isEmpty, name.utf8.count <= 128 else { return nil }
        return folder.appendingPathComponent("login-" + name)
    }

    private func removeOld() {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names {
            let file = folder.appendingPathComponent(name)
            let attributes = try? manager.attributesOfItem(atPath: file.path)
            guard let written = attributes?[.modificationDate] as? Date else { continue }
            if -written.timeIntervalSinceNow > FileLoginRecords.longest {
                try? manager.removeItem(at: file)
            }
        }
    }
}

/// For programs whose users come back to the same process: the last sixteen logins begun.
public final class MemoryLoginRecords: LoginRecords {
    private let records = Locked<[(name: String, record: String)]>([])

    public init() {}

    public func keep(_ record: String, name: String) -> Bool {
        records.with { all in
            if all.count == 16 { all.removeFirst() }
            all.append((name: name, record: record))
        }
        return true
    }

    public func take(name: String) -> String? {
        records.with { all in
            guard let at = all.firstIndex(where: { $0.name == name }) else { return nil }
            return all.remove(at: at).record
        }
    }
}
