/**
 * The published browser client's surface, for apps that are written for it: an alias in `package.json` is enough.
 *
 * It keeps the session token in `sessionStorage`, as that surface promises, where every script of the page can read
 * it. `createClient` of the main entry keeps it in memory only: new code takes that. The two share no code.
 *
 * ```ts
 * import { SecureFlows, defaultCallbackRedirectUri } from "@secureflows/web/compat";
 *
 * const sf = new SecureFlows({ origin: "https://www.secure-flows.com", workspace: "acme", appId: "acme-web" });
 *
 * const token = await sf.ensureSession(); // on every page load, the callback's too
 * if (token) show(await sf.fetchSession(token));
 * button.onclick = () => sf.login({ redirectUri: defaultCallbackRedirectUri() });
 * ```
 *
 * @packageDocumentation
 */

export { SecureFlows } from "./compat/client.js";
export { defaultCallbackRedirectUri } from "./compat/options.js";
export {
  HostedLoginCallbackError,
  HostedLoginNavigationError,
  SecureFlowsHttpError,
  isSessionSignedOutError,
  isSessionSignedOutStatus,
} from "./compat/error.js";
export type { CallbackProblem } from "./compat/error.js";
export { sessionStorageKeys } from "./compat/keys.js";
export type { SessionStorageKeys } from "./compat/keys.js";
export type { LoginOptions, LogoutOptions, SecureFlowsOptions, SessionIdentity } from "./compat/options.js";
