import Foundation
import SecureFlowsBinding

extension SecureFlows {
    /// The value under `key`; `nil` when none was ever written, or it is null.
    ///
    /// - Throws: ``SecureFlowsError`` with code `wrongType` when it has another type; it stays as it is.
    public func get<Value: Decodable & Sendable>(_ key: String, as type: Value.Type = Value.self) async throws -> Value? {
        guard let json = try await getJSON(key), json != "null" else { return nil }
        return try decoded(json, as: type)
    }

    /// The value under `key` as JSON text, every digit of it; `nil` when none was ever written.
    public func getJSON(_ key: String) async throws -> String? {
        try await cancellable { try await self.client.get(key: key, cancellation: $0) }
    }

    /// Stores `value` under `key`.
    ///
    /// - Returns: everything that is stored for this user, as it is now.
    @discardableResult
    public func set<Value: Encodable & Sendable>(_ key: String, to value: Value) async throws -> Payload {
        try await setJSON(key, to: try encoded(value))
    }

    /// Stores JSON text under `key`.
    ///
    /// - Returns: everything that is stored for this user, as it is now.
    @discardableResult
    public func setJSON(_ key: String, to json: String) async throws -> Payload {
        Payload(json: try await cancellable { try await self.client.set(key: key, json: json, cancellation: $0) })
    }

    /// Reads the value under `key`, makes a new one of it with `change`, and writes that, three times at
    /// most.
    ///
    /// A change by another device between the last read and the write is not seen: the platform has no
    /// conditional write.
    ///
    /// - Parameter change: may run more than once; what it throws is thrown here, and nothing is written
    /// - Returns: what was written; `nil` when somebody else was faster each time.
    @discardableResult
    public func update<Value: Codable & Sendable>(
        _ key: String, _ change: @escaping @Sendable (Value?) throws -> Value
    ) async throws -> Value? {
        let bridge = ChangeBridge(change)
        let written: String?
        do {
            written = try await cancellable {
                try await self.client.update(key: key, change: bridge, cancellation: $0)
            }
        } catch let error as SecureFlowsError {
            throw bridge.thrown ?? error
        }
        guard let written else { return nil }
        return try decoded(written, as: Value.self)
    }

    /// As ``update(_:_:)``, with `initial` where there is no value yet.
    @discardableResult
    public func update<Value: Codable & Sendable>(
        _ key: String, initial: Value, _ change: @escaping @Sendable (Value) throws -> Value
    ) async throws -> Value? {
        try await update(key) { (value: Value?) in try change(value ?? initial) }
    }

    /// Deletes `key`.
    ///
    /// - Returns: `false` when there was none.
    @discardableResult
    public func delete(_ key: String) async throws -> Bool {
        try await cancellable { try await self.client.delete(key: key, cancellation: $0) }
    }

    /// Everything that is stored for this user.
    public func payload() async throws -> Payload {
        Payload(json: try await cancellable { try await self.client.payload(cancellation: $0) })
    }

    /// The last known value under `key` as JSON text, and every later one that this client's calls show.
    public func watchJSON(_ key: String) throws -> AsyncStream<String?> {
        let values = try told { try client.watch(key: key) }
        let (stream, continuation) = AsyncStream.makeStream(of: String?.self)
        let telling = Task {
            while let known = await values.next() {
                if Task.isCancelled { break }
                continuation.yield(known.json)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in telling.cancel() }
        return stream
    }

    /// The values of one type under the keys `<prefix>:<id>`.
    ///
    /// - Throws: ``SecureFlowsError`` with code `invalid` for a prefix that is none.
    public func collection<Value: Codable & Sendable>(
        _ prefix: String, of type: Value.Type = Value.self
    ) throws -> SecureFlowsCollection<Value> {
        if prefix.isEmpty || prefix.contains(":") {
            throw SecureFlowsError.invalid("prefix", problem: "is none", mend: "give a short word without a colon")
        }
        return SecureFlowsCollection(client: self, prefix: prefix + ":")
    }
}

private final class ChangeBridge<Value: Codable & Sendable>: Change {
    private let make: @Sendable (Value?) throws -> Value
    private let failure = Locked<(any Error)?>(nil)

    init(_ make: @escaping @Sendable (Value?) throws -> Value) {
        self.make = make
    }

    /// What the app's own code threw.
    var thrown: (any Error)? { failure.with { $0 } }

    func change(json: String?) throws -> String {
        do {
            var value: Value?
            if let json, json != "null" { value = try decoded(json, as: Value.self) }
            return try encoded(try make(value))
        } catch {
            failure.with { $0 = error }
            throw HostFailure.Failed(reason: "the change failed")
        }
    }
}
