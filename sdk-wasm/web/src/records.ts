/** How long a login may take, in milliseconds. */
const LONGEST_LOGIN = 10 * 60 * 1000;
const PREFIX = "sf.login.";

interface Kept {
  record: string;
  returnTo: string;
  at: number;
}

/** Where there is no `sessionStorage`: it outlives a client, as that does. */
const memory = new Map<string, string>();

/**
 * The records of logins under way. They hold no secret, and outlive the trip to hosted login in `sessionStorage`;
 * where there is none at all, as in Node, in memory.
 */
export class Records {
  /** Where the next login shall lead. */
  returnTo = "/";

  /** Keeps a record; `false` when storage is blocked. */
  keep(name: string, record: string): boolean {
    try {
      const storage = this.#storage();
      for (const old of storage.names()) {
        if (old.startsWith(PREFIX) && !isFresh(storage.get(old))) storage.remove(old);
      }
      const kept: Kept = { record, returnTo: this.returnTo, at: Date.now() };
      storage.set(PREFIX + name, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  /** Hands a record out, once, and remembers where its login shall lead. */
  take(name: string): string | undefined {
    try {
      const storage = this.#storage();
      const kept = parse(storage.get(PREFIX + name));
      storage.remove(PREFIX + name);
      this.returnTo = kept?.returnTo ?? "/";
      return kept?.record;
    } catch {
      return undefined;
    }
  }

  #storage() {
    if (!("sessionStorage" in globalThis) || !("document" in globalThis)) {
      return {
        names: () => [...memory.keys()],
        get: (name: string) => memory.get(name) ?? null,
        set: (name: string, text: string) => void memory.set(name, text),
        remove: (name: string) => void memory.delete(name),
      };
    }
    const storage = globalThis.sessionStorage;
    return {
      names: () => Object.keys(storage),
      get: (name: string) => storage.getItem(name),
      set: (name: string, text: string) => storage.setItem(name, text),
      remove: (name: string) => storage.removeItem(name),
    };
  }
}

function parse(text: string | null): Kept | undefined {
  try {
    return text ? (JSON.parse(text) as Kept) : undefined;
  } catch {
    return undefined;
  }
}

function isFresh(text: string | null): boolean {
  const kept = parse(text);
  return kept !== undefined && Date.now() - kept.at < LONGEST_LOGIN;
}
