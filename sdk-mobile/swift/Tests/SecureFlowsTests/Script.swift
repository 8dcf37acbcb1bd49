import Foundation
import SecureFlows

let who = "GET /api/v1/sessions/identity"

/// A stand-in for the platform that answers by a script, as long as this process runs.
final class Script: Sendable {
    private struct Reply {
        let status: Int
        let body: String
        let headers: [String: String]
        var times: Int
    }

    private struct Book {
        var replies: [String: [Reply]] = [:]
        var requests: [String] = []
    }

    let origin: String
    private let book = Locker(Book())

    init() throws {
        let (listener, port) = try Socket.listen()
        origin = "http://127.0.0.1:\(port)"
        let book = self.book
        serve(listener) { request in Script.answer(request, book) }
        on(who, 200, "{\"userId\":1,\"email\":null}", times: 1)
    }

    /// Answers `what`, or everything, so for the next `times` requests.
    func on(_ what: String, _ status: Int, _ body: String, headers: [String: String] = [:], times: Int = .max) {
        let reply = Reply(status: status, body: body, headers: headers, times: times)
        book.change { $0.replies[what, default: []].append(reply) }
    }

    func forget(_ what: String) {
        book.change { $0.replies[what] = nil }
    }

    var requests: [String] { book.value.requests }

    func count(_ what: String) -> Int {
        requests.filter { $0 == what }.count
    }

    func client(presenter: (any LoginPresenter)? = nil) async throws -> SecureFlows {
        let client = try SecureFlows(
            workspace: workspace, appID: app, redirectURI: redirect, presenter: presenter, origin: origin,
            host: Wire())
        try await client.adopt(token: "a-token", origin: origin)
        return client
    }

    private static func answer(_ request: String, _ book: Locker<Book>) -> String {
        let reply = book.change { book -> Reply in
            book.requests.append(request)
            for name in [request, "*"] {
                var replies = book.replies[name] ?? []
                guard let at = replies.firstIndex(where: { $0.times > 0 }) else { continue }
                let reply = replies[at]
                if reply.times < Int.max { replies[at].times -= 1 }
                book.replies[name] = replies
                return reply
            }
            return Reply(status: 404, body: "", headers: [:], times: 1)
        }
        var head = "HTTP/1.1 \(reply.status) Scripted\r\nConnection: close\r\nContent-Length: \(reply.body.utf8.count)\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        return head + "\r\n" + reply.body
    }
}

/// Plays with a client of a platform that answers everything so from now on.
func answering(
    _ status: Int, _ body: String, headers: [String: String] = [:],
    _ play: (SecureFlows, Script) async throws -> Void
) async throws {
    let script = try Script()
    script.on("*", status, body, headers: headers)
    try await play(try await script.client(), script)
}

/// Plays with a client of a server that answers with these very bytes and hangs up; `nil` answers nothing, and is
/// not waited for long.
func raw(_ answer: String?, _ play: (SecureFlows) async throws -> Void) async throws {
    let (listener, port) = try Socket.listen()
    defer { listener.close() }
    serve(listener) { _ in answer }
    let origin = "http://127.0.0.1:\(port)"
    let client = try SecureFlows(
        workspace: workspace, appID: app, redirectURI: redirect, origin: origin,
        attemptTimeout: answer == nil ? 0.2 : nil, timeout: answer == nil ? 0.8 : nil, host: Wire())
    try await client.adopt(token: "t", origin: origin)
    try await play(client)
}

/// Answers each connection once, with what `reply` makes of its method and path; `nil` leaves it open.
private func serve(_ listener: Socket, _ reply: @escaping @Sendable (String) -> String?) {
    Thread.detachNewThread {
        while let connection = listener.next() {
            Thread.detachNewThread {
                let request = whole(connection)
                if let answer = reply(request) {
                    connection.write(Array(answer.utf8))
                } else {
                    while !connection.read().isEmpty {}
                }
                connection.close()
            }
        }
    }
}

/// Reads a request to its end; gives its method and path.
private func whole(_ connection: Socket) -> String {
    var bytes: [UInt8] = []
    while true {
        let more = connection.read()
        bytes += more
        let text = String(decoding: bytes, as: UTF8.self)
        if more.isEmpty || isWhole(text) {
            return text.components(separatedBy: " ").prefix(2).joined(separator: " ")
        }
    }
}

private func isWhole(_ text: String) -> Bool {
    guard let end = text.range(of: "\r\n\r\n") else { return false }
    let head = text[..<end.lowerBound].lowercased()
    guard let length = head.range(of: "content-length:") else { return true }
    let digits = head[length.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
    return text[end.upperBound...].utf8.count >= (Int(digits) ?? 0)
}
