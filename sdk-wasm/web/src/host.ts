import type { Text } from "./page.js";

/** How much of an answer is taken, in bytes. */
const LONGEST_ANSWER = 8 * 1024 * 1024;

/** How the platform is asked: nothing but the token says who asks. */
const OURS = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };

/** One answer, with as much of it as the core has a use for. */
export interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: string;
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

/**
 * Sends a request. A redirect is an answer and never followed; nothing is repeated, no status judged.
 *
 * @throws a {@link NoAnswer}
 */
export async function send(
  fetch: typeof globalThis.fetch,
  [method, url, authorization, body]: Text[],
  backend: BackendCall | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (globalThis.navigator?.onLine === false) throw NoAnswer.NotSent;
  try {
    const headers = new Headers(backend?.init.headers);
    if (authorization) headers.set("authorization", authorization);
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { ...(backend?.init ?? { ...OURS, body }), method, headers, redirect: "manual", signal };
    const response = await fetch(url as string, init as RequestInit);
    // A browser does not tell which redirect it was.
    const status = response.type === "opaqueredirect" ? 302 : response.status;
    if (backend) {
      backend.response = response;
      return { status, retryAfter: undefined, body: "" };
    }
    return { status, retryAfter: seconds(response.headers.get("retry-after")), body: await read(response) };
  } catch (error) {
    throw typeof error === "number" ? error : notConnected(error) ? NoAnswer.NotSent : NoAnswer.Interrupted;
  }
}

/** The text of an answer; what is none at all reads as something that nobody would say. */
async function read(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let length = 0;
  let isText = true;
  const decode = (bytes?: Uint8Array) => {
    try {
      text += decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      isText = false;
    }
  };
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LONGEST_ANSWER) {
      void reader.cancel();
      throw NoAnswer.TooLarge;
    }
    decode(value);
  }
  decode();
  return isText ? text : "\ufffd";
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
