import type { Control } from "./control.js";

/** What a fault does to a call. */
export type FaultEffect =
  /** An error in the platform's own body; the operation does not run. `retryAfter` is in seconds. */
  | { kind: "status"; status: number; error?: string; code?: string; retryAfter?: number }
  /** Nothing but the delay. */
  | { kind: "latency" }
  /** The connection is cut; the operation does not run. */
  | { kind: "cut" }
  /** The operation runs and is committed; then the connection is cut. */
  | { kind: "cutAfterCommit" }
  /** The operation runs; half of its answer comes. */
  | { kind: "truncated" }
  /** A gateway's page in place of JSON; the operation does not run. */
  | { kind: "html"; status: number }
  /** Whatever needs the key that seals payloads is refused with 503. */
  | { kind: "keyServiceDown" }
  /** Whatever leaves an event in the audit trail is refused with 503. */
  | { kind: "auditDown" };

/** What shall go wrong, at which calls: the next one of its operation unless said. */
export interface Fault {
  /** The name of the operation, such as `sessions.set`; an unknown one is refused, with names like it. */
  operation: string;
  effect: FaultEffect;
  /** Only calls of this user, by e-mail. */
  user?: string;
  /** So many calls pass first. */
  skip?: number;
  /** So many calls are struck; 1 by default. */
  times?: number;
  /** How long a struck call waits first, in milliseconds. */
  delayMs?: number;
}

/** A fault that is laid. */
export interface FaultReport {
  readonly id: number;
  readonly fault: Fault;
  /** How many calls it struck. */
  readonly fired: number;
  /** How many calls it will still strike. */
  readonly left: number;
}

/** What shall go wrong in a world. */
export interface Faults {
  /** Lays one; its number. */
  add(fault: Fault): Promise<number>;
  /** Those that are laid, in their order. */
  list(): Promise<readonly FaultReport[]>;
  /** Those that have struck no call: at the end of a test there should be none. */
  unfired(): Promise<readonly FaultReport[]>;
  /** Takes one up. */
  remove(id: number): Promise<void>;
  /** Takes them all up. */
  clear(): Promise<void>;
}

export function faults(control: Control): Faults {
  const all = () => control.call<{ faults: FaultReport[]; unfired: number[] }>("GET", "/faults");
  return {
    add: async (fault) => (await control.call<{ id: number }>("POST", "/faults", fault)).id,
    list: async () => (await all()).faults,
    async unfired() {
      const { faults, unfired } = await all();
      return faults.filter(({ id }) => unfired.includes(id));
    },
    remove: async (id) => void (await control.call("DELETE", `/faults/${id}`)),
    clear: async () => void (await control.call("DELETE", "/faults")),
  };
}
