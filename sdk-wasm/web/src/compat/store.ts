import { olderTokenKeys, sessionStorageKeys } from "./keys.js";

/** How long a login may take, in milliseconds. */
const LONGEST_LOGIN = 10 * 60 * 1000;

/** What of one application outlives a reload of the tab. Where there is no `sessionStorage`, there is nothing. */
export class Store {
  readonly #token: string;
  readonly #state: string;
  readonly #issuer: string;
  readonly #older: string[];
  readonly #origin: string;

  constructor({ origin, workspace, appId }: { origin: string; workspace: string; appId: string }) {
    const { token, state } = sessionStorageKeys(appId, workspace);
    this.#token = token;
    this.#state = state;
    this.#issuer = token.replace("token", "issuer");
    this.#older = olderTokenKeys(appId);
    this.#origin = origin;
  }

  /** The token that this platform issued. Those of older versions are moved. */
  token(): string | null {
    const storage = reachable();
    if (!storage) return null;
    const older = this.#older.map((key) => storage.getItem(key)).find(isToken);
    // Taken away even if nothing comes of them: a user who signs out later must not come back by one.
    for (const key of this.#older) storage.removeItem(key);
    const kept = storage.getItem(this.#token);
    if (isToken(kept)) return (storage.getItem(this.#issuer) ?? this.#origin) === this.#origin ? kept : null;
    if (older) this.keepToken(older);
    return older ?? null;
  }

  /** Keeps a token, which no other platform will get to see. */
  keepToken(token: string): void {
    const storage = reachable();
    storage?.setItem(this.#token, token);
    storage?.setItem(this.#issuer, this.#origin);
  }

  /** Forgets the token. Those of older versions went when it was read. */
  forgetToken(): void {
    const storage = reachable();
    storage?.removeItem(this.#token);
    storage?.removeItem(this.#issuer);
  }

  /** Begins a login: the `state` that it goes by; `undefined` when nothing can be kept. */
  beginLogin(): string | undefined {
    const random = crypto.getRandomValues(new Uint8Array(16));
    const state = `sfc.${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    try {
      const storage = reachable();
      storage?.setItem(this.#state, JSON.stringify({ state, at: Date.now() }));
      return storage && state;
    } catch {
      return undefined;
    }
  }

  /** Whether `state` is that of the login under way, which is over then. */
  endLogin(state: string): boolean {
    const storage = reachable();
    const login = parse(storage?.getItem(this.#state));
    if (login?.state !== state) return false;
    storage?.removeItem(this.#state);
    const age = Date.now() - login.at;
    return age >= 0 && age < LONGEST_LOGIN;
  }
}

/** Whether `text` can be a token: nothing else fits into a header. */
export function isToken(text: string | null | undefined): text is string {
  return /^[\x21-\x7e]+$/.test(text ?? "");
}

function reachable(): Storage | undefined {
  try {
    return "document" in globalThis ? globalThis.sessionStorage : undefined;
  } catch {
    return undefined;
  }
}

function parse(text: string | null | undefined): { state: string; at: number } | undefined {
  try {
    const { state, at } = JSON.parse(text ?? "") as { state?: unknown; at?: unknown };
    return typeof state === "string" && typeof at === "number" ? { state, at } : undefined;
  } catch {
    return undefined;
  }
}
