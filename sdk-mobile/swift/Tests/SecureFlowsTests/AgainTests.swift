import Foundation
import SecureFlows
import XCTest

final class AgainTests: XCTestCase {
    func testSingleFlight() async throws {
        try await scenario("again.single-flight") {
            let logins = Locker(0)
            let stage = try await Stage.signedIn(presenter: coming(ada, logins))
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.advance(longerThanAToken)
            let read = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        if number % 2 == 0 { return try await client.get("note") }
                        try await client.set("k\(number)", to: number)
                        return nil
                    }
                }
                var read: [Int] = []
                for try await value in group {
                    if let value { read.append(value) }
                }
                return read
            }
            XCTAssertEqual(read, [Int](repeating: 1, count: 100))
            XCTAssertEqual(logins.value, 1)
            let members: [String: Int] = try await client.payload().decode()
            XCTAssertEqual(members.count, 101)
        }
    }

    func testLateAnswer() async throws {
        try await scenario("again.late-answer") {
            let logins = Locker(0)
            let stage = try await Stage.signedIn(presenter: coming(ada, logins))
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.advance(longerThanAToken)
            let hold = stage.wire.holdNext()
            let late = Task { try await client.get("note", as: Int.self) }
            try await until("the answer is held") { hold.isHolding }
            let now: Int? = try await client.get("note")
            XCTAssertEqual(now, 1)
            try await until(client, is: .signedIn)
            hold.letGo()
            let value = try await late.value
            XCTAssertEqual(value, 1, "it is tried once more with the new token")
            XCTAssertEqual(client.state, .signedIn)
            XCTAssertEqual(logins.value, 1)
        }
    }

    func testOtherUser() async throws {
        try await scenario("again.other-user") {
            let logins = Locker(0)
            let stage = try await Stage.signedIn(presenter: coming(bob, logins))
            let client = stage.client
            try stage.advance(longerThanAToken)
            let told = Told(client)
            async let read = failure { try await client.getJSON("note") }
            async let write = failure { try await client.set("note", to: "ada's") }
            let errors = try await [read, write]
            for error in errors {
                XCTAssertEqual(error.code, .userChanged)
                XCTAssertEqual(error.outcome, .noEffect)
            }
            XCTAssertEqual(logins.value, 1)
            for call in ["GET /api/v1/sessions/get/note", "POST /api/v1/sessions/set/note"] {
                XCTAssertLessThanOrEqual(stage.wire.count(call), 1, "\(call) went out again")
            }
            let payload = try await client.payload()
            XCTAssertEqual(payload.json, "{}")
            let identity = try await client.identity()
            XCTAssertEqual(identity.email, bob)
            XCTAssertEqual(client.state, .signedIn)
            try await until("it was told") { told.events.contains(.userChanged) }
            XCTAssertEqual(told.events.filter { $0 == .userChanged }.count, 1)
        }
    }

    func testNobodyKnown() async throws {
        try await scenario("again.nobody-known") {
            let script = try Script()
            script.on("POST /api/v1/sessions/set/note", 410, "{\"error\":\"Session token expired\"}")
            let presenter = Presenter { page in
                guard let state = parameter("state", of: page),
                    let url = URL(string: "\(redirect)?sessionToken=new&state=\(state)")
                else { throw Unexpected("no state") }
                return url
            }
            let client = try await script.client(presenter: presenter)
            script.on(who, 200, "{\"userId\":null,\"email\":null}")
            let error = try await failure { try await client.set("note", to: 1) }
            XCTAssertEqual(error.code, .userChanged)
            XCTAssertEqual(script.count("POST /api/v1/sessions/set/note"), 1)
        }
    }

    func testDeclined() async throws {
        try await scenario("again.declined") {
            let logins = Locker(0)
            let stage = try await Stage.signedIn(presenter: declining(logins))
            let client = stage.client
            try stage.advance(longerThanAToken)
            let told = Told(client)
            async let read = failure { try await client.getJSON("a") }
            async let write = failure { try await client.set("b", to: 1) }
            async let removal = failure { try await client.delete("c") }
            let errors = try await [read, write, removal]
            for error in errors { assertSignedOut(error, .expired, .intact) }
            XCTAssertEqual(logins.value, 1)
            let next = try await failure { try await client.getJSON("a") }
            assertSignedOut(next, .expired, .intact)
            XCTAssertEqual(logins.value, 2)
            try await until("it was told") { told.failedLogins.count >= 2 }
            XCTAssertEqual(told.failedLogins, [.loginRefused, .loginRefused])
        }
    }

    func testSignedOutMeanwhile() async throws {
        try await scenario("again.signed-out-meanwhile") {
            let logins = Locker(0)
            let closed = Locker(0)
            let stage = try await Stage.signedIn { _ in
                Presenter { _ in
                    logins.change { $0 += 1 }
                    defer { closed.change { $0 += 1 } }
                    try await Task.sleep(nanoseconds: 60_000_000_000)
                    throw LoginClosed()
                }
            }
            let client = stage.client
            try stage.advance(longerThanAToken)
            let waiting = (0..<5).map { _ in Task { try await failure { try await client.getJSON("note") } } }
            try await until("the page is shown") { logins.value == 1 }
            try await client.signOut()
            for call in waiting {
                let error = try await call.value
                assertSignedOut(error, .byUser, .intact)
            }
            try await until("the page is closed") { closed.value == 1 }
            try await stage.signIn(client, ada)
            let note = try await client.getJSON("note")
            XCTAssertNil(note)
        }
    }

    func testAbandoned() async throws {
        try await scenario("again.abandoned") {
            let stage = try await Stage.signedIn(presenter: declining(Locker(0)))
            let client = stage.client
            _ = try client.beginLogin()
            try stage.advance(longerThanAToken)
            let first = try await failure { try await client.getJSON("note") }
            assertSignedOut(first, .expired, .intact)
            _ = try client.beginLogin()
            try await until(client, is: .signingIn)
            let second = try await failure { try await client.getJSON("note") }
            assertSignedOut(second, .expired, .intact)
            client.cancelLogin()
            try await until(client, is: .signedOut(reason: .expired, data: .intact))
        }
    }

    func testRevoke() async throws {
        try await scenario("again.revoke") {
            let logins = Locker(0)
            let stage = try await Stage.signedIn(presenter: coming(ada, logins))
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.advance(longerThanAToken)
            let error = try await failure { try await client.destroyAllData() }
            assertSignedOut(error, .expired, .intact)
            XCTAssertEqual(logins.value, 0)
            let note: Int? = try await client.get("note")
            XCTAssertEqual(note, 1)
        }
    }

    func testNone() async throws {
        try await scenario("again.none") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try stage.advance(longerThanAToken)
            let first = try await failure { try await client.getJSON("note") }
            assertSignedOut(first, .expired, .intact)
            let sent = stage.wire.sent
            let second = try await failure { try await client.getJSON("note") }
            assertSignedOut(second, .expired, .intact)
            XCTAssertEqual(stage.wire.sent, sent)
        }
    }
}

/// What a client tells from now on.
private final class Told: Sendable {
    private let heard = Locker<[ClientEvent]>([])

    init(_ client: SecureFlows) {
        let stream = client.events
        let heard = self.heard
        Task {
            for await event in stream { heard.change { $0.append(event) } }
        }
    }

    var events: [ClientEvent] { heard.value }

    var failedLogins: [ErrorCode] {
        events.compactMap { event -> ErrorCode? in
            guard case .loginFailed(let failure) = event else { return nil }
            return failure.code
        }
    }
}

/// `user` comes back, and is counted.
private func coming(_ user: String, _ logins: Locker<Int>) -> (Visitor) -> any LoginPresenter {
    return { visitor in
        Presenter { page in
            logins.change { $0 += 1 }
            return try visitor.signIn(page, user)
        }
    }
}

/// The user closes the page, and is counted.
private func declining(_ logins: Locker<Int>) -> (Visitor) -> any LoginPresenter {
    return { _ in
        Presenter { _ in
            logins.change { $0 += 1 }
            // Long enough for all calls of a test to meet their dead token meanwhile.
            try await Task.sleep(nanoseconds: 300_000_000)
            throw LoginClosed()
        }
    }
}
