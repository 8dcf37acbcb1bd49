import Foundation

/// Everything that is stored for one user.
public struct Payload: Equatable, Sendable {
    /// The text of one JSON object, every digit of it as it is stored.
    public let json: String

    /// The whole as a type of the app's own, or as `[String: Value]` where all values are alike.
    ///
    /// - Throws: ``SecureFlowsError`` with code `wrongType`, which does not quote what is stored.
    public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try decoded(json, as: type)
    }

    /// The values under keys that begin with `prefix`, by what follows it. Others may have any type.
    func values<Value: Decodable>(after prefix: String, as type: Value.Type) throws -> [String: Value] {
        let decoder = JSONDecoder()
        decoder.userInfo[prefixKey] = prefix
        do {
            return try decoder.decode(Members<Value>.self, from: Data(json.utf8)).values
        } catch is DecodingError {
            throw SecureFlowsError.wrongType(String(describing: type))
        }
    }
}

private let prefixKey = CodingUserInfoKey(rawValue: "secureflows.prefix")!

private struct Members<Value: Decodable>: Decodable {
    let values: [String: Value]

    init(from decoder: any Decoder) throws {
        let prefix = decoder.userInfo[prefixKey] as? String ?? ""
        let members = try decoder.container(keyedBy: AnyKey.self)
        var values: [String: Value] = [:]
        for key in members.allKeys where key.stringValue.hasPrefix(prefix) {
            values[String(key.stringValue.dropFirst(prefix.count))] = try members.decode(Value.self, forKey: key)
        }
        self.values = values
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        return nil
    }
}
