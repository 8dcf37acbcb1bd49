import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

import SecureFlows
import XCTest

private let canary = "canary-7f3a9c51d2e84b06"

final class SecretTests: XCTestCase {
    func testNeverPrinted() async throws {
        try await scenario("secret.never-printed") {
            try await answering(400, "{\"error\":\"bad value, bad token \(canary)\"}") { client, script in
                script.forget(who)
                script.on(who, 200, "{\"userId\":1,\"email\":null}")
                try await client.adopt(token: canary, origin: script.origin)
                let request = HTTPRequest(
                    method: "GET", url: "https://p.example/\(canary)", authorization: "Bearer \(canary)", body: canary,
                    timeoutMilliseconds: 1, maxAnswerBytes: 1)
                let state = "sf1." + String(repeating: "0", count: 32)
                guard let callback = URL(string: "\(redirect)?sessionToken=\(canary)&state=\(state)") else {
                    throw Unexpected("no URL")
                }
                let errors: [SecureFlowsError] = [
                    try await failure { try await client.set("k", to: 1) },
                    try await failure { try await client.set("k", to: canary) },
                    try await failure { try await client.get("k", as: Int.self) },
                    try await failure { try await client.handle(callback) },
                    try await failure { try await client.adopt(token: canary, origin: "https://other.example") },
                    try await failure { try await client.adopt(token: "\(canary) ", origin: script.origin) },
                    try await failure { try await client.setJSON("k", to: canary) },
                    try await failure { try client.authorize(URLRequest(url: callback)) },
                ]
                let identity = try await client.identity()
                var printed = ["\(request)", String(reflecting: request), "\(client)", "\(client.state)", "\(identity)"]
                for error in errors {
                    printed += ["\(error)", String(reflecting: error), error.localizedDescription, error.detail ?? ""]
                    printed += [error.failureReason ?? "", error.recoverySuggestion ?? "", error.mend ?? ""]
                }
                for text in printed { XCTAssertFalse(text.contains(canary), text) }
                XCTAssertGreaterThan(printed.count, 15)
            }
        }
    }

    func testBound() async throws {
        try await scenario("secret.bound") {
            let home = try Stage()
            let away = try Script()
            let client = try SecureFlows(
                workspace: workspace, appID: app, redirectURI: redirect, origin: away.origin, host: Wire())
            let token = try home.token(ada)
            let error = try await failure { try await client.adopt(token: token, origin: home.origin) }
            XCTAssertEqual(error.field, "token")
            XCTAssertEqual(away.requests, [])
        }
    }

    func testTheTokenGoesToTheAppsOwnBackendsOnly() async throws {
        let stage = try Stage()
        let client = try stage.another(backends: ["https://api.example"])
        try await stage.signIn(client, ada)
        let ours = try client.authorize(request("https://api.example/notes"))
        XCTAssertEqual(ours.value(forHTTPHeaderField: "Authorization")?.hasPrefix("Bearer "), true)
        let error = try await failure { try client.authorize(request("https://api.example.evil.example/")) }
        XCTAssertEqual(error.field, "url")
    }
}
