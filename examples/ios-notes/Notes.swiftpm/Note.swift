import Foundation
import SwiftUI

/// One note, as every Notes app stores it under `note:<id>`.
struct Note: Codable, Hashable, Sendable {
    var text: String
    /// ISO-8601, in UTC.
    var createdAt: String

    init(text: String) {
        self.text = text
        createdAt = ISO8601DateFormatter().string(from: Date())
    }

    /// Its first words, for who listens instead of looking.
    var title: String { String(text.prefix(40)) }

    /// The time for today's notes, else the day; nothing when it is no date.
    var when: String {
        let plain = ISO8601DateFormatter()
        let fine = ISO8601DateFormatter()
        fine.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        guard let date = fine.date(from: createdAt) ?? plain.date(from: createdAt) else { return "" }
        if Calendar.current.isDateInToday(date) {
            return "Today, " + date.formatted(date: .omitted, time: .shortened)
        }
        return date.formatted(date: .abbreviated, time: .omitted)
    }
}

/// A note and the id that it is stored by.
struct StoredNote: Identifiable, Hashable, Sendable {
    let id: String
    var note: Note
}

/// What the app shall look like, under the key `theme`.
enum Theme: String, Codable, Sendable {
    case light
    case dark

    var colorScheme: ColorScheme { self == .dark ? .dark : .light }
    var other: Theme { self == .dark ? .light : .dark }
}
