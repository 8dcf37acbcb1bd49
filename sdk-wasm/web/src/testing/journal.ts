import type { Control } from "./control.js";
import { MockError } from "./error.js";

/** One request, and what became of it. It holds no token, no value and no word of an address. */
export interface JournalEntry {
  /** Its number in the world, counted from 1. */
  readonly id: number;
  readonly time: string;
  readonly method: string;
  /** The operation it asked for, such as `sessions.set`. */
  readonly operation?: string | null;
  readonly path?: string | null;
  /** The answer's status; none when no answer left the platform. */
  readonly status?: number | null;
  readonly durationMs: number;
  /** The caller's e-mail. */
  readonly email?: string | null;
  readonly userId?: number | null;
  readonly sessionId?: number | null;
  readonly userAgent?: string | null;
  /** The fault that struck it. */
  readonly fault?: number | null;
  /** Why it was refused. */
  readonly reason?: Readonly<Record<string, unknown>> | null;
}

/** Which requests are meant; any at all unless said. */
export interface JournalFilter {
  /** The name of the operation, such as `sessions.set`. */
  operation?: string;
  /** The status of the answer. */
  status?: number;
  /** The caller's e-mail or number. */
  user?: string;
  /** Only entries after the one with this number. */
  after?: number;
}

/** How long to wait. */
export interface WaitOptions {
  /** In milliseconds: 5,000 by default, 30,000 at most. */
  timeout?: number;
}

/** What was asked of a world's platform: the newest 10,000 requests. */
export interface Journal {
  /** Those that are meant, the oldest first. */
  entries(filter?: Omit<JournalFilter, "user">): Promise<readonly JournalEntry[]>;
  /**
   * Waits for the first request that is meant, also one that came before.
   *
   * @throws {@link MockError} when none came in time
   */
  waitFor(filter: JournalFilter, options?: WaitOptions): Promise<JournalEntry>;
}

export function journal(control: Control): Journal {
  const all = async () => (await control.call<{ entries: JournalEntry[] }>("GET", "/journal")).entries;
  return {
    async entries({ operation, status, after = 0 } = {}) {
      const meant = (entry: JournalEntry) =>
        entry.id > after &&
        (operation === undefined || entry.operation === operation) &&
        (status === undefined || entry.status === status);
      return (await all()).filter(meant);
    },
    async waitFor(filter, { timeout = 5_000 } = {}) {
      const { entry } = await control.call<{ entry?: JournalEntry | null }>("POST", "/journal/wait", { ...filter, waitMs: timeout });
      if (entry) return entry;
      const last = (await all()).slice(-5).map(({ operation, status }) => `${operation ?? "unknown"} (${status ?? "no answer"})`);
      const came = last.length === 0 ? "none came at all" : `the last ones were ${last.join(", ")}`;
      throw new MockError(`no such request within ${timeout} ms: ${JSON.stringify(filter)}; ${came}`);
    },
  };
}
