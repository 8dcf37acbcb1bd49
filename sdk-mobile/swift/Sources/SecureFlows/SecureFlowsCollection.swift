/// Values of one type under the keys `<prefix>:<id>`. Every call goes to the platform.
public struct SecureFlowsCollection<Value: Codable & Sendable>: Sendable {
    let client: SecureFlows
    let prefix: String

    /// Stores `value` under a new id.
    ///
    /// - Returns: the id.
    @discardableResult
    public func insert(_ value: Value) async throws -> String {
        let number = UInt64.random(in: 0...UInt64.max)
        let digits = String(number, radix: 16)
        let id = String(repeating: "0", count: 16 - digits.count) + digits
        try await set(id, to: value)
        return id
    }

    /// Stores `value` under `id`, in place of what is there.
    public func set(_ id: String, to value: Value) async throws {
        try await client.set(key(id), to: value)
    }

    /// The value of `id`; `nil` when there is none.
    public func get(_ id: String) async throws -> Value? {
        try await client.get(key(id), as: Value.self)
    }

    /// All ids with their values: one read of the whole payload.
    public func list() async throws -> [String: Value] {
        try await client.payload().values(after: prefix, as: Value.self)
    }

    /// Removes the value of `id`.
    ///
    /// - Returns: `false` when there was none.
    @discardableResult
    public func remove(_ id: String) async throws -> Bool {
        try await client.delete(key(id))
    }

    private func key(_ id: String) throws -> String {
        if id.isEmpty {
            throw SecureFlowsError.invalid("id", problem: "is empty", mend: "give one that insert or list gave")
        }
        return prefix + id
    }
}
