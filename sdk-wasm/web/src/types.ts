/** What a client is made for. */
export interface ClientOptions {
  /** Where the platform lives: `https://host[:port]`, or `http` on loopback. Production by default. */
  origin?: string;
  /** The workspace's unique name. */
  workspace: string;
  /** The application's id. */
  appId: string;
  /** Where hosted login comes back to, byte for byte as it is registered. */
  redirectUri: string;
  /**
   * The exact origins of the app's own backends: {@link Client.fetch} gives the token to these and to nobody
   * else.
   */
  backends?: readonly string[];
  /** How long a call may take with all its attempts, in milliseconds; 30,000 by default. */
  timeout?: number;
  /** Sends the requests in place of the global `fetch`. It gets to see the token. */
  fetch?: typeof fetch;
  /** Told of everything that happens, in order. It never gets a token or a value. */
  onEvent?: (event: ClientEvent) => void;
  /**
   * What to do when the user is signed out in mid-use. `"stay"`, the default: the state changes and the call
   * fails. `"redirect"`: the page goes to hosted login as well, and comes back to where it was.
   */
  onSignedOut?: "stay" | "redirect";
  /**
   * Signs the user in again without leaving the page, when a token turns out to be dead: for apps that are not
   * pages, such as Electron's. It gets the address of hosted login, shows it, and resolves with the address that
   * this came back to. All calls that wait share one re-login.
   */
  reauthenticate?: (url: string) => Promise<string>;
  /**
   * Goes to an address of hosted login, in place of a navigation of this page. It resolves when the navigation has
   * started.
   */
  navigate?: (url: string) => void | Promise<void>;
}

/** What is known of the user's stored data. `intact` is never claimed on a guess. */
export type DataState = "intact" | "destroyed" | "unknown";

/** Why nobody is signed in. */
export type SignedOutReason = "never_signed_in" | "by_user" | "expired" | "session_ended" | "destroyed";

/** Whether somebody is signed in: an immutable snapshot, the same object until something changes. */
export type AuthState =
  | { readonly status: "signedOut"; readonly reason: SignedOutReason; readonly data: DataState }
  | { readonly status: "signingIn" }
  | { readonly status: "signedIn" }
  /** Signed in, but the workspace is locked: the data cannot be reached for now. */
  | { readonly status: "locked" };

/** Something that happened, told after it happened. */
export type ClientEvent =
  | { readonly type: "state"; readonly state: AuthState }
  /** Somebody else signed in: drop what was read for the user before. */
  | { readonly type: "userChanged" }
  | { readonly type: "loginFailed"; readonly error: SecureFlowsErrorShape }
  /** A call failed in passing and will be sent again in `wait` milliseconds. */
  | { readonly type: "retrying"; readonly attempt: number; readonly cause: string; readonly wait: number }
  /** A call failed in passing and was not sent again: the client's reserve of repeats is used up. */
  | { readonly type: "retriesSpent"; readonly cause: string }
  /** Another tab of this application signed in or out. When it signed out, this one has, too. */
  | { readonly type: "otherTab"; readonly signedIn: boolean }
  /** A write was given up after it may have gone out: it cannot be called back. */
  | { readonly type: "outcomeUnknown"; readonly key: string | undefined };

/** The closed set of error names, the same in every language. */
export type ErrorCode =
  | "signed_out"
  | "signed_out_locally"
  | "user_changed"
  | "login_refused"
  | "callback_refused"
  | "locked"
  | "forbidden"
  | "quota_exceeded"
  | "rate_limited"
  | "invalid"
  | "rejected"
  | "wrong_type"
  | "unavailable"
  | "outcome_unknown";

/** Whether a request took effect. */
export type Outcome = "not_sent" | "no_effect" | "applied" | "unknown";

