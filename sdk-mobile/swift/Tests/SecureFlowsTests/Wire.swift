import Foundation
import SecureFlows

/// The usual host, with a plug to pull, a clock to turn and answers to hold back.
final class Wire: PlatformHost {
    private struct State {
        var down = false
        var sent: [String] = []
        var ahead: UInt64 = 0
        var hold: Hold?
    }

    private let state = Locker(State())
    private let inner = URLSessionHost.shared
    private let records = MemoryLoginRecords()

    var down: Bool {
        get { state.value.down }
        set { state.change { $0.down = newValue } }
    }

    /// How many requests went out.
    var sent: Int { state.value.sent.count }

    /// How many of them had this method and path.
    func count(_ what: String) -> Int {
        state.value.sent.filter { $0 == what }.count
    }

    /// How far the wall clock is ahead, in milliseconds.
    var ahead: UInt64 {
        get { state.value.ahead }
        set { state.change { $0.ahead = newValue } }
    }

    /// Holds back the answer to the next request until it is let go.
    func holdNext() -> Hold {
        let hold = Hold()
        state.change { $0.hold = hold }
        return hold
    }

    func send(request: HTTPRequest, exchange: Exchange) throws {
        if down {
            exchange.fail(error: .unreachable)
            return
        }
        let what = request.method + " " + (URLComponents(string: request.url)?.percentEncodedPath ?? "")
        let hold = state.change { state -> Hold? in
            state.sent.append(what)
            let hold = state.hold
            state.hold = nil
            return hold
        }
        if let hold {
            try inner.send(request: request, exchange: HeldExchange(exchange, hold))
        } else {
            try inner.send(request: request, exchange: exchange)
        }
    }

    func startTimer(milliseconds: UInt64, timer: HostTimer) throws {
        try inner.startTimer(milliseconds: milliseconds, timer: timer)
    }

    func now() throws -> UInt64 {
        try inner.now() + ahead
    }

    func keep(name: String, record: String) throws -> Bool {
        records.keep(record, name: name)
    }

    func take(name: String) throws -> String? {
        records.take(name: name)
    }
}

/// An answer that came and is not handed on yet.
final class Hold: Sendable {
    private let work: Locker<(@Sendable () -> Void)?> = Locker(nil)

    var isHolding: Bool { work.value != nil }

    func letGo() {
        work.value?()
    }

    func take(_ work: @escaping @Sendable () -> Void) {
        self.work.value = work
    }
}

private final class HeldExchange: Exchange, @unchecked Sendable {
    private let exchange: Exchange
    private let hold: Hold

    init(_ exchange: Exchange, _ hold: Hold) {
        self.exchange = exchange
        self.hold = hold
        super.init(noHandle: Exchange.NoHandle())
    }

    required init(unsafeFromHandle handle: UInt64) {
        fatalError("the library makes none")
    }

    override func succeed(status: UInt16, retryAfter: String?, body: Data) {
        let exchange = self.exchange
        hold.take { exchange.succeed(status: status, retryAfter: retryAfter, body: body) }
    }

    override func fail(error: SendError) {
        exchange.fail(error: error)
    }

    override func onCancel(handle: CancelHandle) {
        exchange.onCancel(handle: handle)
    }
}
