import { SecureFlowsError, type ErrorDetails } from "./error.js";
import { NoAnswer, send, type BackendCall } from "./host.js";
import { Wanted, ask, give, pages, type Text } from "./page.js";
import type { Records } from "./records.js";
import type { CallOptions, DataState, ErrorCode, Outcome } from "./types.js";

/** What the core is asked for, as it numbers it: first the calls. */
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
  Open,
  Close,
  Status,
  BeginLogin,
  CancelLogin,
  IsCallback,
  LogoutUrl,
  Forget,
  GiveUp,
  Answered,
  NotAnswered,
  Woke,
  Shown,
  Watch,
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

let last = 0;

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
  /** The core's number. */
  #core = ++last;
  #made = false;
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
    pages.set(this.#core, (...wanted) => this.#page(...wanted));
    this.ask(What.Open, +!!reauthenticate, whole(timeout), workspace, appId, redirectUri, origin, ...backends);
    if (this.#refused) {
      pages.delete(this.#core);
      throw this.#refused;
    }
    this.#made = true;
  }

  /** Asks the core for something, and brings what it puts down at once. */
  ask(what: What, id = 0, number = 0, ...texts: Text[]): Text[] {
    if (!pages.has(this.#core)) throw closed("this client is closed: make another");
    return ask(this.#core, what, id, number, texts);
  }

  /** Does a call, until it ends or is given up. */
  call(what: What, a = "", b = "", n = 0, options: CallOptions = {}, change?: Call["change"]): Promise<Done> {
    const { signal, timeout } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = ++this.#last;
      const call: Call = { resolve, reject, change };
      const giveUp = (timedOut: boolean, cause: unknown) => {
        call.cause = cause;
        this.ask(What.GiveUp, id, +timedOut);
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
      this.ask(what, id, n, a, b);
    });
  }

  /** The page to go to for a login or a logout. */
  url(...wanted: Parameters<Engine["ask"]>): string {
    const [url] = this.ask(...wanted);
    if (url === undefined) throw this.#refused;
    return url;
  }

  /** Calls `seen` with what becomes known under a key, until what it returns is called. */
  watch(key: string, seen: (json: string | undefined) => void): () => void {
    const id = ++this.#last;
    let failed: unknown;
    this.#calls.set(id, { resolve() {}, reject: (error) => (failed = error), seen });
    this.ask(What.Watch, id, 0, key);
    if (failed !== undefined) {
      this.#calls.delete(id);
      throw failed;
    }
    return () => {
      if (this.#calls.delete(id) && pages.has(this.#core)) this.ask(What.GiveUp, id);
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
    if (!pages.has(this.#core)) return;
    for (const stop of this.#outside.values()) stop();
    for (const call of [...this.#calls.values()]) call.reject(closed("the client was closed"));
    this.ask(What.Close);
    pages.delete(this.#core);
  }

  /** Does what the core wants. */
  #page(wanted: Wanted, id: number, number: number, other: number, texts: Text[]): number | void {
    const { records, told } = this.#settings;
    const [first, second, third] = texts;
    const call = this.#calls.get(id);
    switch (wanted) {
      case Wanted.Send:
        return void this.#send(id, number, this.#backends.get(other), texts);
      case Wanted.Sleep: {
        const timer = setTimeout(() => this.#bring(What.Woke, id), number);
        this.#outside.set(id, () => clearTimeout(timer));
        return;
      }
      case Wanted.Reauthenticate: {
        this.#outside.set(id, () => {});
        const shown = (came: number) => (text: unknown) =>
          this.#bring(What.Shown, id, came, came ? (text as string) : describe(text));
        // Not within the core's own call: what it does may call the core.
        Promise.resolve(first as string).then(this.#settings.reauthenticate).then(shown(1), shown(0));
        return;
      }
      case Wanted.Abandon:
        this.#outside.get(id)?.();
        this.#outside.delete(id);
        return;
      case Wanted.Now:
        return Date.now();
      case Wanted.Random:
        return crypto.getRandomValues(new Uint8Array(1))[0] as number;
      case Wanted.Keep:
        return +records.keep(first as string, second as string);
      case Wanted.Take:
        return give(records.take(first as string));
      case Wanted.Change:
        try {
          return give(call?.change?.(first));
        } catch (error) {
          if (call) call.thrown = { error };
          return;
        }
      case Wanted.Done:
        if (first === "seen") queueMicrotask(() => this.#calls.has(id) && call?.seen?.(second));
        else if (first === "dropped") call?.reject(call.cause);
        else call?.resolve({ kind: first as string, text: second, more: third });
        return;
      case Wanted.Failed: {
        const [code, message, data, outcome, retryable, reason] = texts;
        const details: ErrorDetails = {
          code: code as ErrorCode,
          data: data as DataState,
          outcome: outcome as Outcome,
          retryable: retryable !== undefined,
          status: known(number),
          reason,
          retryAfter: known(other),
        };
        if (call?.cause !== undefined) details.cause = call.cause;
        const error = named(message as string, details);
        if (call) call.reject(call.thrown ? call.thrown.error : error);
        else if (this.#made) queueMicrotask(() => told("loginFailed", undefined, 0, 0, error));
        this.#refused = error;
        return;
      }
      default:
        queueMicrotask(() => told(first as string, second, id, number));
    }
  }

  async #send(id: number, timeout: number, backend: BackendCall | undefined, request: Text[]): Promise<void> {
    const controller = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => ((timedOut = true), controller.abort()), timeout);
    this.#outside.set(id, () => (clearTimeout(timer), controller.abort()));
    try {
      const { status, retryAfter, body } = await send(this.#settings.fetch, request, backend, controller.signal);
      this.#bring(What.Answered, id, status, retryAfter, body);
    } catch (why) {
      this.#bring(What.NotAnswered, id, timedOut ? NoAnswer.TimedOut : (why as NoAnswer));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands the core what it waits for, unless it does not any more. */
  #bring(...brought: [what: What, id: number, number?: number, ...texts: Text[]]): void {
    if (this.#outside.delete(brought[1]) && pages.has(this.#core)) this.ask(...brought);
  }
}

/** A number that the core may not have: a negative one stands for none. */
function known(number: number): number | undefined {
  return number < 0 ? undefined : number;
}

/** The other way round. */
export function whole(number: number | undefined): number {
  return number === undefined ? -1 : number >>> 0;
}

function closed(message: string): SecureFlowsError {
  return new SecureFlowsError(message, { code: "invalid", reason: "client" });
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
