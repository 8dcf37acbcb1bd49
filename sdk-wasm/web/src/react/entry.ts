import type { AuthState, SecureFlowsErrorShape } from "../types.js";

/** What a new value is made of: the value, or a function of the one that is there. */
export type Next<Value> = Value | undefined | ((value: Value | undefined) => Value);

/** Stores a value. What it returns may be awaited, and may be left alone. */
export type SetValue<Value> = (next: Next<Value>) => Promise<void>;

/** What is under way with a value. */
export interface ValueStatus {
  /** A read or a write is under way, or the first read is still to come. */
  readonly pending: boolean;
  /** Why the last write, or the last read, failed; until the next one. */
  readonly error: SecureFlowsErrorShape | undefined;
  /** Asks the platform again. */
  readonly reload: () => void;
}

/** The value, how to store another, and what is under way. */
export type ValueResult<Value> = readonly [
  value: Value | undefined,
  set: SetValue<Value>,
  status: ValueStatus,
];

/** Where the values of one entry come from, and where they go. */
export interface Source<Value> {
  read(): Promise<Value | undefined>;
  write(next: Next<Value>): Promise<Value | undefined>;
  watch?(listener: (value: Value | undefined) => void): () => void;
}

/** Whether `next` makes the new value of the old one. JSON has no functions. */
export function isChange<Value>(next: Next<Value>): next is (value: Value | undefined) => Value {
  return typeof next === "function";
}

/** What an entry has to know of the session. */
export interface Surroundings {
  /** Whether somebody is signed in. */
  state(): AuthState;
  /** Follows the session from now on. */
  follow(): void;
}

/** One value in the cache, shared by all who show it. */
export interface Entry<Value> {
  subscribe(listener: () => void): () => void;
  result(): ValueResult<Value>;
  /** What a server renders, and the page while it takes that over. */
  serverResult(): ValueResult<Value>;
  /** Forgets everything: what is under way counts no more. Then reads, where somebody shows the value. */
  restart(): void;
}

/** A write under way: the value that is shown meanwhile, if it can be told. */
type Write<Value> = [value?: Value | undefined];

/** Whether the user's data can be asked for. */
export function isIn({ status }: AuthState): boolean {
  return status === "signedIn" || status === "locked";
}

/** An entry that nobody shows yet. Nothing is asked before somebody does. */
export function createEntry<Value>(source: Source<Value>, around: Surroundings): Entry<Value> {
  const listeners = new Set<() => void>();
  const writes = new Set<Write<Value>>();
  let known: Value | undefined;
  let loaded = false;
  /** Counts what became known: an answer that was overtaken by later news is not taken in. */
  let news = 0;
  let reading: object | undefined;
  let readError: SecureFlowsErrorShape | undefined;
  let writeError: SecureFlowsErrorShape | undefined;
  let result: ValueResult<Value> | undefined;
  let unwatch: (() => void) | undefined;

  const first: ValueResult<Value> = [undefined, set, { pending: true, error: undefined, reload }];

  function make(): ValueResult<Value> {
    const waiting = !loaded && !readError && around.state().status !== "signedOut";
    const pending = waiting || !!reading || writes.size > 0;
    return [current(), set, { pending, error: writeError ?? readError, reload }];
  }

  function current(): Value | undefined {
    const write = [...writes].findLast((it) => it.length);
    return write ? write[0] : known;
  }

  function publish(): void {
    result = undefined;
    listeners.forEach((listener) => listener());
  }

  function learn(value: Value | undefined): void {
    known = value;
    loaded = true;
    news += 1;
  }

  function reload(): void {
    if (reading || !isIn(around.state())) return;
    const mine = (reading = {});
    const before = news;
    readError = undefined;
    const done = (error?: SecureFlowsErrorShape): void => {
      if (reading !== mine) return;
      reading = undefined;
      readError = error;
      publish();
    };
    source.read().then((value) => {
      if (reading === mine && news === before) learn(value);
      done();
    }, done);
    publish();
  }

  function set(next: Next<Value>): Promise<void> {
    const write: Write<Value> = [];
    if (!isChange(next)) write.push(next);
    else if (loaded) write.push(next(current()));
    writes.add(write);
    writeError = undefined;
    const written = source.write(next).then(
      (value) => {
        if (!writes.delete(write)) return;
        learn(value);
        publish();
      },
      (error: SecureFlowsErrorShape) => {
        if (writes.delete(write)) {
          writeError = error;
          // It may have been applied: only the platform can tell.
          if (error.outcome === "unknown") reload();
          publish();
        }
        throw error;
      },
    );
    // Whoever does not await it reads the error in the status.
    written.catch(() => {});
    publish();
    return written;
  }

  function heard(value: Value | undefined): void {
    if (!isIn(around.state())) return;
    if (value !== undefined) {
      learn(value);
    } else if (known === undefined) {
      return;
    } else {
      learn(undefined);
      // Removed elsewhere, or somebody else is signed in now: a watcher is not told which.
      if (!writes.size) {
        reading = undefined;
        reload();
      }
    }
    publish();
  }

  return {
    subscribe(listener) {
      around.follow();
      listeners.add(listener);
      if (listeners.size === 1) {
        try {
          unwatch = source.watch?.(heard);
        } catch {
          // A bad key: the read tells the same.
        }
        reload();
      }
      return () => {
        listeners.delete(listener);
        if (!listeners.size) unwatch?.();
      };
    },
    result: () => (result ??= make()),
    serverResult: () => first,
    restart() {
      known = reading = readError = writeError = undefined;
      loaded = false;
      writes.clear();
      if (listeners.size) reload();
      publish();
    },
  };
}
