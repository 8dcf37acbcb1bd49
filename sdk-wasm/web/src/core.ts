import { SecureFlowsError, type ErrorDetails } from "./error.js";
import { Core } from "./glue/core.js";
import { NoAnswer, send, type BackendCall } from "./host.js";
import type { Records } from "./records.js";
import type { CallOptions, DataState, ErrorCode, Outcome } from "./types.js";

/** The calls, as the core numbers them. */
export const enum What {
  CompleteLogin,
  Get,
  Set,
  Delete,
  Payload,
  Update,
  Identity,
  Fetch,
  Logout,
  Revoke,
}

/** What a call came to: a word where there are several outcomes, and up to two texts. */
export interface Done {
  kind: string;
  text: string | undefined;
  more: string | undefined;
}

/** What an engine is made for. */
export interface Settings {
  workspace: string;
  appId: string;
  redirectUri: string;
  origin: string | undefined;
  timeout: number | undefined;
  backends: readonly string[];
  fetch: typeof fetch;
  records: Records;
  reauthenticate: ((url: string) => Promise<string>) | undefined;
  /** Something happened; called after the call into the core that it happened in. */
  told(kind: string, reason: string | undefined, attempt: number, wait: number, error?: SecureFlowsError): void;
}

interface Call {
  resolve(done: Done): void;
  reject(error: unknown): void;
  /** Why the page's code gave it up. */
  cause?: unknown;
  change?: ((old: string | undefined) => string) | undefined;
  thrown?: { error: unknown };
  seen?: (json: string | undefined) => void;
}

/**
 * The core, with promises in place of its numbers. It decides nothing: what the core asks for is done, and what
 * comes of it handed back.
 */
export class Engine {
  #core: Core | undefined;
  #calls = new Map<number, Call>();
  #backends = new Map<number, BackendCall>();
  /** What is under way outside, and how to give it up. */
  #outside = new Map<number, () => void>();
  #last = 0;
  #refused: SecureFlowsError | undefined;
  #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { workspace, appId, redirectUri, origin, timeout, backends, reauthenticate } = settings;
    const page = this.#page();
    const again = reauthenticate !== undefined;
    this.#core = Core.open(page, workspace, appId, redirectUri, origin, timeout, backends.join(" "), again);
    if (!this.#core) throw this.#refusal();
  }

