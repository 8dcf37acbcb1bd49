import Foundation
import SecureFlows
import XCTest

final class DataTests: XCTestCase {
    func testAbsent() async throws {
        try await data("data.absent") { stage in
            let value = try await stage.client.getJSON("nothing")
            XCTAssertNil(value)
            let existed = try await stage.client.delete("nothing")
            XCTAssertFalse(existed)
        }
    }

    func testRoundTrip() async throws {
        try await data("data.round-trip") { stage in
            let client = stage.client
            let values = [
                "true", "0", "-17", "0.1", "\"\"", "\"日本語 \\u0000 \\\"\\\\ 😀\"", "[]", "[1,[2,[3]],{}]", "{}",
                "{\"a\":{\"b\":[null,false]},\"\":\"empty key\"}",
            ]
            for value in values {
                try await client.setJSON("k", to: value)
                let stored = try await client.getJSON("k")
                XCTAssertEqual(try tree(stored), try tree(value), value)
                let existed = try await client.delete("k")
                XCTAssertTrue(existed)
                let gone = try await client.getJSON("k")
                XCTAssertNil(gone)
                let again = try await client.delete("k")
                XCTAssertFalse(again)
            }
            let note = Note(text: "日本語 \"😀\"", done: false, marks: [1.5, -2])
            try await client.set("note", to: note)
            let stored: Note? = try await client.get("note")
            XCTAssertEqual(stored, note)
        }
    }

    func testNull() async throws {
        try await data("data.null") { stage in
            try await stage.client.set("k", to: Int?.none)
            let stored = try await stage.client.getJSON("k")
            XCTAssertEqual(stored, "null")
            let nothing = try await stage.client.getJSON("nothing")
            XCTAssertNil(nothing)
        }
    }

    func testWrapped() async throws {
        try await data("data.wrapped") { stage in
            for text in ["{\"value\":1}", "{\"value\":{\"value\":2},\"workspaceName\":\"x\"}"] {
                try await stage.client.setJSON("k", to: text)
                let stored = try await stage.client.getJSON("k")
                XCTAssertEqual(try tree(stored), try tree(text))
            }
        }
    }

    func testNumbers() async throws {
        try await data("data.numbers") { stage in
            for number in ["9007199254740993", "-0", "1e400", "0.10000000000000000000000000001"] {
                try await stage.client.setJSON("n", to: number)
                let stored = try await stage.client.getJSON("n")
                XCTAssertEqual(stored, number)
            }
        }
    }

    func testKeys() async throws {
        try await data("data.keys") { stage in
            let client = stage.client
            let keys = [
                "a", "A", "a/b", "a/../b", "../a", "%2e%2e", "%2F", "a%", "a?b=c", "a#b", "a+b", "a b", " ", "…", "日本語",
                "e\u{301}", "\u{e9}", "😀", "\u{0}", "\r\nX: y", "'; DROP TABLE s; --", "__proto__", "constructor", "a\\b",
                "\"", "&amp;", String(repeating: "k", count: 100),
            ]
            for (number, key) in keys.enumerated() { try await client.set(key, to: number) }
            let all = try await client.payload()
            // Two of them are one to Swift's own comparison, and two to the platform.
            let members: [String: Int] = try all.decode()
            XCTAssertEqual(Set(members.keys), Set(keys))
            for key in ["\"e\u{301}\":", "\"\u{e9}\":"] {
                XCTAssertTrue(holds(all.json, key), key)
            }
            for (number, key) in keys.enumerated() {
                let stored: Int? = try await client.get(key)
                XCTAssertEqual(stored, number, key)
            }
            for key in keys {
                let existed = try await client.delete(key)
                XCTAssertTrue(existed, key)
            }
            let rest = try await client.payload()
            XCTAssertEqual(rest.json, "{}")
        }
    }

    func testBadKey() async throws {
        try await data("data.bad-key") { stage in
            let client = stage.client
            let sent = stage.wire.sent
            for key in ["", ".", "..", String(repeating: "k", count: 1025)] {
                let errors = [
                    try await failure { try await client.getJSON(key) },
                    try await failure { try await client.set(key, to: 1) },
                    try await failure { try await client.delete(key) },
                ]
                for error in errors {
                    XCTAssertEqual(error.code, .invalid)
                    XCTAssertEqual(error.field, "key")
                    XCTAssertNotNil(error.mend)
                }
            }
            let error = try await failure { try await client.setJSON("k", to: "{oops") }
            XCTAssertEqual(error.field, "value")
            XCTAssertEqual(stage.wire.sent, sent, "nothing was sent")
        }
    }

    func testPayload() async throws {
        try await data("data.payload") { stage in
            let client = stage.client
            let empty = try await client.payload()
            XCTAssertEqual(empty.json, "{}")
            try await client.set("a", to: 1)
            let written = try await client.set("b", to: [true])
            XCTAssertEqual(try tree(written.json), try tree("{\"a\":1,\"b\":[true]}"))
            let read = try await client.payload()
            XCTAssertEqual(read, written)
        }
    }

    func testIdentity() async throws {
        try await data("data.identity") { stage in
            let first = try await stage.client.identity()
            XCTAssertNotNil(first.userId)
            XCTAssertEqual(first.email, ada)
            try await stage.client.signOut()
            try await stage.signIn(stage.client, ada)
            let second = try await stage.client.identity()
            XCTAssertEqual(first, second)
        }
    }

    func testWrongType() async throws {
        try await data("data.wrong-type") { stage in
            let client = stage.client
            try await client.set("k", to: "private words")
            let error = try await failure { try await client.get("k", as: Int.self) }
            XCTAssertEqual(error.code, .wrongType)
            XCTAssertFalse("\(error) \(error.localizedDescription)".contains("private"))
            let stored = try await client.getJSON("k")
            XCTAssertEqual(stored, "\"private words\"")
        }
    }
}

private struct Note: Codable, Equatable, Sendable {
    let text: String
    let done: Bool
    let marks: [Double]
}

/// JSON as a tree that can be compared, whatever the order of its members.
private enum Tree: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([Tree].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: Tree].self))
        }
    }
}

private func tree(_ json: String?) throws -> Tree? {
    guard let json else { return nil }
    return try JSONDecoder().decode(Tree.self, from: Data(json.utf8))
}

/// Whether these very bytes are in the text. Not every Foundation on Linux looks for one `Data` in another.
private func holds(_ text: String, _ part: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.contains(where: { bytes[$0...].starts(with: part.utf8) })
}

private func data(_ id: String, _ play: (Stage) async throws -> Void) async throws {
    try await scenario(id) { try await play(try await Stage.signedIn()) }
}
