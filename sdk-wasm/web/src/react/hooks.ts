import { createContext, useContext, useSyncExternalStore } from "react";
import type { Client, Identity, KeyOf } from "../types.js";
import type { Entry, ValueResult, ValueStatus } from "./entry.js";
import type { Session, Store } from "./store.js";

/** @internal */
export const StoreContext = createContext<Store | undefined>(undefined);

/** The client that the provider was given. */
export function useClient(): Client {
  return useStore().client;
}

/**
 * Whether somebody is signed in, and the ways in and out. The `status` is `"signingIn"` as well as long as the page
 * was not looked at yet: on the server, and in the first moment in the browser.
 *
 * ```tsx
 * const session = useSession();
 * return session.status === "signedOut" && <button onClick={() => session.signIn()}>Sign in</button>;
 * ```
 */
export function useSession(): Session {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.session, store.serverSession);
}

/**
 * The value under `key`, how to store another, and what is under way. All components share one cache: a key is
 * read once when it is first shown, and again when it is shown anew.
 *
 * What is set is shown at once, and taken back when the platform refuses it: `error` then says why. A function makes
 * the new value of the one that the platform has, so that a change made elsewhere is not lost; `undefined`
 * removes it. Signed out, and when somebody else comes back, there is no value.
 *
 * ```tsx
 * const [theme, setTheme, { pending, error }] = useValue<"light" | "dark">("theme");
 * return <button onClick={() => setTheme("dark")} disabled={pending}>{theme ?? "light"}</button>;
 * ```
 */
export function useValue<Value = unknown>(key: string): ValueResult<Value> {
  return useEntry(useStore().value(key) as Entry<Value>);
}

/** Who is signed in, and what is under way. It is asked for once a sign-in, when somebody wants to know. */
export function useIdentity(): readonly [identity: Identity | undefined, status: ValueStatus] {
  const [identity, , status] = useEntry(useStore().identity);
  return [identity, status];
}

/** The hooks, for the data of one app. */
export interface Hooks<Data extends object> {
  /** {@link useClient} */
  useClient(this: void): Client<Data>;
  /** {@link useSession} */
  useSession(this: void): Session<Data>;
  /** {@link useValue} */
  useValue<Key extends KeyOf<Data>>(this: void, key: Key): ValueResult<Data[Key]>;
  /** {@link useIdentity} */
  useIdentity: typeof useIdentity;
}

/**
 * The same hooks, with the types of the app's data. Say these once, and export what comes back.
 *
 * ```ts
 * interface Data { theme: "light" | "dark"; [note: `note:${string}`]: Note }
 *
 * export const { useValue, useSession, useClient } = createHooks<Data>();
 * ```
 */
export function createHooks<Data extends object>(): Hooks<Data> {
  return { useClient, useSession, useValue, useIdentity } as unknown as Hooks<Data>;
}

/** @internal */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("secureFlows: no <SecureFlowsProvider> around this component");
  return store;
}

function useEntry<Value>(entry: Entry<Value>): ValueResult<Value> {
  return useSyncExternalStore(entry.subscribe, entry.result, entry.serverResult);
}
