// A person at a browser without JavaScript, who fills in the mock's pages.

/** A person with a fresh browser. */
export class Visitor {
  #cookies = new Map();

  /** Signs in on the login page; where the browser was sent back to. */
  async signIn(page, email, password) {
    return left(await (await this.open(page)).press("Sign in", { email, password }));
  }

  /** Makes an account there. */
  async signUp(page, email, password) {
    const form = await (await this.open(page)).follow("Create an account");
    return left(await form.press("Create account", { email, password }));
  }

  /** Goes on as whom the browser knows. */
  async continueAsBefore(page) {
    return left(await (await this.open(page)).press("Continue", {}));
  }

  /** Turns away. */
  async cancel(page) {
    return left(await (await this.open(page)).follow("Cancel"));
  }

  /** Opens an address, and follows redirects as long as they stay on its origin. */
  async open(url, init = {}) {
    let at = new URL(url);
    for (let hops = 0; hops < 10; hops++) {
      const headers = { ...init.headers, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
      const answer = await fetch(at, { ...init, headers, redirect: "manual" });
      this.#take(answer);
      init = {};
      const location = answer.headers.get("location");
      if (!location) return new Page(this, at, await answer.text());
      const next = new URL(location, at);
      if (next.origin !== at.origin) return { elsewhere: location };
      at = next;
    }
    throw new Error("redirects without end");
  }

  #take(answer) {
    if (answer.headers.get("clear-site-data")?.includes("cookies")) this.#cookies.clear();
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair] = cookie.split(";");
      const [name, value] = pair.split("=");
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

class Page {
  constructor(visitor, at, html) {
    Object.assign(this, { visitor, at, html });
  }

  /** What is written on it. */
  get text() {
    return words(this.html.replace(/<(style|script|head)\b.*?<\/\1>/gs, ""));
  }

  /** Presses the button that says `label`. */
  press(label, fields) {
    for (const [, attributes, inside] of this.html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
      const buttons = [...inside.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gs)];
      const button = buttons.find(([, , text]) => words(text) === label);
      if (!button) continue;
      const values = {};
      for (const [, input] of [...inside.matchAll(/<input\b([^>]*)>/g), button]) {
        if (attribute(input, "name")) values[attribute(input, "name")] = attribute(input, "value") ?? "";
      }
      const action = new URL(attribute(attributes, "action") ?? "", this.at);
      const body = new URLSearchParams({ ...values, ...fields });
      return this.visitor.open(action, { method: "POST", body });
    }
    throw new Error(`no “${label}” on: ${this.text}`);
  }

  /** Follows the link that says `label`. */
  follow(label) {
    const links = [...this.html.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)];
    const link = links.find(([, , text]) => words(text) === label);
    if (!link) throw new Error(`no “${label}” on: ${this.text}`);
    const url = new URL(attribute(link[1], "href"), this.at);
    return url.origin === this.at.origin ? this.visitor.open(url) : { elsewhere: url.href };
  }
}

function left(place) {
  if (place.elsewhere) return place.elsewhere;
  throw new Error(`still there: ${place.text}`);
}

function attribute(attributes, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
  return value === undefined ? undefined : plain(value);
}

function words(html) {
  return plain(html.replace(/<[^>]*>/g, " ")).split(/\s+/).filter(Boolean).join(" ");
}

function plain(text) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, name) => {
    if (name[0] !== "#") return named[name] ?? whole;
    return String.fromCodePoint(name[1] === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}
