import Foundation

/// What went wrong in a test beside what it looks at.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// An answer, as it came over the wire.
struct Answer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: String

    /// The values of a header, whose name is given in small letters.
    func values(of name: String) -> [String] {
        headers.filter { $0.name == name }.map { $0.value }
    }
}

/// Asks a server of this machine, beside the client and its networking.
enum Web {
    static func ask(
        _ method: String, _ url: String, headers: [String: String] = [:], body: String = ""
    ) throws -> Answer {
        guard let parts = URLComponents(string: url), let port = parts.port, parts.host == "127.0.0.1" else {
            throw Unexpected("not on this machine: \(url)")
        }
        var path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        if let query = parts.percentEncodedQuery { path += "?" + query }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.utf8.count)\r\n" }
        let socket = try Socket.connect(to: UInt16(port))
        defer { socket.close() }
        socket.write(Array((head + "\r\n" + body).utf8))
        var bytes: [UInt8] = []
        while true {
            let more = socket.read()
            if more.isEmpty { break }
            bytes += more
        }
        return try parse(bytes)
    }

    static func post(_ url: String, _ json: String) throws -> [String: Any] {
        let answer = try ask("POST", url, headers: ["Content-Type": "application/json"], body: json)
        guard (200..<300).contains(answer.status) else {
            throw Unexpected("\(url): \(answer.status) \(answer.body)")
        }
        let value = try JSONSerialization.jsonObject(with: Data(answer.body.utf8), options: [.fragmentsAllowed])
        return value as? [String: Any] ?? [:]
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            throw Unexpected("no answer")
        }
        let lines = bytes[0..<at].split(separator: 0x0a).map { line in
            String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard !lines.isEmpty else { throw Unexpected("no status") }
        let words = lines[0].components(separatedBy: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw Unexpected("no status: \(lines[0])") }
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers.append((name: line[..<colon].lowercased(), value: value))
        }
        let rest = Array(bytes[(at + 4)...])
        let chunked = headers.contains { $0.name == "transfer-encoding" && $0.value == "chunked" }
        let body = String(decoding: chunked ? joined(rest) : rest, as: UTF8.self)
        return Answer(status: status, headers: headers, body: body)
    }

    /// A body that comes in chunks.
    private static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0a) {
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            guard let size = Int(line.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16), size > 0 else { break }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return body
    }
}
