import type {
  AuthState,
  Client,
  Identity,
  RedirectResult,
  SecureFlowsErrorShape,
  SignInOptions,
  SignOutOptions,
} from "../types.js";
import { createEntry, isChange, isIn, type Entry, type Source, type Surroundings } from "./entry.js";

/** Whether somebody is signed in, and the ways in and out. */
export type Session<Data extends object = Record<string, unknown>> = AuthState & {
  /** Why the last sign-in, sign-out or return from hosted login failed; until the next one succeeds. */
  readonly error: SecureFlowsErrorShape | undefined;
  /** Goes to hosted login: call it from the user's click. A failure is in `error` too. */
  readonly signIn: (options?: SignInOptions<Data>) => Promise<void>;
  /** Signs the user out; the data stays. A failure is in `error` too. */
  readonly signOut: (options?: SignOutOptions) => Promise<void>;
};

/** What all providers of one client share. */
export interface Store {
  readonly client: Client;
  readonly subscribe: (listener: () => void) => () => void;
  readonly session: () => Session;
  /** What a server renders, and the page while it takes that over. */
  readonly serverSession: () => Session;
  readonly value: (key: string) => Entry<unknown>;
  readonly identity: Entry<Identity>;
  /** Completes a login if this page is its callback; once, however often it is called. */
  readonly complete: (then: (result: Extract<RedirectResult, { signedIn: true }>) => void) => void;
}

/** Whether somebody is signed in is not known before the page was looked at. */
const UNKNOWN: AuthState = { status: "signingIn" };

const stores = new WeakMap<Client, Store>();

/** The store of `client`, one for all its providers. `completes`: a provider looks at the page first. */
export function storeOf(client: Client, completes: boolean): Store {
  let store = stores.get(client);
  if (!store) stores.set(client, (store = createStore(client, completes)));
  return store;
}

function createStore(client: Client, completes: boolean): Store {
  const listeners = new Set<() => void>();
  const values = new Map<string, Entry<unknown>>();
  let unsettled = completes;
  let completing = false;
  let following = false;
  let known: AuthState | undefined;
  let session: Session | undefined;

  const serverSession = make(UNKNOWN);
  const around: Surroundings = { state, follow };
  const identity = createEntry<Identity>(
    { read: async () => client.identity(), write: async () => undefined },
    around,
  );

  function make(state: AuthState, error?: SecureFlowsErrorShape): Session {
    return {
      ...state,
      error,
      signIn: (options) => attempt(() => client.signIn(options)),
      signOut: (options) => attempt(() => client.signOut(options)),
    };
  }

  /** Not asked on a server: the client may need more than that has. */
  function state(): AuthState {
    return (known ??= look());
  }

  function look(): AuthState {
    const { state } = client;
    const first = state.status === "signedOut" && state.reason === "never_signed_in";
    return first && unsettled ? UNKNOWN : state;
  }

  function show(error?: SecureFlowsErrorShape): void {
    session = make(state(), error);
    listeners.forEach((listener) => listener());
  }

  function update(): void {
    const before = state();
    const now = (known = look());
    if (now === before) return;
    show(isIn(now) ? undefined : session?.error);
    // A lock comes and goes with the same user; the same status anew is somebody else.
    if (isIn(before) && isIn(now) && before.status !== now.status) return;
    for (const entry of [identity, ...values.values()]) entry.restart();
  }

  function follow(): void {
    if (following) return;
    following = true;
    client.subscribe(update);
    update();
  }

  function attempt(work: () => Promise<void>): Promise<void> {
    const done = work();
    // Whoever does not await it reads the error in the session.
    done.then(() => show(), show);
    return done;
  }

  return {
    client,
    identity,
    session: () => (session ??= make(state())),
    serverSession: () => serverSession,
    subscribe(listener) {
      follow();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    value(key) {
      let entry = values.get(key);
      if (!entry) values.set(key, (entry = createEntry(sourceOf(client, key), around)));
      return entry;
    },
    complete(then) {
      if (completing) return;
      completing = true;
      follow();
      const settle = (error?: SecureFlowsErrorShape): void => {
        unsettled = false;
        update();
        if (error) show(error);
      };
      client.handleRedirect().then((result) => {
        settle();
        if (result.signedIn) then(result);
      }, settle);
    },
  };
}

function sourceOf(client: Client, key: string): Source<unknown> {
  return {
    read: async () => client.get(key),
    async write(next) {
      if (isChange(next)) return client.update(key, next);
      await (next === undefined ? client.delete(key) : client.set(key, next));
      return next;
    },
    watch: (listener) => client.watch(key, listener),
  };
}
