/** @import { AuthState, Client } from "../../../src/types.js" */

export const NOBODY = Object.freeze({ status: "signedOut", reason: "never_signed_in", data: "unknown" });
export const IN = Object.freeze({ status: "signedIn" });
export const LEFT = Object.freeze({ status: "signedOut", reason: "by_user", data: "intact" });

/** An error as the client makes it. */
export function failure(code, more = {}) {
  const about = { data: "intact", retryable: false, outcome: "no_effect", status: undefined, reason: undefined };
  return Object.assign(new Error(code), { name: "SecureFlowsError", code, ...about, ...more });
}

/**
 * A client without a platform. It answers at once, or when the test says so: `hold()` keeps every call from then on
 * until what it returned is called. `fail(method, error)` lets the next call of a method fail.
 *
 * @param {{ state?: AuthState, data?: Record<string, unknown>, redirect?: () => Promise<object> }} options
 */
export function fakeClient({ state = IN, data = {}, redirect = async () => ({ signedIn: false }) } = {}) {
  const listeners = new Set();
  const watchers = new Set();
  const calls = [];
  const failures = new Map();
  let held;

  /** What a call does happens when it is let go; its answer is what was there then. */
  async function call(method, key, work) {
    calls.push(key === undefined ? method : `${method} ${key}`);
    const waiting = held;
    const error = failures.get(method);
    failures.delete(method);
    await waiting;
    if (error) throw error;
    return work();
  }

  function tell(key) {
    for (const watcher of watchers) {
      if (key === undefined || watcher.key === key) {
        // As in the real one: later, and the newest only.
        queueMicrotask(() => watchers.has(watcher) && watcher.listener(fake.data[watcher.key]));
      }
    }
  }

  function put(key, value) {
    fake.data = { ...fake.data, [key]: value };
    if (value === undefined) delete fake.data[key];
    tell(key);
    return fake.data;
  }

  const fake = {
    state,
    data,
    calls,
    who: { userId: "1", email: "ada@example.com" },
    /** Changes the state, and the user with it where new data are given. */
    become(next, theirs) {
      if (theirs) fake.data = theirs;
      fake.state = next;
      for (const listener of listeners) listener();
    },
    /** Somebody else is signed in, and the state stays as it was. */
    swap(theirs) {
      const before = Object.keys(fake.data);
      fake.data = theirs;
      for (const watcher of watchers) if (before.includes(watcher.key)) watcher.listener(undefined);
    },
    hold() {
      let release;
      const mine = new Promise((resolve) => (release = resolve));
      held = mine;
      return () => {
        if (held === mine) held = undefined;
        release();
      };
    },
    fail: (method, error) => failures.set(method, error),
    put,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(key, listener) {
      if (key === "") throw failure("invalid", { outcome: "not_sent", reason: "key" });
      const watcher = { key, listener };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    watching: () => watchers.size,
    get: (key) => call("get", key, () => fake.data[key]),
    set: (key, value) => call("set", key, () => put(key, value)),
    update: (key, change) =>
      call("update", key, () => {
        const value = change(fake.data[key]);
        put(key, value);
        return value;
      }),
    delete: (key) => call("delete", key, () => put(key, undefined) && true),
    identity: () => call("identity", undefined, () => fake.who),
    handleRedirect: () => call("handleRedirect", undefined, redirect),
    signIn: () => call("signIn", undefined, () => {}),
    signOut: () => call("signOut", undefined, () => fake.become(LEFT)),
  };
  return fake;
}
