import SecureFlows
import XCTest

final class DeadTests: XCTestCase {
    func testExpires() async throws {
        try await scenario("dead.expired") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.advance(7 * 24 * 3600 - 1)
            let alive: Int? = try await client.get("note")
            XCTAssertEqual(alive, 1)
            try stage.advance(2)
            try await assertDead(client, .expired, .intact)
            try await stage.signIn(client, ada)
            let again: Int? = try await client.get("note")
            XCTAssertEqual(again, 1)
        }
    }

    func testLoggedOutElsewhere() async throws {
        try await scenario("dead.logged-out-elsewhere") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            let elsewhere = try stage.another()
            try await stage.signIn(elsewhere, ada)
            try await elsewhere.signOut()
            try await assertDead(client, .expired, .intact)
            try await stage.signIn(client, ada)
            let again: Int? = try await client.get("note")
            XCTAssertEqual(again, 1)
        }
    }

    func testRevoked() async throws {
        try await scenario("dead.revoked") {
            let stage = try await Stage.signedIn()
            try stage.steer("sessions/revoke", "{\"user\":\"\(ada)\"}")
            try await assertDead(stage.client, .sessionEnded, .unknown)
        }
    }

    func testSessionExpired() async throws {
        try await scenario("dead.session-expired") {
            let stage = try await Stage.signedIn(payloadTTL: 3600)
            try await stage.client.set("note", to: 1)
            try stage.advance(3601)
            try await assertDead(stage.client, .sessionEnded, .unknown)
        }
    }

    func testRefused401() async throws {
        try await scenario("dead.refused-401") {
            let stage = try await Stage.signedIn(profile: "published")
            try stage.advance(longerThanAToken)
            try await assertDead(stage.client, .expired, .intact)
        }
    }

    func testRefused401Revoked() async throws {
        try await scenario("dead.refused-401-revoked") {
            let stage = try await Stage.signedIn(profile: "published")
            try stage.steer("sessions/revoke", "{\"user\":\"\(ada)\"}")
            let error = try await failure { try await stage.client.set("note", to: 1) }
            assertSignedOut(error, .sessionEnded, .unknown)
        }
    }

    func testLegacy403() async throws {
        try await scenario("dead.legacy-403") {
            let stage = try await Stage.signedIn(profile: "legacy")
            try stage.advance(longerThanAToken)
            try await assertDead(stage.client, .expired, .intact)
        }
    }

    func testEmpty403() async throws {
        try await scenario("dead.empty-403") {
            try await answering(403, "") { client, _ in
                try await assertDead(client, .expired, .intact)
            }
        }
    }

    func testLocked() async throws {
        try await scenario("dead.locked") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            try stage.steer("workspaces/\(workspace)/lock")
            let read = try await failure { try await client.getJSON("note") }
            XCTAssertEqual(read.code, .locked)
            try await until(client, is: .locked)
            let write = try await failure { try await client.set("note", to: 2) }
            XCTAssertEqual(write.code, .locked)
            _ = try await client.identity()
            try stage.steer("workspaces/\(workspace)/unlock")
            let note: Int? = try await client.get("note")
            XCTAssertEqual(note, 1)
            try await until(client, is: .signedIn)
        }
    }
}

/// Looks that every kind of call fails signed out, and that the client says so.
private func assertDead(_ client: SecureFlows, _ reason: SignedOutReason, _ data: DataState) async throws {
    let errors = [
        try await failure { try await client.getJSON("note") },
        try await failure { try await client.set("note", to: 2) },
        try await failure { try await client.payload() },
        try await failure { try await client.identity() },
    ]
    for error in errors { assertSignedOut(error, reason, data) }
    try await until(client, is: .signedOut(reason: reason, data: data))
}
