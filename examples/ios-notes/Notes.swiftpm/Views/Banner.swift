import SwiftUI

/// A sentence in a box, and what can be done about it.
struct Banner: View {
    enum Kind {
        case error
        case notice
    }

    private let text: String
    private let kind: Kind
    private let label: String?
    private let action: () -> Void

    init(_ text: String, kind: Kind, label: String? = nil, action: @escaping () -> Void = {}) {
        self.text = text
        self.kind = kind
        self.label = label
        self.action = action
    }

    var body: some View {
        HStack(alignment: .firstTextBaseline, spacing: 12) {
            Image(systemName: kind == .error ? "exclamationmark.triangle.fill" : "info.circle.fill")
                .foregroundStyle(colour)
                .accessibilityLabel(kind == .error ? "Error" : "Notice")
            Text(text)
                .font(.callout)
                .multilineTextAlignment(.leading)
                .frame(maxWidth: .infinity, alignment: .leading)
            if let label {
                Button(label, action: action)
                    .font(.callout.bold())
                    .buttonStyle(.borderless)
            }
        }
        .padding(12)
        .background(colour.opacity(0.12), in: RoundedRectangle(cornerRadius: 12))
        .accessibilityElement(children: .contain)
    }

    private var colour: Color { kind == .error ? .red : .accentColor }
}
