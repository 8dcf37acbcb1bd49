// A small stand-in for a browser's tab, in Node: an address, a history, a storage that outlives its pages.

const NAMES = ["document", "location", "history", "sessionStorage", "addEventListener", "removeEventListener"];

/** What of the globals is a page's. */
export class Tab {
  /** What the tab keeps. */
  kept = new Map();
  /** Where its page was told to go. */
  left = undefined;
  /** Whether pages may use the storage. */
  storage = "open";
  /** Whether something keeps pages from being left. */
  stuck = false;

  /** Loads a page. */
  open(url, state = null) {
    const events = new EventTarget();
    const tab = this;
    let at = new URL(url);
    tab.left = undefined;
    const location = {
      assign(to) {
        if (tab.stuck) return;
        tab.left = to;
        queueMicrotask(() => events.dispatchEvent(new Event("beforeunload", { cancelable: true })));
      },
    };
    for (const part of ["href", "origin", "pathname", "search", "hash", "hostname"]) {
      Object.defineProperty(location, part, { get: () => at[part] });
    }
    const history = {
      state,
      replaceState(state, _, to) {
        history.state = state;
        at = new URL(to, at);
      },
    };
    const page = {
      document: {},
      location,
      history,
      addEventListener: events.addEventListener.bind(events),
      removeEventListener: events.removeEventListener.bind(events),
    };
    for (const [name, value] of Object.entries(page)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const get = () => {
      if (tab.storage === "blocked") throw new DOMException("blocked", "SecurityError");
      return storageOf(tab.kept);
    };
    Object.defineProperty(globalThis, "sessionStorage", { get, configurable: true });
    return page;
  }

  /** Nothing is left of any page: this is Node. */
  close() {
    for (const name of NAMES) delete globalThis[name];
  }
}

function storageOf(kept) {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => void kept.set(name, String(text)),
    removeItem: (name) => void kept.delete(name),
  };
}
