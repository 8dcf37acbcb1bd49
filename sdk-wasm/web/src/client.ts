import { Engine, What, whole, type Settings } from "./core.js";
import { ConflictError, SecureFlowsError, invalid } from "./error.js";
import { LoopBreaker } from "./loop.js";
import { isFramed, isTopPage, navigate, openOwnTab, takeMark } from "./navigate.js";
import { Records } from "./records.js";
import { ownPath, scrub } from "./redirect.js";
import { Tabs } from "./tabs.js";
import type {
  AuthState,
  CallOptions,
  Client,
  ClientEvent,
  ClientOptions,
  DataState,
  Identity,
  KeyOf,
  RedirectResult,
  SignInOptions,
  SignOutOptions,
  SignedOutReason,
  UpdateOptions,
} from "./types.js";

/** The client of a page, on the core. Every call goes to the core as it is. */
export class WebClient<Data extends object> implements Client<Data> {
  #options: ClientOptions;
  #engine: Engine;
  #records = new Records();
  #loop: LoopBreaker;
  #tabs: Tabs;
  #listeners = new Set<() => void>();
  #state: AuthState;
  #leaving: Promise<void> | undefined;
  #redirect: Promise<RedirectResult> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { workspace, appId, redirectUri, origin, timeout, backends = [], reauthenticate } = options;
    const settings: Settings = {
      workspace,
      appId,
      redirectUri,
      origin,
      timeout,
      backends,
      reauthenticate,
      fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
      records: this.#records,
      told: (...event) => this.#told(...event),
    };
    this.#engine = new Engine(settings);
    this.#state = this.#now();
    this.#loop = new LoopBreaker(origin ?? "", workspace, appId);
    this.#tabs = new Tabs(`sf ${origin ?? ""} ${workspace} ${appId}`, (word) => {
      if (word === "signedOut") this.#engine.ask(What.Forget);
      this.#tell({ type: "otherTab", signedIn: word === "signedIn" });
    });
    if ("document" in globalThis) addEventListener("pageshow", this.#shown);
  }

  get state(): AuthState {
    const now = this.#now();
    if (!isSame(now, this.#state)) this.#state = now;
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  signIn(options: SignInOptions<Data> = {}): Promise<void> {
    // A second click is no second login.
    this.#leaving ??= this.#signIn(options).finally(() => (this.#leaving = undefined));
    return this.#leaving;
  }

  /** Everything up to the navigation happens in the tick of the call. */
  async #signIn({ returnTo, payload, ttlSeconds, sameUser = false }: SignInOptions<Data>): Promise<void> {
    const lead = ownPath(returnTo);
    const own = this.#options.navigate;
    if (!own && isFramed()) return openOwnTab(lead);
    if (!own && !isTopPage()) throw invalid("navigate", "is missing", "give one: this is no page that could be left");
    this.#records.returnTo = lead;
    const data = payload === undefined ? undefined : JSON.stringify(payload);
    const url = restartable(
      () => this.#engine.url(What.BeginLogin, +sameUser, whole(ttlSeconds), data),
      () => this.signIn({ returnTo: lead }),
    );
    try {
      // Only what leaves the page can be a loop: a login that could not begin is not counted.
      this.#loop.count();
      await (own ?? navigate)(url);
    } catch (error) {
      this.cancelSignIn();
      throw error;
    }
  }

  handleRedirect(url = "document" in globalThis ? location.href : ""): Promise<RedirectResult> {
    if (this.#engine.ask(What.IsCallback, 0, 0, url).length > 0) {
      scrub(url);
      this.#redirect = this.#complete(url);
    } else if (takeMark()) {
      this.#signInUnasked();
    }
    this.#redirect ??= Promise.resolve({ signedIn: false });
    return this.#redirect;
  }

  async #complete(url: string): Promise<RedirectResult> {
    try {
      await this.#engine.call(What.CompleteLogin, url);
      this.#tabs.tell("signedIn");
      return { signedIn: true, returnTo: this.#records.returnTo };
    } catch (error) {
      const returnTo = this.#records.returnTo;
      if (error instanceof SecureFlowsError) error.restart = () => this.signIn({ returnTo });
      throw error;
    }
  }

  cancelSignIn(): void {
    this.#engine.ask(What.CancelLogin);
  }

  async get<Key extends KeyOf<Data>>(key: Key, options?: CallOptions): Promise<Data[Key] | undefined> {
    const text = await this.getJson(key, options);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async getJson(key: string, options?: CallOptions): Promise<string | undefined> {
    const { text } = await this.#done(What.Get, key, "", 0, options);
    return text;
  }

  async set<Key extends KeyOf<Data>>(key: Key, value: Data[Key], options?: CallOptions): Promise<Partial<Data>> {
    return this.setJson(key, json(value), options);
  }

  async setJson(key: string, json: string, options?: CallOptions): Promise<Partial<Data>> {
    const { text } = await this.#done(What.Set, key, json, 0, options);
    return JSON.parse(text ?? "{}");
  }

  async update<Key extends KeyOf<Data>>(
    key: Key,
    change: (value: Data[Key] | undefined) => Data[Key],
    options: UpdateOptions = {},
  ): Promise<Data[Key]> {
    const changed = (old: string | undefined) => json(change(old === undefined ? undefined : JSON.parse(old)));
    const { attempts = 3 } = options;
    const { kind, text, more } = await this.#done(What.Update, key, "", attempts, options, changed);
    const ours: Data[Key] = JSON.parse(text ?? "null");
    if (kind === "conflict") throw new ConflictError(ours, more === undefined ? undefined : JSON.parse(more));
    return ours;
  }

  async delete(key: KeyOf<Data>, options?: CallOptions): Promise<boolean> {
    const { kind } = await this.#done(What.Delete, key, "", 0, options);
    return kind === "deleted";
  }

  async payload(options?: CallOptions): Promise<Partial<Data>> {
    const { text } = await this.#done(What.Payload, "", "", 0, options);
    return JSON.parse(text ?? "{}");
  }

  watch<Key extends KeyOf<Data>>(key: Key, listener: (value: Data[Key] | undefined) => void): () => void {
    return this.#engine.watch(key, (text) => listener(text === undefined ? undefined : JSON.parse(text)));
  }

  async identity(options?: CallOptions): Promise<Identity> {
    const { text, more } = await this.#done(What.Identity, "", "", 0, options);
    return { userId: text, email: more };
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const method = (init.method ?? "GET").toUpperCase();
    if (!/^(GET|POST|PUT|PATCH|DELETE)$/.test(method)) {
      throw invalid("method", "is none that carries the token", "use GET, POST, PUT, PATCH or DELETE");
    }
    const base = "document" in globalThis ? location.href : undefined;
    if (!URL.canParse(url, base)) throw invalid("url", "is no URL", "give an absolute one at one of `backends`");
    return this.#engine.fetch(new URL(url, base).href, method, init);
  }

  async signOut({ returnTo, redirect = true }: SignOutOptions = {}): Promise<void> {
    const own = this.#options.navigate;
    if (!redirect || (!own && !isTopPage())) {
      this.#tabs.tell("signedOut");
      await this.#engine.call(What.Logout);
      return;
    }
    if (!isSignedIn(this.state)) return;
    const url = this.#engine.url(What.LogoutUrl, 0, 0, returnTo ?? `${new URL(this.#options.redirectUri).origin}/`);
    this.#tabs.tell("signedOut");
    // When the navigation is blocked the token is kept, so that it can be tried again.
    await (own ?? navigate)(url);
    this.#engine.ask(What.Forget);
  }

  async destroyAllData({ confirm }: { confirm: "destroy" }): Promise<void> {
    if (confirm !== "destroy") throw invalid("confirm", "does not say so", 'give { confirm: "destroy" }: it cannot be undone');
    await this.#engine.call(What.Revoke);
    this.#tabs.tell("signedOut");
  }

  close(): void {
    if ("document" in globalThis) removeEventListener("pageshow", this.#shown);
    this.#tabs.close();
    this.#engine.close();
    this.#listeners.clear();
  }

  /** Does a call whose answer shows data: where there is some, signing in led somewhere. */
  async #done(...call: Parameters<Engine["call"]>) {
    const done = await this.#engine.call(...call);
    this.#loop.reset();
    return done;
  }

  /** A page that comes back from the browser's memory may show what is another's by now. */
  #shown = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    if (isSignedIn(this.state)) void this.identity().catch(() => {});
    this.#notify();
  };

  #now(): AuthState {
    const [status, reason, data] = this.#engine.ask(What.Status);
    if (status === "signedOut" || status === "expired") {
      return { status: "signedOut", reason: reason as SignedOutReason, data: data as DataState };
    }
    return { status: status as "signingIn" | "signedIn" | "locked" };
  }

  #told(kind: string, reason: string | undefined, attempt: number, wait: number, error?: SecureFlowsError): void {
    if (kind === "state") this.#stateChanged();
    else if (kind === "userChanged") this.#userChanged();
    else if (kind === "loginFailed" && error) this.#tell({ type: kind, error });
    else if (kind === "retrying") this.#tell({ type: kind, attempt, cause: reason ?? "", wait });
    else if (kind === "retriesSpent") this.#tell({ type: kind, cause: reason ?? "" });
    else if (kind === "outcomeUnknown") this.#tell({ type: kind, key: reason });
  }

  #stateChanged(): void {
    const { state } = this;
    this.#tell({ type: "state", state });
    this.#notify();
    const unasked = state.status === "signedOut" && /^(expired|session_ended)$/.test(state.reason);
    if (unasked && this.#options.onSignedOut === "redirect") {
      this.#signInUnasked();
    }
  }

  /** Nobody waits for this one: what it fails with is told. */
  #signInUnasked(): void {
    void this.signIn().catch((error) => this.#tell({ type: "loginFailed", error }));
  }

  /** Somebody else is a change, though the words for it are the same: the snapshot is another object. */
  #userChanged(): void {
    this.#state = this.#now();
    this.#tell({ type: "userChanged" });
    this.#notify();
  }

  #tell(event: ClientEvent): void {
    safely(() => this.#options.onEvent?.(event));
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) safely(listener);
  }
}

/** Runs the app's own code: what it throws is reported, and keeps nobody else from hearing. */
function safely(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function isSignedIn({ status }: AuthState): boolean {
  return status === "signedIn" || status === "locked";
}

function isSame(one: AuthState, other: AuthState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw invalid("value", "has no JSON form", "give null, or delete the key");
  return text;
}

/** Does `attempt`; an error of it says how to begin anew. */
function restartable<T>(attempt: () => T, restart: () => Promise<void>): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof SecureFlowsError) error.restart = restart;
    throw error;
  }
}
