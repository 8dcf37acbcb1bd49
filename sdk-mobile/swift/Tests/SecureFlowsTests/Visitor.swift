import Foundation

/// A person at a browser without JavaScript: fills in forms, presses buttons by what is written on them.
final class Visitor: @unchecked Sendable {
    private let lock = NSLock()
    private var cookies: [String: String] = [:]

    func signIn(_ page: URL, _ email: String) throws -> URL {
        try left(press(open(page.absoluteString), "Sign in", values: ["email": email, "password": password]))
    }

    func signUp(_ page: URL, _ email: String) throws -> URL {
        let form = try open(link(open(page.absoluteString), "Create an account"))
        return try left(press(form, "Create account", values: ["email": email, "password": "a new password"]))
    }

    func continueAsBefore(_ page: URL) throws -> URL {
        try left(press(open(page.absoluteString), "Continue", values: [:]))
    }

    func cancel(_ page: URL) throws -> URL {
        let target = try link(open(page.absoluteString), "Cancel")
        guard let url = URL(string: target) else { throw Unexpected("no URL") }
        return url
    }

    /// What is written on a page.
    func read(_ page: URL) throws -> String {
        try open(page.absoluteString).text
    }

    /// Where a navigation leads that leaves the origin.
    func leave(_ page: URL) throws -> URL {
        try left(go("GET", page.absoluteString, form: nil))
    }

    private struct Page {
        let url: String
        let html: String

        var text: String {
            let words = html.replacingOccurrences(of: "<[^>]*>", with: " ", options: .regularExpression)
            return words.replacingOccurrences(of: "\\s+", with: " ", options: .regularExpression)
        }
    }

    private enum Place {
        case page(Page)
        case elsewhere(String)
    }

    private func open(_ url: String) throws -> Page {
        guard case .page(let page) = try go("GET", url, form: nil) else { throw Unexpected("the origin was left") }
        return page
    }

    private func left(_ place: Place) throws -> URL {
        switch place {
        case .page(let page): throw Unexpected("not the expected page: \(page.text)")
        case .elsewhere(let target):
            guard let url = URL(string: target) else { throw Unexpected("no URL") }
            return url
        }
    }

    private func press(_ page: Page, _ label: String, values: [String: String]) throws -> Place {
        let forms = matches("<form[^>]*>[\\s\\S]*?</form>", in: page.html)
        guard let form = forms.first(where: { $0.contains(">\(label)</button>") }) else {
            throw Unexpected("no button “\(label)” on: \(page.text)")
        }
        var fields: [(String, String)] = []
        let hidden = matches("<input[^>]*type=\"hidden\"[^>]*>", in: form)
        for tag in hidden + matches("<button[^>]*>\(label)</button>", in: form) {
            guard let name = attribute(tag, "name") else { continue }
            fields.append((name, attribute(tag, "value") ?? ""))
        }
        for (name, value) in values { fields.append((name, value)) }
        let body = fields.map { escaped($0.0) + "=" + escaped($0.1) }.joined(separator: "&")
        let action = matches("<form[^>]*>", in: form).first.flatMap { attribute($0, "action") } ?? ""
        return try go("POST", resolve(action, at: page.url), form: body)
    }

    private func link(_ page: Page, _ label: String) throws -> String {
        guard let tag = matches("<a [^>]*>\(label)</a>", in: page.html).first, let target = attribute(tag, "href") else {
            throw Unexpected("no “\(label)” on: \(page.text)")
        }
        return resolve(target, at: page.url)
    }

    /// A page, or the URL outside its origin.
    private func go(_ method: String, _ url: String, form: String?) throws -> Place {
        var step = (method: method, url: url, form: form)
        for _ in 0..<10 {
            var headers = ["Cookie": cookieHeader()]
            if step.form != nil { headers["Content-Type"] = "application/x-www-form-urlencoded" }
            let answer = try Web.ask(step.method, step.url, headers: headers, body: step.form ?? "")
            keep(answer)
            guard let location = answer.values(of: "location").first else {
                return .page(Page(url: step.url, html: answer.body))
            }
            let next = resolve(location, at: step.url)
            if !next.hasPrefix(originOf(step.url) + "/") { return .elsewhere(location) }
            step = (method: "GET", url: next, form: nil)
        }
        throw Unexpected("redirects without end")
    }

    private func cookieHeader() -> String {
        lock.lock()
        defer { lock.unlock() }
        return cookies.map { $0.key + "=" + $0.value }.joined(separator: "; ")
    }

    private func keep(_ answer: Answer) {
        lock.lock()
        defer { lock.unlock() }
        for cookie in answer.values(of: "set-cookie") {
            let pair = cookie.components(separatedBy: ";")[0].components(separatedBy: "=")
            let value = pair.dropFirst().joined(separator: "=")
            let gone = value.isEmpty || cookie.lowercased().contains("max-age=0")
            cookies[pair[0]] = gone ? nil : value
        }
        if !answer.values(of: "clear-site-data").isEmpty { cookies = [:] }
    }
}

/// The value of a query's parameter.
func parameter(_ name: String, of url: URL) -> String? {
    let query = URLComponents(url: url, resolvingAgainstBaseURL: false)?.queryItems ?? []
    return query.first { $0.name == name }?.value
}

private func originOf(_ url: String) -> String {
    url.components(separatedBy: "/").prefix(3).joined(separator: "/")
}

private func resolve(_ target: String, at url: String) -> String {
    if target.isEmpty { return url }
    if target.hasPrefix("/") { return originOf(url) + target }
    if target.hasPrefix("?") { return url.components(separatedBy: "?")[0] + target }
    return target
}

private func matches(_ pattern: String, in text: String) -> [String] {
    var found: [String] = []
    var rest = text.startIndex..<text.endIndex
    while let range = text.range(of: pattern, options: .regularExpression, range: rest) {
        found.append(String(text[range]))
        rest = range.upperBound..<text.endIndex
    }
    return found
}

private func attribute(_ tag: String, _ name: String) -> String? {
    guard let found = matches(" \(name)=\"[^\"]*\"", in: tag).first else { return nil }
    return unescaped(String(found.dropFirst(name.count + 3).dropLast()))
}

private func unescaped(_ text: String) -> String {
    var text = text
    for code in matches("&#[0-9]+;", in: text) {
        guard let number = UInt32(code.dropFirst(2).dropLast()), let letter = Unicode.Scalar(number) else { continue }
        text = text.replacingOccurrences(of: code, with: String(Character(letter)))
    }
    for code in matches("&#x[0-9a-fA-F]+;", in: text) {
        guard let number = UInt32(code.dropFirst(3).dropLast(), radix: 16), let letter = Unicode.Scalar(number) else { continue }
        text = text.replacingOccurrences(of: code, with: String(Character(letter)))
    }
    for (code, letter) in [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replacingOccurrences(of: code, with: letter)
    }
    return text
}

private func escaped(_ text: String) -> String {
    let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
}
