import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A request of the app's own.
func request(_ text: String) throws -> URLRequest {
    guard let url = URL(string: text) else { throw Unexpected("no URL: \(text)") }
    return URLRequest(url: url)
}
