import { arrival } from "./callback.js";
import { type HostedLoginCallbackError, HostedLoginNavigationError, isSessionSignedOutError } from "./error.js";
import { leave } from "./leave.js";
import { afterLogout, checked, query, redirect } from "./options.js";
import type { LoginOptions, LogoutOptions, SecureFlowsOptions, SessionIdentity } from "./options.js";
import { type Answer, call } from "./request.js";
import { Store, isToken } from "./store.js";
import { warnOnce } from "./warn.js";

/** How long a page waits to hear whether its token still lives, in milliseconds. */
const LONGEST_CHECK = 8000;

/** One application's users, and the token of the one who is signed in in this tab. */
export class SecureFlows {
  readonly #options: SecureFlowsOptions;
  readonly #store: Store;
  /** Whoever asks again, as StrictMode does, is told the same. */
  #refusal: HostedLoginCallbackError | undefined;
  #check: { token: string; outcome: Promise<string | null> } | undefined;

  /** @throws TypeError naming the option that cannot be used, and what to do about it */
  constructor(options: SecureFlowsOptions) {
    this.#options = checked(options);
    this.#store = new Store(this.#options);
    warnOnce();
  }

  /** The token at hand, dead or alive; `null` when nobody is signed in here. A callback is not looked at. */
  getToken(): string | null {
    return this.#store.token();
  }

  /**
   * Goes to hosted login, in the same tick: call it from the user's click. It resolves when the navigation has
   * started.
   *
   * @throws {@link HostedLoginNavigationError} when the page could not be left, or its storage is blocked; TypeError
   *   when an option cannot be used
   */
  async login({ redirectUri, ttlSeconds, payload }: LoginOptions): Promise<void> {
    const usual = this.#options;
    const asked = query({ ttlSeconds: ttlSeconds ?? usual.ttlSeconds, payload: payload ?? usual.payload });
    const names = { app_id: usual.appId, workspace_name: usual.workspace, redirect_uri: redirect(redirectUri) };
    onPage();
    const state = this.#store.beginLogin();
    if (!state) {
      throw new HostedLoginNavigationError(
        "a login needs sessionStorage, which this page may not use: allow it, or open the app in a tab of its own",
      );
    }
    await leave(this.#url("/app/sessions/login", { ...names, state, ...asked }));
  }

  /**
   * The token of whoever is signed in, or `null`; call it on every page load, and as often as you like. It completes
   * the login when the page is a callback, which is scrubbed from the address first. A token of before is checked with
   * the platform and forgotten when it is dead; when the platform cannot be asked, it is kept. Nothing navigates.
   *
   * @throws {@link HostedLoginCallbackError} when a callback signs nobody in and nobody is signed in; a token at hand
   *   outlives a callback that is refused
   */
  async ensureSession(): Promise<string | null> {
    const came = arrival(this.#store, this.#options.unsafeLegacy === true);
    if (typeof came === "string") {
      this.#store.keepToken(came);
      return came;
    }
    this.#refusal = came ?? this.#refusal;
    const token = await this.#liveToken();
    if (!token && this.#refusal) throw this.#refusal;
    return token;
  }

  /**
   * Signs the user out without leaving the page: the token is forgotten at once, then the platform is told, as far as
   * it can be reached. The platform's own cookie may stay in this browser; {@link SecureFlows.logoutWithRedirect} takes
   * that as well. The data stays.
   */
  async logout(): Promise<void> {
    const token = this.getToken();
    this.#store.forgetToken();
    if (!token) return;
    try {
      await call(this.#url("/api/v1/auth/logout"), token, { method: "POST", keepalive: true });
    } catch {
      // It is forgotten here, and dies by itself.
    }
  }

  /**
   * Signs the user out of the app and of the platform: the page goes there, and on to `redirectUri`. It resolves when
   * the navigation has started. The data stays.
   *
   * @throws {@link HostedLoginNavigationError} when the page could not be left: the user is still signed in then
   */
  async logoutWithRedirect({ redirectUri }: LogoutOptions): Promise<void> {
    const next = afterLogout(redirectUri);
    onPage();
    const token = this.getToken();
    await leave(token ? this.#url("/api/v1/auth/logout", { session_token: token, redirect_uri: next }) : next);
    // Whoever signed in meanwhile stays.
    if (this.getToken() === token) this.#store.forgetToken();
  }

  /**
   * Everything that is stored for the user of `token`.
   *
   * @throws {@link SecureFlowsHttpError} when the platform says no, and what `fetch` throws when it does not answer;
   *   {@link isSessionSignedOutError} tells which of them mean that the user has to sign in again
   */
  async fetchSession<Data extends object = Record<string, unknown>>(token: string): Promise<Data> {
    return (await this.#get("/sessions", token)).members as Data;
  }

  /**
   * Who `token` belongs to.
   *
   * @throws as {@link SecureFlows.fetchSession}
   */
  async fetchSessionIdentity(token: string): Promise<SessionIdentity> {
    const { text, members } = await this.#get("/sessions/identity", token);
    const { userId, email } = members as { userId?: SessionIdentity["userId"]; email?: string | null };
    const exact = typeof userId === "number" && !Number.isSafeInteger(userId);
    const id = exact ? (/"userId"\s*:\s*(-?\d+)/.exec(text)?.[1] ?? null) : (userId ?? null);
    return { userId: id, email: email ?? null };
  }

  #get(path: string, token: string, timeout?: number): Promise<Answer> {
    if (!isToken(token)) throw new TypeError("`token` is none: give what `ensureSession` resolved with");
    return call(this.#url(`/api/v1${path}`), token, { timeout });
  }

  /** The token at hand unless the platform says that it is dead. All who ask at once ask once. */
  async #liveToken(): Promise<string | null> {
    const token = this.getToken();
    if (!token) return null;
    if (this.#check?.token !== token) this.#check = { token, outcome: this.#checked(token) };
    return this.#check.outcome;
  }

  async #checked(token: string): Promise<string | null> {
    try {
      await this.#get("/sessions/identity", token, LONGEST_CHECK);
    } catch (error) {
      // What was said of this token is not said of one that came meanwhile.
      if (isSessionSignedOutError(error) && this.getToken() === token) this.#store.forgetToken();
    }
    if (this.#check?.token === token) this.#check = undefined;
    return this.getToken();
  }

  #url(path: string, parameters: Record<string, string> = {}): string {
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return this.#options.origin + path + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
  }
}

function onPage(): void {
  if ("document" in globalThis) return;
  throw new HostedLoginNavigationError("there is no page here that could be left: call this in a browser");
}
