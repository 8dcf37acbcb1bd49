import { spawn, type ChildProcess } from "node:child_process";

import { MockError } from "./error.js";

/** How long the program may take to be ready, in milliseconds. */
const LONGEST_START = 30_000;
/** How much of what it complains of is kept, in characters. */
const LONGEST_COMPLAINT = 4_000;

/**
 * Runs the program beside it, and ends it when its own input ends: which it does when this process is gone, however
 * that came. Handlers for the end of a process would not do: some test runners run none, and nothing outlives a kill.
 */
const KEEPER = `
const [program, ...words] = process.argv.slice(1);
const child = require("node:child_process").spawn(program, words, { stdio: ["ignore", "inherit", "inherit"] });
child.on("error", (error) => { console.error(error.message); process.exit(1); });
child.on("exit", (code) => process.exit(code ?? 1));
process.stdin.on("end", () => child.kill()).on("error", () => child.kill()).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill());
`;

/** A program that is ready. */
export interface Running {
  /** The line that it printed when it was. */
  line: string;
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a program, and waits for its first line. */
export async function start(program: string, words: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, ["-e", KEEPER, "--", program, ...words], { stdio: ["pipe", "pipe", "pipe"], env: plain() });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-LONGEST_COMPLAINT)));
  // After `exit` it is gone; `close` waits for all that it said, also for what it started itself.
  const end = (event: "exit" | "close") =>
    new Promise<void>((resolve) => {
      child.on(event, () => resolve());
      child.on("error", (error) => ((complaint = error.message), resolve()));
    });
  const [gone, silent] = [end("exit"), end("close")];
  child.stdin.on("error", () => {});
  const stop = (): Promise<void> => {
    hold(child, true);
    child.stdin.end();
    return gone.then(() => hold(child, false));
  };
  try {
    const line = await firstLine(child, silent);
    if (line === undefined) throw new MockError(`${program} ended before it was ready: ${complaint.trim() || "it said nothing"}`);
    hold(child, false);
    return { line, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line; `undefined` when it ended without. */
async function firstLine({ stdout }: ChildProcess, silent: Promise<void>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let text = "";
  const line = new Promise<string>((resolve) => {
    stdout?.setEncoding("utf8").on("data", (part: string) => {
      const end = (text += part).indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MockError(`the mock platform was not ready within ${LONGEST_START / 1000} seconds`)), LONGEST_START);
  });
  try {
    return await Promise.race([line, silent.then(() => undefined), late]);
  } finally {
    clearTimeout(timer);
    stdout?.removeAllListeners("data").resume();
  }
}

/** Whether this process waits for it: a test that forgot to close a world is not held up. */
function hold(child: ChildProcess, held: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr] as { ref?(): void; unref?(): void }[]) {
    if (held) part.ref?.();
    else part.unref?.();
  }
}

/** The environment without what test runners put there for processes of their own. */
function plain(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, NODE_V8_COVERAGE: ___, ...rest } = process.env;
  return rest;
}
