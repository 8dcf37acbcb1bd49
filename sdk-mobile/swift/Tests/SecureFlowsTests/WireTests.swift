import Foundation
import SecureFlows
import XCTest

final class WireTests: XCTestCase {
    func testFailing() async throws {
        try await scenario("wire.failing") {
            for status in [500, 502, 503, 504] {
                try await answering(status, "{\"status\":401,\"error\":\"Invalid token\"}") { client, script in
                    let cause = Cause.server(UInt16(status))
                    try await assertUnavailable(cause) { try await client.getJSON("k") }
                    try await assertUnknown(cause) { try await client.set("k", to: 1) }
                    try await until(client, is: .signedIn)
                    XCTAssertEqual(script.count("GET /api/v1/sessions/get/k"), status == 500 ? 1 : 3)
                }
            }
            let script = try Script()
            script.on("GET /api/v1/sessions/get/k", 503, "", times: 1)
            script.on("GET /api/v1/sessions/get/k", 200, "{\"key\":\"k\",\"value\":7}")
            let client = try await script.client()
            let value: Int? = try await client.get("k")
            XCTAssertEqual(value, 7)
        }
    }

    func testDown() async throws {
        try await scenario("wire.down") {
            let stage = try await Stage.signedIn()
            let client = stage.client
            try await client.set("note", to: 1)
            stage.wire.down = true
            try await assertUnavailable(.unreachable) { try await client.getJSON("note") }
            let error = try await failure { try await client.set("note", to: 2) }
            XCTAssertEqual(error.cause, .unreachable)
            XCTAssertEqual(error.outcome, .notSent)
            try await until(client, is: .signedIn)
            stage.wire.down = false
            let note: Int? = try await client.get("note")
            XCTAssertEqual(note, 1)

            let (listener, port) = try Socket.listen()
            listener.close()
            let nobody = "http://127.0.0.1:\(port)"
            let lost = try SecureFlows(
                workspace: workspace, appID: app, redirectURI: redirect, origin: nobody, host: Wire())
            try await lost.adopt(token: "t", origin: nobody)
            try await assertUnavailable(.unreachable) { try await lost.set("note", to: 2) }
        }
    }

    func testCut() async throws {
        try await scenario("wire.cut") {
            var answers = [
                "", "HTTP/1.1 2", "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"er",
                "not http at all\r\n\r\n",
            ]
            #if canImport(Darwin)
            // Foundation on Linux ends the whole process when a head breaks off after its first line.
            answers.append("HTTP/1.1 200 OK\r\nContent-Le")
            #endif
            for answer in answers {
                try await raw(answer) { client in
                    try await assertUnavailable(.interrupted) { try await client.getJSON("k") }
                    try await until(client, is: .signedIn)
                }
            }
        }
    }

    func testWrongLength() async throws {
        try await scenario("wire.wrong-length") {
            try await raw("HTTP/1.1 410 Gone\r\nContent-Length: 500\r\n\r\n{\"error\":\"Session revoked\"}") { client in
                try await assertUnavailable(.interrupted) { try await client.getJSON("k") }
                try await until(client, is: .signedIn)
            }
        }
    }

    func testSilent() async throws {
        try await scenario("wire.silent") {
            try await raw(nil) { client in
                try await assertUnavailable(.timedOut) { try await client.getJSON("k") }
                try await assertUnknown(.timedOut) { try await client.set("k", to: 1) }
                try await assertUnknown(.timedOut, .unknown) { try await client.destroyAllData() }
                try await until(client, is: .signedIn)
            }
        }
    }

    func testPage() async throws {
        try await scenario("wire.page") {
            let answers: [(status: Int, cause: Cause)] = [(200, .notThePlatform(200)), (502, .server(502))]
            for (status, cause) in answers {
                try await answering(status, "<!doctype html><p>Welcome to the hotel") { client, _ in
                    try await assertUnavailable(cause) { try await client.getJSON("k") }
                    try await assertUnavailable(cause) { try await client.payload() }
                    try await assertUnknown(cause) { try await client.set("k", to: 1) }
                    try await until(client, is: .signedIn)
                }
            }
            try await answering(404, "<!doctype html><p>Not here") { client, _ in
                try await assertUnavailable(.notThePlatform(404)) { try await client.getJSON("k") }
            }
        }
    }

    func testRedirect() async throws {
        try await scenario("wire.redirect") {
            let elsewhere = try Script()
            let there = ["Location": elsewhere.origin + "/api/v1/sessions/get/k"]
            for status in [301, 302, 307, 308] {
                try await answering(status, "moved", headers: there) { client, _ in
                    try await assertUnavailable(.notThePlatform(UInt16(status))) { try await client.getJSON("k") }
                }
            }
            XCTAssertEqual(elsewhere.requests, [])
        }
    }

    func testTooLarge() async throws {
        try await scenario("wire.too-large") {
            let long = String(repeating: "x", count: 9 << 20)
            try await answering(200, "{\"k\":\"\(long)\"}") { client, _ in
                try await assertUnavailable(.answerTooLarge) { try await client.payload() }
            }
        }
    }

    func testRateLimit() async throws {
        try await scenario("wire.rate-limit") {
            let set = "POST /api/v1/sessions/set/k"
            let script = try Script()
            script.on(set, 429, "", headers: ["Retry-After": "1"], times: 1)
            script.on(set, 200, "{\"k\":1}")
            let waiting = try await script.client()
            let begun = Date()
            try await waiting.set("k", to: 1)
            XCTAssertGreaterThanOrEqual(Date().timeIntervalSince(begun), 1)

            let quota = "session payload exceeds plan limit (max 2048 bytes)"
            let refusal = "{\"status\":429,\"error\":\"\(quota)\",\"code\":\"BILLING_PAYLOAD_LIMIT\"}"
            try await answering(429, refusal) { client, script in
                let error = try await failure { try await client.set("k", to: 1) }
                XCTAssertEqual(error.code, .quotaExceeded)
                XCTAssertEqual(error.quota, .payload)
                XCTAssertEqual(error.detail, quota)
                XCTAssertEqual(script.count(set), 1)
            }
        }
    }

    func testOddRefusals() async throws {
        try await scenario("wire.odd-refusals") {
            let answers: [(status: Int, body: String)] = [
                (400, ""), (400, "{\"message\":\"Something\"}"), (402, "{\"error\":\"Payment required\"}"),
                (403, "{\"error\":\"Not yours\"}"), (403, "<html>forbidden</html>"), (409, "{\"status\":\"409\"}"),
                (413, "[]"), (501, "null"),
            ]
            for (status, body) in answers {
                try await answering(status, body) { client, _ in
                    let error = try await failure { try await client.getJSON("k") }
                    XCTAssertTrue(error.code == .rejected || error.code == .forbidden, "\(status) \(body)")
                    XCTAssertFalse(error.signInAgain || error.retryable, "\(status) \(body)")
                    try await until(client, is: .signedIn)
                }
            }
        }
    }
}

private func assertUnavailable<Value>(_ cause: Cause, _ call: () async throws -> Value) async throws {
    let error = try await failure(call)
    XCTAssertEqual(error.code, .unavailable)
    XCTAssertEqual(error.cause, cause)
}

private func assertUnknown<Value>(
    _ cause: Cause, _ data: DataState = .intact, _ call: () async throws -> Value
) async throws {
    let error = try await failure(call)
    XCTAssertEqual(error.code, .outcomeUnknown)
    XCTAssertEqual(error.cause, cause)
    XCTAssertEqual(error.outcome, .unknown)
    XCTAssertEqual(error.data, data)
}
