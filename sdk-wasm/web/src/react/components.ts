import { createElement, useEffect, useLayoutEffect, type ReactElement, type ReactNode } from "react";
import type { Client, RedirectResult } from "../types.js";
import { isIn } from "./entry.js";
import { StoreContext, useSession } from "./hooks.js";
import { storeOf } from "./store.js";

/** What a provider is given. */
export interface SecureFlowsProviderProps<Data extends object> {
  /** The app's client. Make it once, outside of the components. */
  client: Client<Data>;
  /**
   * Whether the provider completes the login when this page is its callback; `true` by default. With `false` the app
   * calls `client.handleRedirect()` itself.
   */
  handleRedirect?: boolean;
  /**
   * Called once when hosted login came back and the user is signed in. By default the address becomes `returnTo`; an
   * app with a router tells that instead: `({ returnTo }) => navigate(returnTo, { replace: true })`.
   */
  onRedirect?: (result: Extract<RedirectResult, { signedIn: true }>) => void;
  children?: ReactNode;
}

/** What is shown to some only. */
export interface GateProps {
  children?: ReactNode;
}

/**
 * Gives the client to all below it, and completes the login when this page is its callback.
 *
 * ```tsx
 * const client = createClient<Data>({ workspace: "acme", appId: "acme-notes", redirectUri: location.origin + "/" });
 *
 * createRoot(root).render(<SecureFlowsProvider client={client}><App /></SecureFlowsProvider>);
 * ```
 */
export function SecureFlowsProvider<Data extends object>({
  client,
  handleRedirect = true,
  onRedirect = showReturnTo,
  children,
}: SecureFlowsProviderProps<Data>): ReactElement {
  const store = storeOf(client as unknown as Client, handleRedirect);
  // Before the first paint: a page that is no callback never shows that it was looked at. React 18 warns of it on a server.
  const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;
  useBeforePaint(() => {
    if (handleRedirect) store.complete(onRedirect);
  }, [store]);
  return createElement(StoreContext.Provider, { value: store }, children);
}

/** Shows its children while somebody is signed in, in a locked workspace too. */
export function SignedIn({ children }: GateProps): ReactNode {
  return isIn(useSession()) ? children : null;
}

/** Shows its children while nobody is signed in, once that is certain. */
export function SignedOut({ children }: GateProps): ReactNode {
  return useSession().status === "signedOut" ? children : null;
}

function showReturnTo({ returnTo }: { returnTo: string }): void {
  history.replaceState(history.state, "", returnTo);
}
