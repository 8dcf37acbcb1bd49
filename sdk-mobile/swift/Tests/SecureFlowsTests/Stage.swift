import Foundation
import SecureFlows
import XCTest

let workspace = "acme"
let app = "acme-notes"
let redirect = "http://127.0.0.1:7999/callback"
let ada = "ada@example.com"
let bob = "bob@example.com"
let olga = "olga@example.com"
let password = "correct horse battery staple"
let longerThanAToken = 8 * 24 * 3600

/// Plays the scenario `id` of `tests/scenarios.md`; it is reported when it ends well.
func scenario(_ id: String, _ play: () async throws -> Void) async throws {
    try await play()
    guard let path = ProcessInfo.processInfo.environment["SECUREFLOWS_SCENARIO_REPORT"] else { return }
    if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    guard let report = FileHandle(forWritingAtPath: path) else { throw Unexpected("no report at \(path)") }
    _ = try report.seekToEnd()
    try report.write(contentsOf: Data((id + "\n").utf8))
    try report.close()
}

/// A platform of its own with two users and an owner, and a client of it. It is there as long as the mock's program.
final class Stage: Sendable {
    let origin: String
    let wire = Wire()
    let visitor = Visitor()
    private let control: String
    private let clients = Locker<SecureFlows?>(nil)

    /// - Parameter presenter: who shows hosted login to the client, given the visitor of this stage
    init(
        profile: String = "default", payloadTTL: Int = 0,
        presenter: ((Visitor) -> any LoginPresenter)? = nil
    ) throws {
        guard let first = ProcessInfo.processInfo.environment["SECUREFLOWS_CONTROL_URL"] else {
            throw Unexpected("run by test-linux")
        }
        let application = """
            {"appId":"\(app)","redirectUris":["\(redirect)"],"sessionPayloadTtlSeconds":\(payloadTTL)}
            """
        let people = [(ada, "USER"), (bob, "USER"), (olga, "OWNER")]
        let users = people.map { email, role in
            "{\"email\":\"\(email)\",\"password\":\"\(password)\",\"role\":\"\(role)\"}"
        }.joined(separator: ",")
        let world = """
            {"profile":"\(profile)","workspaces":[{"name":"\(workspace)",
            "applications":[\(application)],"users":[\(users)]}]}
            """
        let made = try Web.post(first + "/worlds", world)
        guard let origin = made["baseUrl"] as? String, let control = made["controlUrl"] as? String else {
            throw Unexpected("no world: \(made)")
        }
        self.origin = origin
        self.control = control
        clients.value = try another(presenter: presenter.map { $0(visitor) })
    }

    /// A stage whose client is signed in as Ada.
    static func signedIn(
        profile: String = "default", payloadTTL: Int = 0,
        presenter: ((Visitor) -> any LoginPresenter)? = nil
    ) async throws -> Stage {
        let stage = try Stage(profile: profile, payloadTTL: payloadTTL, presenter: presenter)
        try await stage.signIn(stage.client, ada)
        return stage
    }

    var client: SecureFlows {
        guard let client = clients.value else { preconditionFailure("the client was let go") }
        return client
    }

    /// The client's process ends.
    func letGo() {
        clients.value = nil
    }

    func another(
        presenter: (any LoginPresenter)? = nil, appID: String = app, backends: [String] = []
    ) throws -> SecureFlows {
        try SecureFlows(
            workspace: workspace, appID: appID, redirectURI: redirect, presenter: presenter, origin: origin,
            backends: backends, host: wire)
    }

    func token(_ user: String) throws -> String {
        let made = try Web.post(control + "/sign-in", "{\"user\":\"\(user)\",\"application\":\"\(app)\"}")
        guard let token = made["sessionToken"] as? String else { throw Unexpected("no token") }
        return token
    }

    func signIn(_ client: SecureFlows, _ user: String) async throws {
        try await client.adopt(token: token(user), origin: origin)
    }

    /// What lies at the platform for `user`, as the workspace's owner sees it.
    func stored(_ user: String) throws -> [[String: Int]] {
        let wish = "{\"user\":\"\(olga)\",\"application\":\"\(app)\",\"userToken\":true}"
        guard let token = try Web.post(control + "/sign-in", wish)["userToken"] as? String else {
            throw Unexpected("no token")
        }
        let headers = ["Authorization": "Bearer \(token)"]
        let answer = try Web.ask("GET", origin + "/api/v1/sessions/export", headers: headers)
        let export = try JSONDecoder().decode(Export.self, from: Data(answer.body.utf8))
        return export.items.filter { $0.userEmail == user }.map { $0.payload }
    }

    func advance(_ seconds: Int) throws {
        _ = try Web.post(control + "/clock/advance", "{\"seconds\":\(seconds)}")
    }

    func steer(_ path: String, _ json: String = "{}") throws {
        _ = try Web.post(control + "/" + path, json)
    }
}

private struct Export: Decodable {
    struct Row: Decodable {
        let userEmail: String?
        let payload: [String: Int]
    }

    let items: [Row]
}

/// A value that tests change from several tasks.
final class Locker<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) {
        held = value
    }

    var value: Value {
        get {
            lock.lock()
            defer { lock.unlock() }
            return held
        }
        set {
            lock.lock()
            defer { lock.unlock() }
            held = newValue
        }
    }

    func change<Result>(_ change: (inout Value) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return change(&held)
    }
}

/// Presents by what a test says.
struct Presenter: LoginPresenter {
    let show: @Sendable (URL) async throws -> URL

    func present(_ page: URL) async throws -> URL {
        try await show(page)
    }
}

func until(_ what: String, _ condition: () -> Bool) async throws {
    for _ in 0..<5000 {
        if condition() { return }
        try await Task.sleep(nanoseconds: 2_000_000)
    }
    throw Unexpected("in ten seconds it was not so: \(what)")
}

func until(_ client: SecureFlows, is state: AuthState) async throws {
    try await until("\(state)") { client.state == state }
}

/// What the call fails with.
func failure<Value>(_ call: () async throws -> Value) async throws -> SecureFlowsError {
    do {
        let value = try await call()
        throw Unexpected("it did not fail, and gave \(value)")
    } catch let error as SecureFlowsError {
        return error
    }
}

/// Looks that a failure says signed out, why, and what is known of the data.
func assertSignedOut(
    _ error: SecureFlowsError, _ reason: SignedOutReason, _ data: DataState,
    file: StaticString = #filePath, line: UInt = #line
) {
    XCTAssertEqual(error.code, .signedOut, file: file, line: line)
    XCTAssertEqual(error.signedOut, reason, file: file, line: line)
    XCTAssertEqual(error.data, data, file: file, line: line)
}
