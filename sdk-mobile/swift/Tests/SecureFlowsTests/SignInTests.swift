import Foundation
import SecureFlows
import XCTest

final class SignInTests: XCTestCase {
    func testHostedLogin() async throws {
        try await scenario("sign-in.hosted-login") {
            let stage = try Stage { visitor in Presenter { try visitor.signIn($0, ada) } }
            let client = stage.client
            let page = try client.beginLogin()
            try await until(client, is: .signingIn)
            let callback = try stage.visitor.signIn(page, ada)
            XCTAssertTrue(callback.absoluteString.hasPrefix(redirect + "?sessionToken="))
            XCTAssertEqual(parameter("state", of: callback)?.hasPrefix("sf1."), true)
            let done = try await client.handle(callback)
            XCTAssertTrue(done)
            try await client.signOut()
            try await client.signIn()
            try await until(client, is: .signedIn)
            try await client.set("theme", to: "dark")
            let theme: String? = try await client.get("theme")
            XCTAssertEqual(theme, "dark")
        }
    }

    func testContinue() async throws {
        try await scenario("sign-in.continue") {
            let stage = try Stage()
            let client = stage.client
            try await client.handle(stage.visitor.signIn(client.beginLogin(), ada))
            let first = try await client.identity()
            let page = try client.beginLogin()
            let text = try stage.visitor.read(page)
            XCTAssertTrue(text.contains("Continue as \(ada)?"), text)
            let done = try await client.handle(stage.visitor.continueAsBefore(page))
            XCTAssertTrue(done)
            let second = try await client.identity()
            XCTAssertEqual(first, second)
        }
    }

    func testSignUp() async throws {
        try await scenario("sign-in.sign-up") {
            let stage = try Stage()
            let client = stage.client
            try await client.handle(stage.visitor.signUp(client.beginLogin(), "eve@example.com"))
            let identity = try await client.identity()
            XCTAssertEqual(identity.email, "eve@example.com")
            let payload = try await client.payload()
            XCTAssertEqual(payload.json, "{}")
        }
    }

    func testFirstData() async throws {
        try await scenario("sign-in.first-data") {
            let stage = try Stage()
            let client = stage.client
            for theme in ["dark", "light"] {
                let page = try client.beginLogin(payload: "{\"theme\":\"\(theme)\"}", ttlSeconds: 3600)
                try await client.handle(Visitor().signIn(page, ada))
                let stored: String? = try await client.get("theme")
                XCTAssertEqual(stored, "dark")
            }
        }
    }

    func testRefused() async throws {
        try await scenario("sign-in.refused") {
            let stage = try Stage()
            let client = stage.client
            let callback = try stage.visitor.cancel(client.beginLogin())
            let error = try await failure { try await client.handle(callback) }
            XCTAssertEqual(error.code, .loginRefused)
            XCTAssertEqual(error.login, "access_denied")
            try await until("signed out") {
                if case .signedOut = client.state { return true }
                return false
            }
            let done = try await client.handle(stage.visitor.signIn(client.beginLogin(), ada))
            XCTAssertTrue(done)
        }
    }

    func testStateMissing() async throws {
        try await scenario("sign-in.state-missing") {
            let stage = try Stage()
            let callback = try stage.visitor.signIn(stage.client.beginLogin(), ada)
            try await assertRefused(stage.client, withState(nil, callback), .stateMissing)
            XCTAssertNotEqual(stage.client.state, .signedIn)
        }
    }

    func testStateForged() async throws {
        try await scenario("sign-in.state-forged") {
            let stage = try Stage()
            let callback = try stage.visitor.signIn(stage.client.beginLogin(), ada)
            for state in [forgedState, "guess"] {
                try await assertRefused(stage.client, withState(state, callback), .stateUnknown)
            }
        }
    }

    func testStateExpired() async throws {
        try await scenario("sign-in.state-expired") {
            let stage = try Stage()
            let callback = try stage.visitor.signIn(stage.client.beginLogin(), ada)
            stage.wire.ahead = 11 * 60 * 1000
            try await assertRefused(stage.client, callback, .stateExpired)
        }
    }

    func testCallbackTwice() async throws {
        try await scenario("sign-in.callback-twice") {
            let stage = try Stage()
            let client = stage.client
            let callback = try stage.visitor.signIn(client.beginLogin(), ada)
            async let first = problem(of: client, callback)
            async let second = problem(of: client, callback)
            let problems = try await [first, second].compactMap { $0 }
            XCTAssertEqual(problems, [.stateUnknown])
            let theme = try await client.getJSON("theme")
            XCTAssertNil(theme)
        }
    }

