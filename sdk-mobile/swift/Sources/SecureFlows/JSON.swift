import Foundation

/// A value as JSON text.
func encoded<Value: Encodable>(_ value: Value) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    do {
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch is EncodingError {
        throw SecureFlowsError.invalid(
            "value", problem: "cannot be written as JSON", mend: "leave out infinities and what is no number")
    }
}

/// The value that JSON text tells of. The decoder's own words may quote it, so they are not passed on.
func decoded<Value: Decodable>(_ json: String, as type: Value.Type) throws -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(json.utf8))
    } catch is DecodingError {
        throw SecureFlowsError.wrongType(String(describing: type))
    }
}
