import { HostedLoginCallbackError } from "./error.js";
import { isToken, type Store } from "./store.js";

/** What hosted login adds to an address (contract §2). */
const OURS = ["sessionToken", "state", "error", "error_description"];

/** What this page's address brings: a token, a refusal, or `undefined` when it is no callback of ours. */
export function arrival(store: Store, unsafeLegacy: boolean): string | HostedLoginCallbackError | undefined {
  if (!("document" in globalThis)) return undefined;
  const { searchParams } = new URL(location.href);
  const [token, state, error] = ["sessionToken", "state", "error"].map((name) => searchParams.get(name));
  if (token == null && error == null) return undefined;
  const known = state != null && store.endLogin(state);
  // Other libraries have a `state` and an `error`, too.
  if (token == null && !known) return undefined;
  scrub();
  if (state == null && !unsafeLegacy) return new HostedLoginCallbackError("state_missing");
  if (state != null && !known) return new HostedLoginCallbackError("state_unknown");
  const names = [...searchParams.keys()].filter((name) => OURS.includes(name));
  const twice = names.length > new Set(names).size;
  if (twice || (token != null && error != null)) return new HostedLoginCallbackError("malformed");
  if (error != null) return new HostedLoginCallbackError("refused", error.replace(/[^\w.-]/g, "").slice(0, 64));
  return isToken(token) ? token : new HostedLoginCallbackError("malformed");
}

/** Takes what hosted login added out of the address and the history; all else stays, byte for byte. */
function scrub(): void {
  const { pathname, search, hash } = location;
  const kept = search.slice(1).split("&").filter((pair) => !OURS.includes(pair.split("=", 1)[0] ?? ""));
  history.replaceState(history.state, "", pathname + (kept.join("&") && `?${kept.join("&")}`) + hash);
}
