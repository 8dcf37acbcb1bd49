// swift-tools-version: 6.0

import PackageDescription

#if os(Linux)
// The header is generated from the library that `-L` leads to: see test-linux.
let library = Target.systemLibrary(name: "SecureFlowsFFI", path: "Sources/SecureFlowsFFI")
#else
// Built by `cargo xtask swift --xcframework`.
let library = Target.binaryTarget(name: "SecureFlowsFFI", path: "SecureFlowsFFI.xcframework")
#endif

let package = Package(
    name: "SecureFlows",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        .library(name: "SecureFlows", targets: ["SecureFlows"])
    ],
    targets: [
        library,
        .target(name: "SecureFlowsBinding", dependencies: ["SecureFlowsFFI"], exclude: ["README.md"]),
        .target(name: "SecureFlows", dependencies: ["SecureFlowsBinding"]),
        .testTarget(name: "SecureFlowsTests", dependencies: ["SecureFlows"]),
    ],
    swiftLanguageModes: [.v6]
)
