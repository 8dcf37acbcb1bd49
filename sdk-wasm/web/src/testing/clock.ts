import type { Control } from "./control.js";

/** How far to move a clock; the parts are added up. */
export interface TimeSpan {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** Something that ended when the clock was moved. */
export interface Ending {
  readonly at: string;
  readonly kind: "sessionToken" | "payload" | "invite" | "paidPeriod" | "grace";
  readonly workspaceId: number;
  readonly userId?: number | null;
  readonly sessionId?: number | null;
  readonly inviteId?: number | null;
}

/** What a clock shows after it was moved, and what ended by that, the earliest first. */
export interface Moved {
  readonly now: Date;
  readonly fired: readonly Ending[];
}

/** A world's time. */
export interface WorldClock {
  /** What time it is there. */
  now(): Promise<Date>;
  /** Sets it. An earlier time needs `back`, and brings nothing back that has ended. */
  set(time: Date | string, options?: { back?: boolean }): Promise<Moved>;
  /** Moves it on, and ends what is due. */
  advance(span: TimeSpan): Promise<Moved>;
  /** Moves it on to where something ends next. Where nothing does, it stays. */
  advanceToNext(): Promise<Moved>;
  /** What is going to end, the soonest first. */
  deadlines(): Promise<readonly Ending[]>;
}

export function worldClock(control: Control): WorldClock {
  const moved = ({ now, fired }: { now: string; fired: Ending[] }): Moved => ({ now: new Date(now), fired });
  return {
    now: async () => new Date((await control.call<{ now: string }>("GET", "/clock")).now),
    set: async (time, { back = false } = {}) => moved(await control.call("PUT", "/clock", { now: instant(time), back })),
    advance: async (span) => moved(await control.call("POST", "/clock/advance", { seconds: seconds(span) })),
    advanceToNext: async () => moved(await control.call("POST", "/clock/next")),
    deadlines: async () => (await control.call<{ deadlines: Ending[] }>("GET", "/deadlines")).deadlines,
  };
}

export function instant(time: Date | string): string {
  return typeof time === "string" ? time : time.toISOString();
}

function seconds({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: TimeSpan): number {
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000;
}
