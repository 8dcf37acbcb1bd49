import type { Settings } from "./options.js";
import { judge, type Decision } from "./verdict.js";

/** The longest first wait, in milliseconds; it doubles with every attempt. */
const FIRST_WAIT = 200;
/** The longest wait between two attempts. When the platform asks for more, the question is given up. */
const LONGEST_WAIT = 10_000;
/** How many repeats there are in reserve; every ten questions that are answered earn one back. */
const RESERVE = 50;
/** How much of an answer is read, in bytes: larger ones are not the platform's. */
const LONGEST_ANSWER = 64 * 1024;

/** What passes by itself, and is asked once more. */
const PASSING = /^(unreachable|timed_out|interrupted|rate_limited|server_50[234])$/;

/** The way to the platform. Repeats are paid from a reserve, so that an outage is not answered with more load. */
export class Line {
  #settings: Settings;
  #reserve = RESERVE;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Asks whose `token` is, as often as the rules allow. It never fails. */
  async ask(token: string): Promise<Decision> {
    const deadline = Date.now() + this.#settings.timeout;
    for (let attempt = 1; ; attempt++) {
      const left = deadline - Date.now();
      if (left <= 0) return { kind: "unavailable", cause: "timed_out" };
      const decision = await this.#attempt(token, Math.min(left, this.#settings.attemptTimeout));
      if (decision.kind !== "unavailable") {
        this.#reserve = Math.min(RESERVE, this.#reserve + 0.1);
        return decision;
      }
      const wait = this.#wait(decision, attempt);
      if (wait === undefined || Date.now() + wait >= deadline) return decision;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** How long until the next attempt, if there is one. */
  #wait({ cause = "", retryAfter = 0 }: Decision & { kind: "unavailable" }, attempt: number): number | undefined {
    const repeated = PASSING.test(cause) && attempt < this.#settings.attempts && retryAfter <= LONGEST_WAIT;
    if (!repeated || this.#reserve < 1) return undefined;
    this.#reserve -= 1;
    return retryAfter + Math.random() * FIRST_WAIT * 2 ** (attempt - 1);
  }

  async #attempt(token: string, time: number): Promise<Decision> {
    const signal = AbortSignal.timeout(time);
    try {
      const { origin, fetch } = this.#settings;
      const response = await fetch(`${origin}/api/v1/sessions/identity`, {
        headers: { authorization: `Bearer ${token}` },
        redirect: "manual",
        signal,
        ...UNCACHED,
      });
      return judge(response, await text(response));
    } catch (error) {
      if (error === TOO_LARGE) return { kind: "unavailable", cause: "answer_too_large" };
      return { kind: "unavailable", cause: signal.aborted ? "timed_out" : broken(error) };
    }
  }
}

/** Next.js keeps answers unless told not to. `cache: "no-store"` is an error in older edge runtimes. */
const UNCACHED = { next: { revalidate: 0 } };

const TOO_LARGE = Symbol("too large");

/** The body; `undefined` when it is no text. */
async function text(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let length = 0;
  let read = "";
  let readable = true;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LONGEST_ANSWER) {
      void reader.cancel().catch(() => {});
      throw TOO_LARGE;
    }
    try {
      read += decoder.decode(value, { stream: true });
    } catch {
      readable = false;
    }
  }
  return readable ? read : undefined;
}

/** Node says which it was; others do not. */
function broken(error: unknown): string {
  const { cause, code } = (error ?? {}) as { cause?: { code?: string }; code?: string };
  const said = cause?.code ?? code ?? "";
  const unsent = /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/.test(said);
  return unsent ? "unreachable" : "interrupted";
}
