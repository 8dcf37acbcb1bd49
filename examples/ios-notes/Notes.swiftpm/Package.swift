// swift-tools-version: 6.0

import AppleProductTypes
import PackageDescription

let package = Package(
    name: "Notes",
    platforms: [.iOS("16.0")],
    products: [
        .iOSApplication(
            name: "Notes",
            targets: ["Notes"],
            bundleIdentifier: "com.acme.notes",
            displayVersion: "1.0",
            bundleVersion: "1",
            appIcon: .placeholder(icon: .pencil),
            accentColor: .presetColor(.indigo),
            supportedDeviceFamilies: [.pad, .phone],
            supportedInterfaceOrientations: [
                .portrait, .landscapeRight, .landscapeLeft, .portraitUpsideDown(.when(deviceFamilies: [.pad])),
            ],
            additionalInfoPlistContentFilePath: "Info.plist"
        )
    ],
    dependencies: [
        .package(path: "../../../sdk-mobile/swift")
    ],
    targets: [
        .executableTarget(
            name: "Notes",
            dependencies: [.product(name: "SecureFlows", package: "swift")],
            path: ".",
            exclude: ["Info.plist"]
        )
    ],
    swiftLanguageModes: [.v6]
)
