import { SecureFlowsError } from "./error.js";

/** So many redirects within so long, without anything read between them, are a loop. */
const MOST = 2;
const WITHIN = 60_000;

/** Stops the third redirect to hosted login within a minute without a successful read. */
export class LoopBreaker {
  #memory: number[] = [];
  #name: string;

  /** `of` names the application: its platform, its workspace, its id. */
  constructor(...of: string[]) {
    this.#name = ["sf.redirects", ...of.map(encodeURIComponent)].join(".");
  }

  /** Counts a redirect that is about to be made. */
  count(): void {
    const recent = this.#times().filter((at) => Date.now() - at < WITHIN);
    if (recent.length >= MOST) {
      throw new SecureFlowsError(
        "signing in led back to the start twice within a minute: wait a minute, and see why nothing can be read afterwards",
        { code: "login_refused", data: "unknown", reason: "redirect_loop" },
      );
    }
    this.#keep([...recent, Date.now()]);
  }

  /** Something was read: whatever came before was no loop. */
  reset(): void {
    if (this.#memory.length > 0 || this.#times().length > 0) this.#keep([]);
  }

  #times(): number[] {
    try {
      const kept = "document" in globalThis ? sessionStorage.getItem(this.#name) : null;
      return kept ? kept.split(" ").map(Number) : this.#memory;
    } catch {
      return this.#memory;
    }
  }

  #keep(times: number[]): void {
    this.#memory = times;
    try {
      if (!("document" in globalThis)) return;
      if (times.length > 0) sessionStorage.setItem(this.#name, times.join(" "));
      else sessionStorage.removeItem(this.#name);
    } catch {
      // Blocked storage: the page itself remembers.
    }
  }
}
