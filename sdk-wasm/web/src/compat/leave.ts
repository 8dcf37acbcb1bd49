import { HostedLoginNavigationError } from "./error.js";

/** How long a navigation may take to start, in milliseconds. It is a matter of two or three. */
const LONGEST_START = 2000;

/**
 * Leaves this page for `url`, in the same tick. It resolves when the navigation has started, however long the other
 * side takes to answer, and rejects when it was blocked.
 */
export function leave(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const signs = ["beforeunload", "pagehide"];
    const over = () => {
      clearTimeout(timer);
      for (const sign of signs) removeEventListener(sign, started);
    };
    const started = (event: Event) => {
      // Another listener has the browser ask, and the user may stay.
      if (event.defaultPrevented) return;
      over();
      resolve();
    };
    const fail = (cause?: unknown) => {
      over();
      const message = "something keeps this page from being left: try again from a plain click";
      reject(new HostedLoginNavigationError(message, { cause }));
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