    func testStateForeign() async throws {
        try await scenario("sign-in.state-foreign") {
            let stage = try Stage()
            let callback = try stage.visitor.signIn(stage.client.beginLogin(), ada)
            try await assertRefused(stage.another(appID: "another-app"), callback, .stateUnknown)
            let done = try await stage.client.handle(callback)
            XCTAssertTrue(done, "it is not used up")
        }
    }

    func testLiveTokenKept() async throws {
        try await scenario("sign-in.live-token-kept") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("owner", to: "ada")
            let bobs = try stage.visitor.signIn(stage.another().beginLogin(), bob)
            let tokenless = try url(redirect + "?state=" + forgedState)
            for callback in [try withState(nil, bobs), try withState(forgedState, bobs), tokenless] {
                let error = try await failure { try await client.handle(callback) }
                XCTAssertEqual(error.code, .callbackRefused)
                let owner: String? = try await client.get("owner")
                XCTAssertEqual(owner, "ada")
            }
        }
    }

    func testOtherPage() async throws {
        try await scenario("sign-in.other-page") {
            let stage = try await Stage.signedIn()
            let others = [
                "http://127.0.0.1:7999/", "https://evil.example/callback?sessionToken=t&state=x",
                redirect + "?code=1&state=other-library",
            ]
            for other in others {
                let ours = try await stage.client.handle(url(other))
                XCTAssertFalse(ours)
            }
            try await until(stage.client, is: .signedIn)
        }
    }

    func testSameUser() async throws {
        try await scenario("sign-in.same-user") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.advance(longerThanAToken)
            _ = try await failure { try await client.getJSON("note") }
            let page = try client.beginLogin(sameUser: true)
            XCTAssertNotNil(parameter("session_token", of: page))
            let bobs = try Visitor().signIn(page, bob)
            let error = try await failure { try await client.handle(bobs) }
            XCTAssertEqual(error.code, .loginRefused)
            let done = try await client.handle(stage.visitor.signIn(client.beginLogin(sameUser: true), ada))
            XCTAssertTrue(done)
            let note: Int? = try await client.get("note")
            XCTAssertEqual(note, 1)
            try await client.signOut()
            let again = try await failure { try client.beginLogin(sameUser: true) }
            XCTAssertEqual(again.field, "same_user")
        }
    }

    func testRecordSurvives() async throws {
        try await scenario("sign-in.record-survives") {
            let stage = try Stage()
            let callback = try stage.visitor.signIn(stage.client.beginLogin(), ada)
            stage.letGo()
            let after = try stage.another()
            let done = try await after.handle(callback)
            XCTAssertTrue(done)
            try await until(after, is: .signedIn)
        }
    }

    func testAClosedPageIsTheUsersOwnWish() async throws {
        let stage = try Stage { _ in Presenter { _ in throw LoginClosed() } }
        do {
            try await stage.client.signIn()
            XCTFail("nobody signed in")
        } catch let closed as UserCancelled {
            XCTAssertEqual(closed.error.data, .unknown)
        }
        try await until("signed out") {
            if case .signedOut = stage.client.state { return true }
            return false
        }
    }

    func testARecordInAFileIsHandedOutOnceAndToAnotherProcessToo() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("records-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        XCTAssertTrue(FileLoginRecords(folder: folder).keep("a record", name: "sf1.0a"))
        let after = FileLoginRecords(folder: folder)
        XCTAssertNil(after.take(name: "sf1.0b"))
        XCTAssertEqual(after.take(name: "sf1.0a"), "a record")
        XCTAssertNil(after.take(name: "sf1.0a"))
        XCTAssertFalse(after.keep("a record", name: "../elsewhere"))
        XCTAssertNil(after.take(name: "../elsewhere"))
    }
}

private let forgedState = "sf1." + String(repeating: "0", count: 32)

private func url(_ text: String) throws -> URL {
    guard let url = URL(string: text) else { throw Unexpected("no URL: \(text)") }
    return url
}

/// The callback with another state, or with none.
private func withState(_ state: String?, _ callback: URL) throws -> URL {
    guard let start = callback.absoluteString.components(separatedBy: "&state=").first else {
        throw Unexpected("no callback")
    }
    return try url(state.map { start + "&state=" + $0 } ?? start)
}

private func assertRefused(_ client: SecureFlows, _ callback: URL, _ expected: CallbackProblem) async throws {
    let error = try await failure { try await client.handle(callback) }
    XCTAssertEqual(error.code, .callbackRefused)
    XCTAssertEqual(error.callback, expected)
}

@Sendable
private func problem(of client: SecureFlows, _ callback: URL) async throws -> CallbackProblem? {
    do {
        try await client.handle(callback)
        return nil
    } catch let error as SecureFlowsError {
        return error.callback
    }
}
