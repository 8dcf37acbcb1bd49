import { SecureFlowsError } from "./error.js";

/** How long a navigation may take to start, in milliseconds. It is a matter of two or three. */
const LONGEST_START = 2000;

/** Whether this page may be left for another: it is one, and nobody's frame. */
export function isTopPage(): boolean {
  return "document" in globalThis && window.top === window.self;
}

/** Whether this page lies in somebody else's, whose address is not ours to change. */
export function isFramed(): boolean {
  return "document" in globalThis && window.top !== window.self;
}

/**
 * Leaves this page for `url`. It resolves when the navigation has started, however long the other side takes to
 * answer, and rejects when it was blocked.
 */
export function navigate(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const signs = ["beforeunload", "pagehide"];
    const over = () => {
      clearTimeout(timer);
      for (const sign of signs) removeEventListener(sign, started);
    };
    const started = () => (over(), resolve());
    const fail = (cause?: unknown) => {
      over();
      const message = "something on this page keeps it from being left: sign in from a plain click";
      reject(blocked("navigation_blocked", message, cause));
    };
    const timer = setTimeout(fail, LONGEST_START);
    for (const sign of signs) addEventListener(sign, started);
    try {
      location.assign(url);
    } catch (error) {
      fail(error);
    }
  });
}

/** The mark in the address of a tab that is to sign in by itself. */
const MARK = "#sf.sign-in";

/**
 * Opens the app's own page in a tab of its own, which begins a login by itself: the storage of a frame in a foreign
 * page is not that of the tab that comes back.
 */
export function openOwnTab(returnTo: string): void {
  const url = new URL(returnTo, location.href);
  url.hash = MARK;
  if (!window.open(url, "_blank")) {
    throw blocked(
      "popup_blocked",
      "this page lies in a frame, and the browser let no tab be opened: sign in from a click, or open the app in a tab of its own",
    );
  }
}

/** Whether this page is such a tab; the mark is taken away. */
export function takeMark(): boolean {
  if (!isTopPage() || location.hash !== MARK) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  return true;
}

function blocked(reason: string, message: string, cause?: unknown): SecureFlowsError {
  return new SecureFlowsError(message, { code: "login_refused", data: "unknown", reason, cause });
}
