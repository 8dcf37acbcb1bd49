import Foundation
import SecureFlows
import XCTest

final class OutTests: XCTestCase {
    func testLogout() async throws {
        try await scenario("out.logout") {
            let stage = try Stage()
            let client = stage.client
            let token = try stage.token(ada)
            try await client.adopt(token: token, origin: stage.origin)
            try await client.set("note", to: 1)
            try await client.signOut()
            let out = try await failure { try await client.getJSON("note") }
            assertSignedOut(out, .byUser, .intact)
            let dead = try await failure { try await client.adopt(token: token, origin: stage.origin) }
            assertSignedOut(dead, .expired, .intact)
            try await client.signOut()
            try await stage.signIn(client, ada)
            let note: Int? = try await client.get("note")
            XCTAssertEqual(note, 1)
        }
    }

    func testOffline() async throws {
        try await scenario("out.offline") {
            let stage = try Stage()
            let client = stage.client
            let token = try stage.token(ada)
            try await client.adopt(token: token, origin: stage.origin)
            stage.wire.down = true
            let untold = try await failure { try await client.signOut() }
            XCTAssertEqual(untold.code, .signedOutLocally)
            XCTAssertEqual(untold.cause, .unreachable)
            let out = try await failure { try await client.getJSON("note") }
            assertSignedOut(out, .byUser, .intact)
            stage.wire.down = false
            let other = try stage.another()
            try await other.adopt(token: token, origin: stage.origin)
            try await client.signOut()
            let dead = try await failure { try await other.adopt(token: token, origin: stage.origin) }
            assertSignedOut(dead, .expired, .intact)
        }
    }

    func testRefused() async throws {
        try await scenario("out.refused") {
            try await answering(403, "<html>The hotel says no</html>") { client, script in
                for _ in 0..<2 {
                    let untold = try await failure { try await client.signOut() }
                    XCTAssertEqual(untold.code, .signedOutLocally)
                    XCTAssertEqual(untold.cause, .refused)
                    let out = try await failure { try await client.getJSON("note") }
                    assertSignedOut(out, .byUser, .intact)
                }
                XCTAssertEqual(script.count("POST /api/v1/auth/logout"), 2)
            }
        }
    }

    func testBrowser() async throws {
        try await scenario("out.browser") {
            let stage = try Stage()
            let client = stage.client
            try await client.handle(stage.visitor.signIn(client.beginLogin(), ada))
            let home = String(redirect.dropLast("callback".count))
            let page = try client.logoutURL(postLogoutURI: home)
            _ = try await client.identity()
            let back = try stage.visitor.leave(page)
            XCTAssertEqual(back.absoluteString, home)
            client.forget()
            let out = try await failure { try await client.getJSON("note") }
            assertSignedOut(out, .byUser, .intact)
            let nowhere = try await failure { try client.logoutURL(postLogoutURI: home) }
            assertSignedOut(nowhere, .byUser, .intact)
            let text = try stage.visitor.read(client.beginLogin())
            XCTAssertFalse(text.contains("Continue as"), text)
        }
    }

    func testRevoke() async throws {
        try await scenario("out.revoke") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            XCTAssertEqual(try stage.stored(ada), [["note": 1]])
            try await client.destroyAllData()
            XCTAssertEqual(try stage.stored(ada), [], "it is gone at the platform")
            let out = try await failure { try await client.getJSON("note") }
            assertSignedOut(out, .destroyed, .destroyed)
            try await stage.signIn(client, ada)
            let note = try await client.getJSON("note")
            XCTAssertNil(note)
        }
    }
}
