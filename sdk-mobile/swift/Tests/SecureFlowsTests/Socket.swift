import Foundation

#if canImport(Glibc)
import Glibc
private let streams = Int32(SOCK_STREAM.rawValue)
#else
import Darwin
private let streams = SOCK_STREAM
#endif

/// A TCP connection on this machine.
struct Socket: Sendable {
    let number: Int32

    /// A reader that has gone away must not end this process.
    private static let quiet: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    static func make() throws -> Socket {
        _ = quiet
        let number = socket(AF_INET, streams, 0)
        if number < 0 { throw Unexpected("no socket") }
        return Socket(number: number)
    }

    /// Connects to a port of this machine.
    static func connect(to port: UInt16) throws -> Socket {
        let made = try make()
        let failed = loopback(port) { Glue.connect(made.number, $0, $1) } != 0
        if failed {
            made.close()
            throw Unexpected("nobody listens at \(port)")
        }
        return made
    }

    /// Listens at a port of its own, and gives it.
    static func listen() throws -> (Socket, UInt16) {
        let made = try make()
        guard loopback(0, { Glue.bind(made.number, $0, $1) }) == 0, Glue.listen(made.number, 64) == 0 else {
            throw Unexpected("cannot listen")
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(made.number, $0, &size) }
        }
        return (made, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; none when this one is closed.
    func next() -> Socket? {
        let number = accept(self.number, nil, nil)
        return number < 0 ? nil : Socket(number: number)
    }

    /// The next bytes; none at the end.
    func read() -> [UInt8] {
        let most = 65536
        var bytes = [UInt8](repeating: 0, count: most)
        let count = recv(number, &bytes, most, 0)
        return count > 0 ? Array(bytes[0..<count]) : []
    }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(number, $0.baseAddress, $0.count, 0) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Also wakes who waits for it on another thread.
    func close() {
        _ = shutdown(number, Int32(SHUT_RDWR))
        _ = Glue.close(number)
    }

    private static func loopback(_ port: UInt16, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { use($0, size) }
        }
    }
}

/// The system's calls whose names this file has for its own.
private enum Glue {
    static func connect(_ number: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
        #if canImport(Glibc)
        return Glibc.connect(number, address, size)
        #else
        return Darwin.connect(number, address, size)
        #endif
    }

    static func bind(_ number: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
        #if canImport(Glibc)
        return Glibc.bind(number, address, size)
        #else
        return Darwin.bind(number, address, size)
        #endif
    }

    static func listen(_ number: Int32, _ most: Int32) -> Int32 {
        #if canImport(Glibc)
        return Glibc.listen(number, most)
        #else
        return Darwin.listen(number, most)
        #endif
    }

    static func close(_ number: Int32) -> Int32 {
        #if canImport(Glibc)
        return Glibc.close(number)
        #else
        return Darwin.close(number)
        #endif
    }
}
