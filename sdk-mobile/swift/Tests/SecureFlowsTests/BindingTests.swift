import Foundation
import SecureFlows
import XCTest

final class BindingTests: XCTestCase {
    func testACancelledWriteStopsItsRequestAndTellsOfItsDoubt() async throws {
        let host = SilentHost()
        let client = try await signedIn(at: host)
        let doubts = Locker<[String?]>([])
        let events = client.events
        let listening = Task {
            for await event in events {
                if case .outcomeUnknown(let key) = event { doubts.change { $0.append(key) } }
            }
        }
        let write = Task { try await failure { try await client.set("k", to: 1) } }
        try await until("the request is out") { host.begun == 1 }
        write.cancel()
        let error = try await write.value
        XCTAssertEqual(error.code, .outcomeUnknown)
        XCTAssertEqual(error.outcome, .unknown)
        try await until("the request was stopped") { host.stopped == 1 }
        try await until("it was told") { doubts.value == ["k"] }
        listening.cancel()
    }

    func testACancelledReadStopsItsRequestAndChangesNothing() async throws {
        let host = SilentHost()
        let client = try await signedIn(at: host)
        let read = Task { try await client.getJSON("k") }
        try await until("the request is out") { host.begun == 1 }
        read.cancel()
        do {
            let value = try await read.value
            XCTFail("it was not cancelled, and gave \(value ?? "none")")
        } catch is CancellationError {
            try await until("the request was stopped") { host.stopped == 1 }
        }
        XCTAssertEqual(client.state, .signedIn)
    }

    func testACancelledTaskSendsNothing() async throws {
        let host = SilentHost()
        let client = try await signedIn(at: host)
        let go = Locker(false)
        let write = Task {
            while !go.value { await Task.yield() }
            try await client.set("k", to: 1)
        }
        write.cancel()
        go.value = true
        do {
            try await write.value
            XCTFail("it was not cancelled")
        } catch is CancellationError {
            XCTAssertEqual(host.begun, 0)
        }
    }

    func testAHostThatThrowsFailsTheCallAndNothingElse() async throws {
        let client = try await signedIn(at: ThrowingHost())
        let read = try await failure { try await client.getJSON("k") }
        XCTAssertEqual(read.code, .unavailable)
        let write = try await failure { try await client.set("k", to: 1) }
        XCTAssertEqual(write.code, .outcomeUnknown)
        try await until(client, is: .signedIn)
    }

    func testAnUpdateReadsChangesAndWrites() async throws {
        let stage = try await Stage.signedIn()
        let client = stage.client
        let first = try await client.update("n") { (old: Int?) in (old ?? 0) + 1 }
        XCTAssertEqual(first, 1)
        let second = try await client.update("n", initial: 0) { $0 + 2 }
        XCTAssertEqual(second, 3)
        do {
            try await client.update("n") { (_: Int?) throws -> Int in throw Unexpected("mine") }
            XCTFail("what the change throws is thrown")
        } catch let error as Unexpected {
            XCTAssertEqual(error.description, "mine")
        }
        let stored: Int? = try await client.get("n")
        XCTAssertEqual(stored, 3)
    }

    func testACollectionKeepsValuesOfOneType() async throws {
        let stage = try await Stage.signedIn()
        try await stage.client.set("other", to: 1)
        let notes = try stage.client.collection("note", of: String.self)
        let id = try await notes.insert("milk")
        let all = try await notes.list()
        XCTAssertEqual(all, [id: "milk"])
        let removed = try await notes.remove(id)
        XCTAssertTrue(removed)
        let gone = try await notes.get(id)
        XCTAssertNil(gone)
        let error = try await failure { try stage.client.collection("a:b", of: String.self) }
        XCTAssertEqual(error.field, "prefix")
    }

    func testStatesBeginWithTheOneAtHandAndEndWithTheClient() async throws {
        let host = SilentHost()
        var client: SecureFlows? = try await signedIn(at: host)
        let states = try XCTUnwrap(client).states
        let seen = Locker<[AuthState]>([])
        let over = Locker(false)
        let listening = Task {
            for await state in states { seen.change { $0.append(state) } }
            over.value = true
        }
        try await until("it begins") { seen.value.last == .signedIn }
        client?.forget()
        try await until("it goes on") { seen.value.last == .signedOut(reason: .byUser, data: .intact) }
        client = nil
        try await until("it ends") { over.value }
        listening.cancel()
    }
}

private let place = "https://p.example"

private func signedIn(at host: any PlatformHost) async throws -> SecureFlows {
    let client = try SecureFlows(workspace: workspace, appID: app, redirectURI: redirect, origin: place, host: host)
    try await client.adopt(token: "t", origin: place)
    return client
}

/// Says who is signed in; `nil` for every other request.
private func identity(_ request: HTTPRequest) -> Data? {
    request.url.hasSuffix("/identity") ? Data("{\"userId\":1,\"email\":null}".utf8) : nil
}

/// Answers nothing but who is signed in.
private final class SilentHost: PlatformHost {
    private let inner = Wire()
    private let requests = Locker<[Exchange]>([])
    private let ended = Locker(0)

    var begun: Int { requests.value.count }
    var stopped: Int { ended.value }

    func send(request: HTTPRequest, exchange: Exchange) throws {
        if let body = identity(request) {
            exchange.succeed(status: 200, retryAfter: nil, body: body)
            return
        }
        let ended = self.ended
        exchange.onCancel(handle: Stopping { ended.change { $0 += 1 } })
        requests.change { $0.append(exchange) }
    }

    func startTimer(milliseconds: UInt64, timer: HostTimer) throws {
        try inner.startTimer(milliseconds: milliseconds, timer: timer)
    }

    func now() throws -> UInt64 { try inner.now() }
    func keep(name: String, record: String) throws -> Bool { try inner.keep(name: name, record: record) }
    func take(name: String) throws -> String? { try inner.take(name: name) }
}

/// Has a mistake in it.
private final class ThrowingHost: PlatformHost {
    private let inner = Wire()

    func send(request: HTTPRequest, exchange: Exchange) throws {
        guard let body = identity(request) else { throw Unexpected("a mistake in the host") }
        exchange.succeed(status: 200, retryAfter: nil, body: body)
    }

    func startTimer(milliseconds: UInt64, timer: HostTimer) throws {
        try inner.startTimer(milliseconds: milliseconds, timer: timer)
    }

    func now() throws -> UInt64 { try inner.now() }
    func keep(name: String, record: String) throws -> Bool { try inner.keep(name: name, record: record) }
    func take(name: String) throws -> String? { try inner.take(name: name) }
}

private final class Stopping: CancelHandle {
    private let stop: @Sendable () -> Void

    init(_ stop: @escaping @Sendable () -> Void) {
        self.stop = stop
    }

    func cancel() throws {
        stop()
    }
}