  get core(): Core {
    if (this.#core) return this.#core;
    throw new SecureFlowsError("this client is closed: make another", { code: "invalid", reason: "client" });
  }

  /** Does a call, until it ends or is given up. */
  call(what: What, a = "", b = "", n = 0, options: CallOptions = {}, change?: Call["change"]): Promise<Done> {
    const { signal, timeout } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const core = this.core;
      const id = ++this.#last;
      const call: Call = { resolve, reject, change };
      const giveUp = (timedOut: boolean, cause: unknown) => {
        call.cause = cause;
        this.#core?.giveUp(id, timedOut);
      };
      const onAbort = () => giveUp(false, signal?.reason);
      const timer = timeout === undefined ? undefined : setTimeout(() => giveUp(true, undefined), timeout);
      const over = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#calls.delete(id);
      };
      call.resolve = (done) => (over(), resolve(done));
      call.reject = (error) => (over(), reject(error));
      signal?.addEventListener("abort", onAbort);
      this.#calls.set(id, call);
      core.begin(id, what, a, b, n);
    });
  }

  /** The page to go to for a login or a logout. */
  url(make: (core: Core) => string | undefined): string {
    const url = make(this.core);
    if (url === undefined) throw this.#refusal();
    return url;
  }

  /** Calls `seen` with what becomes known under a key, until what it returns is called. */
  watch(key: string, seen: (json: string | undefined) => void): () => void {
    const core = this.core;
    const id = ++this.#last;
    let failed: unknown;
    this.#calls.set(id, { resolve() {}, reject: (error) => (failed = error), seen });
    core.watch(id, key);
    if (failed !== undefined) {
      this.#calls.delete(id);
      throw failed;
    }
    return () => {
      if (this.#calls.delete(id)) this.#core?.giveUp(id, false);
    };
  }

  /** A request of the app's own to a backend; the core decides about the token. */
  async fetch(url: string, method: string, init: RequestInit): Promise<Response> {
    const tag = ++this.#last;
    const backend: BackendCall = { init };
    this.#backends.set(tag, backend);
    try {
      const options = init.signal ? { signal: init.signal } : {};
      await this.call(What.Fetch, url, method, tag, options);
      return backend.response as Response;
    } finally {
      this.#backends.delete(tag);
    }
  }

  close(): void {
    const core = this.#core;
    this.#core = undefined;
    for (const stop of this.#outside.values()) stop();
    const closed = new SecureFlowsError("the client was closed", { code: "invalid", reason: "client" });
    for (const call of [...this.#calls.values()]) call.reject(closed);
    core?.free();
  }

  #refusal(): SecureFlowsError {
    return this.#refused ?? new SecureFlowsError("refused", { code: "invalid" });
  }

  /** What the core sees of the page: see `sdk-wasm/src/page.rs`. */
  #page() {
    const { records, told } = this.#settings;
    return {
      send: (...request: Parameters<Engine["send"]>) => void this.send(...request),
      sleep: (id: number, milliseconds: number) => {
        const timer = setTimeout(() => this.#bring(id, (core) => core.woke(id)), milliseconds);
        this.#outside.set(id, () => clearTimeout(timer));
      },
      reauthenticate: (id: number, url: string) => {
        this.#outside.set(id, () => {});
        const shown = (came: boolean) => (text: unknown) =>
          this.#bring(id, (core) => core.shown(id, came, came ? (text as string) : describe(text)));
        // Not within the core's own call: what it does may call the core.
        Promise.resolve(url).then(this.#settings.reauthenticate).then(shown(true), shown(false));
      },
      abandon: (id: number) => {
        this.#outside.get(id)?.();
        this.#outside.delete(id);
      },
      now: () => Date.now(),
      random: (bytes: Uint8Array) => {
        crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
        return true;
      },
      keep: (name: string, record: string) => records.keep(name, record),
      take: (name: string) => records.take(name),
      change: (id: number, old: string | undefined) => {
        const call = this.#calls.get(id);
        try {
          return call?.change?.(old);
        } catch (error) {
          if (call) call.thrown = { error };
          return undefined;
        }
      },
      done: (id: number, kind: string, text: string | undefined, more: string | undefined) => {
        const call = this.#calls.get(id);
        if (kind === "seen") queueMicrotask(() => this.#calls.has(id) && call?.seen?.(text));
        else if (kind === "dropped") call?.reject(call.cause);
        else call?.resolve({ kind, text, more });
      },
      failed: (
        id: number,
        code: string,
        message: string,
        data: string,
        outcome: string,
        retryable: boolean,
        status: number | undefined,
        reason: string | undefined,
        retryAfter: number | undefined,
      ) => {
        const call = this.#calls.get(id);
        const details: ErrorDetails = {
          code: code as ErrorCode,
          data: data as DataState,
          outcome: outcome as Outcome,
          retryable,
          status,
          reason,
          retryAfter,
        };
        if (call?.cause !== undefined) details.cause = call.cause;
        const error = named(message, details);
        if (call) call.reject(call.thrown ? call.thrown.error : error);
        else if (this.#core) queueMicrotask(() => told("loginFailed", undefined, 0, 0, error));
        this.#refused = error;
      },
      told: (kind: string, reason: string | undefined, attempt: number, wait: number) =>
        queueMicrotask(() => told(kind, reason, attempt, wait)),
    };
  }

  private async send(
    id: number,
    method: string,
    url: string,
    authorization: string | undefined,
    body: string | undefined,
    timeout: number,
    tag: number | undefined,
  ): Promise<void> {
    const controller = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => ((timedOut = true), controller.abort()), timeout);
    this.#outside.set(id, () => (clearTimeout(timer), controller.abort()));
    const backend = tag === undefined ? undefined : this.#backends.get(tag);
    const out = { method, url, authorization, body, backend };
    try {
      const answer = await send(this.#settings.fetch, out, controller.signal);
      this.#bring(id, (core) => core.answered(id, answer.status, answer.retryAfter, answer.body));
    } catch (why) {
      this.#bring(id, (core) => core.notAnswered(id, timedOut ? NoAnswer.TimedOut : (why as NoAnswer)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands the core what it waits for, unless it does not any more. */
  #bring(id: number, bring: (core: Core) => void): void {
    if (this.#outside.delete(id) && this.#core) bring(this.#core);
  }
}

/** The error, with the field of a bad argument as it is called here. */
function named(message: string, details: ErrorDetails): SecureFlowsError {
  const { code, reason } = details;
  if (code !== "invalid" || !reason) return new SecureFlowsError(message, details);
  const camel = reason.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const field = camel === "postLogoutUri" ? "returnTo" : camel;
  return new SecureFlowsError(message.replace(reason, field), { ...details, reason: field });
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
