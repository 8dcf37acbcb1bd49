import Foundation
import SecureFlowsBinding

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Sends with `URLSession`: the system's proxies, certificates and VPN apply.
///
/// It follows no redirect, repeats nothing itself, and keeps no cookie, no credential and no copy of an answer.
/// The system may send a request again whose reused connection closed before any answer.
public final class URLSessionHost: PlatformHost, @unchecked Sendable {
    /// One for all clients that are given no other.
    public static let shared = URLSessionHost()

    private let answers = Answers()
    private let records: any LoginRecords
    private let session: URLSession

    /// - Parameters:
    ///   - records: where the records of logins under way are kept
    ///   - configuration: what an app sets beside the above, such as `waitsForConnectivity`
    public init(
        records: any LoginRecords = FileLoginRecords(),
        configuration: URLSessionConfiguration = .ephemeral
    ) {
        let configuration = configuration.copy() as? URLSessionConfiguration ?? configuration
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        self.records = records
        session = URLSession(configuration: configuration, delegate: answers, delegateQueue: nil)
    }

    deinit {
        session.finishTasksAndInvalidate()
    }

    public func send(request: HttpRequest, exchange: Exchange) throws {
        guard let url = URL(string: request.url) else {
            exchange.fail(error: .unreachable)
            return
        }
        var message = URLRequest(url: url)
        message.httpMethod = request.method
        message.httpShouldHandleCookies = false
        // Its own limit is one of silence, and in whole seconds: the one of the request is kept below.
        message.timeoutInterval = TimeInterval(request.timeoutMilliseconds / 1000) + 60
        if let authorization = request.authorization {
            message.setValue(authorization, forHTTPHeaderField: "Authorization")
        }
        if let body = request.body {
            message.setValue("application/json", forHTTPHeaderField: "Content-Type")
            message.httpBody = Data(body.utf8)
        }
        let task = StoppableTask(session.dataTask(with: message))
        let deadline = after(milliseconds: request.timeoutMilliseconds) {
            exchange.fail(error: .timedOut)
            task.cancel()
        }
        answers.expect(Transfer(exchange: exchange, longest: request.maxAnswerBytes, deadline: deadline), of: task.task)
        exchange.onCancel(handle: task)
        task.task.resume()
    }

    public func startTimer(milliseconds: UInt64, timer: HostTimer) throws {
        let waiting = after(milliseconds: milliseconds) { timer.fire() }
        timer.onCancel(handle: Stop { waiting.cancel() })
    }

    public func now() throws -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    }

    public func keep(name: String, record: String) throws -> Bool {
        records.keep(record, name: name)
    }

    public func take(name: String) throws -> String? {
        records.take(name: name)
    }
}

/// Does `work` after so many milliseconds, a year at most, unless it is cancelled before.
private func after(milliseconds: UInt64, _ work: @escaping @Sendable () -> Void) -> Task<Void, Never> {
    Task {
        let year: UInt64 = 365 * 24 * 3600 * 1000
        try? await Task.sleep(nanoseconds: min(milliseconds, year) * 1_000_000)
        if !Task.isCancelled { work() }
    }
}

private final class StoppableTask: CancelHandle, @unchecked Sendable {
    let task: URLSessionDataTask

    init(_ task: URLSessionDataTask) {
        self.task = task
    }

    func cancel() {
        task.cancel()
    }
}

/// A request under way, and what has come of its answer.
private struct Transfer {
    let exchange: Exchange
    let longest: UInt64
    let deadline: Task<Void, Never>
    var body = Data()

    init(exchange: Exchange, longest: UInt64, deadline: Task<Void, Never>) {
        self.exchange = exchange
        self.longest = longest
        self.deadline = deadline
    }
}

/// Takes in the answers to all requests of a session.
private final class Answers: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let transfers = Locked<[Int: Transfer]>([:])

    func expect(_ transfer: Transfer, of task: URLSessionDataTask) {
        transfers.with { $0[task.taskIdentifier] = transfer }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let number = dataTask.taskIdentifier
        let tooLarge = transfers.with { all -> Bool in
            all[number]?.body.append(data)
            guard let transfer = all[number] else { return false }
            return UInt64(transfer.body.count) > transfer.longest
        }
        guard tooLarge, let transfer = end(of: number) else { return }
        transfer.exchange.fail(error: .tooLarge)
        dataTask.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let transfer = end(of: task.taskIdentifier) else { return }
        if let error {
            transfer.exchange.fail(error: sendError(error))
            return
        }
        guard let answer = task.response as? HTTPURLResponse, let status = UInt16(exactly: answer.statusCode) else {
            transfer.exchange.fail(error: .interrupted)
            return
        }
        transfer.exchange.succeed(status: status, retryAfter: retryAfter(of: answer), body: transfer.body)
    }

    private func end(of number: Int) -> Transfer? {
        let transfer = transfers.with { $0.removeValue(forKey: number) }
        transfer?.deadline.cancel()
        return transfer
    }
}

private func retryAfter(of answer: HTTPURLResponse) -> String? {
    for (name, value) in answer.allHeaderFields {
        guard let name = name as? String, name.lowercased() == "retry-after" else { continue }
        return value as? String
    }
    return nil
}

/// Only where it is certain that no byte went out is it unreachable.
private func sendError(_ error: any Error) -> SendError {
    guard let error = error as? URLError else { return .interrupted }
    switch error.code {
    case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet: return .unreachable
    case .timedOut: return .timedOut
    default: return .interrupted
    }
}
