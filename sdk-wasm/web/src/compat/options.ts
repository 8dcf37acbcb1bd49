/** What a client is made for, and what it asks of every login unless that says otherwise. */
export interface SecureFlowsOptions {
  /** Where the platform lives: `https://host[:port]`, or `http` on loopback. */
  origin: string;
  /** The application's id. */
  appId: string;
  /** The workspace's unique name. */
  workspace: string;
  /** The lifetime of data that a login creates, in seconds: 0 for ever, else 60 to 604800. */
  ttlSeconds?: number;
  /** Stored when, and only when, a login creates the user's data. */
  payload?: Record<string, unknown>;
  /**
   * Takes a callback that carries no `state`: for an app whose logins begin elsewhere. Whoever gets the user to open a
   * link can then sign them in as somebody else. `false` by default.
   */
  unsafeLegacy?: boolean;
}

/** What is asked of one login. */
export interface LoginOptions {
  /** Where hosted login comes back to, byte for byte as it is registered. */
  redirectUri: string;
  /** As in {@link SecureFlowsOptions}, for this login. */
  ttlSeconds?: number;
  /** As in {@link SecureFlowsOptions}, for this login. */
  payload?: Record<string, unknown>;
}

/** What is asked of a logout that leaves the page. */
export interface LogoutOptions {
  /** Where the browser comes back to: a registered page that is not the callback, or the root of its origin. */
  redirectUri: string;
}

/** Who a token belongs to. */
export interface SessionIdentity {
  /** The number that the platform gives, as text when it is too large for JavaScript to hold exactly. */
  userId: number | string | null;
  email: string | null;
}

/** The longest lifetime of data that hosted login takes, in seconds (contract §2). */
const LONGEST_TTL = 604_800;

/**
 * The redirect URI of apps that handle the callback at `/callback`.
 *
 * @param appOrigin - where the app lives; where this page is by default
 * @throws TypeError where there is neither
 */
export function defaultCallbackRedirectUri(appOrigin = globalThis.location?.origin): string {
  if (!appOrigin) throw bad("appOrigin", "is missing", "there is no page here to take it from: give https://your.app");
  return `${appOrigin.replace(/\/$/, "")}/callback`;
}

/** The options with their origin in its only spelling. */
export function checked(options: SecureFlowsOptions): SecureFlowsOptions {
  for (const field of ["origin", "appId", "workspace"] as const) {
    if (typeof options[field] !== "string" || options[field] === "") throw bad(field, "is missing", "give it as text");
    if (/\p{Surrogate}/u.test(options[field])) throw bad(field, "is no proper text", "it ends amid a character");
  }
  query(options);
  return { ...options, origin: originOf(options.origin) };
}

/** What goes with a login into the address, checked. */
export function query({ ttlSeconds, payload }: Asked): Record<string, string> {
  const asked: Record<string, string> = {};
  if (ttlSeconds !== undefined) {
    const known = ttlSeconds === 0 || (ttlSeconds >= 60 && ttlSeconds <= LONGEST_TTL);
    const mend = "use 0 (for ever) or whole seconds, 60 to 604800";
    if (!known || !Number.isInteger(ttlSeconds)) throw bad("ttlSeconds", "is out of range", mend);
    asked["ttl_seconds"] = String(ttlSeconds);
  }
  if (payload !== undefined) {
    const text = JSON.stringify(payload) ?? "";
    if (text[0] !== "{") throw bad("payload", "is no object", "give the first values by their keys");
    asked["payload"] = text;
  }
  return asked;
}

interface Asked {
  ttlSeconds?: number | undefined;
  payload?: Record<string, unknown> | undefined;
}

/** A redirect URI, as it was given. */
export function redirect(uri: string): string {
  if (!/^https?:/.test(uri) || !URL.canParse(uri)) {
    throw bad("redirectUri", "is no absolute URI", "give it whole, as it is registered: https://your.app/callback");
  }
  if (uri.includes("#")) throw bad("redirectUri", "has a fragment", "leave out the # and what follows");
  return uri;
}

/** Where a logout may lead: no callback, which would take the return for a login that failed (contract §2). */
export function afterLogout(uri: string): string {
  const { pathname, searchParams } = new URL(redirect(uri));
  if (/\/callback\/?$/.test(pathname)) throw bad("redirectUri", "is the callback", "come back to a page of the app");
  if (searchParams.has("session_token")) throw bad("redirectUri", "carries a token", "leave out `session_token`");
  return uri;
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A final slash is nothing but a habit.
  if (!url || `${url.origin}/` !== url.href) throw bad("origin", "is no origin", "give https://host and nothing more");
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    throw bad("origin", "is not encrypted", "use https (http is for loopback only)");
  }
  return url.origin;
}

function bad(field: string, problem: string, mend: string): TypeError {
  return new TypeError(`\`${field}\` ${problem}: ${mend}`);
}
