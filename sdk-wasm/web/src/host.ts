/** How much of an answer is taken, in bytes. */
const LONGEST_ANSWER = 8 * 1024 * 1024;

/** One answer, with as much of it as the core has a use for. */
export interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: Uint8Array;
}

/** Why there is no answer, as the core numbers it. */
export const enum NoAnswer {
  /** It is certain that nothing went out. */
  NotSent = 0,
  TimedOut = 1,
  Interrupted = 2,
  TooLarge = 3,
}

/** A request of the app's own to one of its backends, and what came of it. */
export interface BackendCall {
  init: RequestInit;
  response?: Response;
}

/** What the core asks to be sent. */
export interface Outgoing {
  method: string;
  url: string;
  authorization: string | undefined;
  body: string | undefined;
  backend: BackendCall | undefined;
}

/**
 * Sends a request. A redirect is an answer and never followed; nothing is repeated, no status judged.
 *
 * @throws a {@link NoAnswer}
 */
export async function send(fetch: typeof globalThis.fetch, out: Outgoing, signal: AbortSignal): Promise<Answer> {
  if (globalThis.navigator?.onLine === false) throw NoAnswer.NotSent;
  try {
    const response = await fetch(out.url, { ...init(out), signal });
    if (out.backend) {
      out.backend.response = response;
      return { status: status(response), retryAfter: undefined, body: new Uint8Array() };
    }
    const body = await read(response);
    return { status: status(response), retryAfter: seconds(response.headers.get("retry-after")), body };
  } catch (error) {
    throw typeof error === "number" ? error : notConnected(error) ? NoAnswer.NotSent : NoAnswer.Interrupted;
  }
}

function init({ method, authorization, body, backend }: Outgoing): RequestInit {
  const headers = new Headers(backend?.init.headers);
  if (authorization) headers.set("authorization", authorization);
  if (backend) return { ...backend.init, method, headers, redirect: "manual" };
  if (body !== undefined) headers.set("content-type", "application/json");
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: "manual",
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
  };
}

/** A browser does not tell which redirect it was. */
function status(response: Response): number {
  return response.type === "opaqueredirect" ? 302 : response.status;
}

async function read(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LONGEST_ANSWER) {
      void reader.cancel();
      throw NoAnswer.TooLarge;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `Retry-After` in seconds, also when it is a date. */
function seconds(header: string | null): string | undefined {
  const at = header && !/^\s*\d+\s*$/.test(header) ? Date.parse(header) : NaN;
  return isNaN(at) ? (header ?? undefined) : String(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
}

/** Browsers do not tell; Node does. */
function notConnected(error: unknown): boolean {
  const code = (error as { cause?: { code?: string } } | undefined)?.cause?.code;
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/.test(code ?? "");
}
