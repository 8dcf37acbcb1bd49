import SecureFlowsBinding

/// Tells everybody who listens of one client, in order.
final class News: Sendable {
    private struct Listeners {
        var state: AuthState
        var over = false
        var next = 0
        var states: [Int: AsyncStream<AuthState>.Continuation] = [:]
        var events: [Int: AsyncStream<ClientEvent>.Continuation] = [:]
    }

    private let listeners: Locked<Listeners>

    init(of client: MobileClient) {
        let stream = client.events()
        listeners = Locked(Listeners(state: AuthState(client.status())))
        // It ends when the client is gone, and does not keep it.
        Task { [self] in
            while let event = await stream.next() { tell(event) }
            end()
        }
    }

    /// The state at hand, and every later one.
    func states() -> AsyncStream<AuthState> {
        let (stream, continuation) = AsyncStream.makeStream(of: AuthState.self)
        let number = listeners.with { all -> Int? in
            continuation.yield(all.state)
            if all.over { return nil }
            all.next += 1
            all.states[all.next] = continuation
            return all.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.with { all in _ = all.states.removeValue(forKey: number) }
        }
        return stream
    }

    /// Every event from now on.
    func events() -> AsyncStream<ClientEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ClientEvent.self)
        let number = listeners.with { all -> Int? in
            if all.over { return nil }
            all.next += 1
            all.events[all.next] = continuation
            return all.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.with { all in _ = all.events.removeValue(forKey: number) }
        }
        return stream
    }

    private func tell(_ event: ClientEvent) {
        listeners.with { all in
            for listener in all.events.values { listener.yield(event) }
            guard case .statusChanged(let status) = event else { return }
            let state = AuthState(status)
            if state == all.state { return }
            all.state = state
            for listener in all.states.values { listener.yield(state) }
        }
    }

    private func end() {
        let last = listeners.with { all -> Listeners in
            let last = all
            all.over = true
            all.states = [:]
            all.events = [:]
            return last
        }
        // Outside of the lock, since a stream that ends calls back.
        for listener in last.states.values { listener.finish() }
        for listener in last.events.values { listener.finish() }
    }
}