/** What every error of the client tells. */
export interface SecureFlowsErrorShape extends Error {
  readonly code: ErrorCode;
  /** What is known of the user's data. */
  readonly data: DataState;
  /** Whether the same call may be made again as it is. */
  readonly retryable: boolean;
  /** Whether the request took effect. */
  readonly outcome: Outcome;
  /** The HTTP status, where the code does not tell. */
  readonly status: number | undefined;
  /**
   * What tells apart errors of one code: why the user is signed out, what is wrong with a callback, which quota,
   * which argument, what became of the connection.
   */
  readonly reason: string | undefined;
  /** How long the platform asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
}

/** What may be said of one call. */
export interface CallOptions {
  /** Gives the call up. A write that may have gone out then fails with `outcome_unknown`. */
  signal?: AbortSignal;
  /** How long this call may take, in milliseconds. */
  timeout?: number;
}

/** What may be asked of one login. */
export interface SignInOptions<Data extends object = Record<string, unknown>> {
  /** Where in the app the user is to be afterwards, a path of this origin; where they are now by default. */
  returnTo?: string;
  /** Stored when, and only when, this login creates the user's data. */
  payload?: Partial<Data>;
  /** The lifetime of data that this login creates, in seconds: 0 for ever, else 60 to 604800. */
  ttlSeconds?: number;
  /** Only the user of the token at hand can come back. The token then travels in the address. */
  sameUser?: boolean;
}

/** What {@link Client.handleRedirect} found. */
export type RedirectResult =
  /** Hosted login came back, and the user is signed in. */
  | { readonly signedIn: true; readonly returnTo: string }
  /** This page is no callback. */
  | { readonly signedIn: false };

/** Who is signed in. The id is a text: not every number of 64 bits survives `JSON.parse`. */
export interface Identity {
  readonly userId: string | undefined;
  readonly email: string | undefined;
}

/** What {@link Client.signOut} may be told. */
export interface SignOutOptions {
  /**
   * Where the browser comes back to: the root of the redirect URI's origin by default, else a registered page that
   * is not the callback. It has to be given where the root is the callback itself.
   */
  returnTo?: string;
  /** `false` signs out with a call, without leaving the page. The browser then stays signed in to the platform. */
  redirect?: boolean;
}

/** How {@link Client.update} treats a conflict. */
export interface UpdateOptions extends CallOptions {
  /** How often the change is made at most before a conflict is reported; 3 by default. */
  attempts?: number;
}

/** The keys of `Data`. */
export type KeyOf<Data extends object> = Extract<keyof Data, string>;

/**
 * One user's way to the platform. Values are JSON: what `JSON.stringify` makes of them is stored.
 *
 * Every method that asks the platform may fail with a `SecureFlowsError`.
 */
export interface Client<Data extends object = Record<string, unknown>> {
  /** Whether somebody is signed in. */
  readonly state: AuthState;

  /** Calls `listener` after every change of {@link Client.state}, until what it returns is called. */
  subscribe(listener: () => void): () => void;

  /**
   * Goes to hosted login, in the same tick: call it from the user's click. It resolves when the navigation has
   * started, and rejects when it was blocked.
   */
  signIn(options?: SignInOptions<Data>): Promise<void>;

  /**
   * Completes a login if this page is its callback; any page may call it, any number of times, and gets the same
   * answer. The address is scrubbed before anything else is done.
   */
  handleRedirect(url?: string): Promise<RedirectResult>;

  /** Gives up a login that was begun: the user closed the page. */
  cancelSignIn(): void;

  /** The value under `key`; `undefined` when none was ever written. */
  get<Key extends KeyOf<Data>>(key: Key, options?: CallOptions): Promise<Data[Key] | undefined>;

  /** The value under `key` as JSON text, each digit as it was written; `undefined` when none was ever written. */
  getJson(key: string, options?: CallOptions): Promise<string | undefined>;

  /** Stores `value` under `key`, and gives the whole payload as it is now. */
  set<Key extends KeyOf<Data>>(key: Key, value: Data[Key], options?: CallOptions): Promise<Partial<Data>>;

  /** Stores `json`, the text of one JSON value, under `key`, and gives the whole payload as it is now. */
  setJson(key: string, json: string, options?: CallOptions): Promise<Partial<Data>>;

  /**
   * Reads the value under `key`, has `change` make a new one of it, and writes that. When somebody else changed it
   * meanwhile, the change is made anew; after so many attempts it fails with a `ConflictError`.
   */
  update<Key extends KeyOf<Data>>(
    key: Key,
    change: (value: Data[Key] | undefined) => Data[Key],
    options?: UpdateOptions,
  ): Promise<Data[Key]>;

  /** Removes the value under `key`; `false` when there was none. */
  delete(key: KeyOf<Data>, options?: CallOptions): Promise<boolean>;

  /** Everything that is stored for this user. */
  payload(options?: CallOptions): Promise<Partial<Data>>;

  /**
   * Calls `listener` with the last known value under `key`, if any, and with every later one that the answers to
   * this client's calls show, until what it returns is called. Nothing is asked for its sake.
   */
  watch<Key extends KeyOf<Data>>(key: Key, listener: (value: Data[Key] | undefined) => void): () => void;

  /** Who is signed in. */
  identity(options?: CallOptions): Promise<Identity>;

  /**
   * The `fetch` of the app's own backends, with the user's token: for the origins in `backends` only, never across
   * a redirect. When the token turns out to be dead, the user is signed out (or in again) as for any other call.
   */
  fetch(url: string, init?: RequestInit): Promise<Response>;

  /** Signs the user out, everywhere in this browser; the data stays. */
  signOut(options?: SignOutOptions): Promise<void>;

  /** Destroys the session **and all the data in it**, for good. */
  destroyAllData(options: { confirm: "destroy" }): Promise<void>;

  /** Lets go of everything: the token is forgotten, listeners are told no more. */
  close(): void;
}
