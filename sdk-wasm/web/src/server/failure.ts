import { SecureFlowsError, isSecureFlowsError } from "../error.js";
import type { DataState } from "../types.js";

/**
 * Why nobody is let in.
 *
 * - `missing`: the request carries no bearer token, or more than one.
 * - `refused`: the platform does not accept the token, or knows nobody behind it.
 * - `forbidden`: the token is good, but the platform does not let its user in.
 * - `unavailable`: the platform could not be asked.
 */
export type VerifyFailure = "missing" | "refused" | "forbidden" | "unavailable";

/** How long a caller is asked to wait, in seconds, when the platform does not say. */
const USUAL_WAIT = 5;

const ANSWERS = {
  missing: { status: 401, code: "signed_out", headers: { "www-authenticate": "Bearer" } },
  refused: { status: 401, code: "signed_out", headers: { "www-authenticate": 'Bearer error="invalid_token"' } },
  forbidden: { status: 403, code: "forbidden", headers: {} },
  unavailable: { status: 503, code: "unavailable", headers: { "retry-after": String(USUAL_WAIT) } },
} as const;

/** What is told of a failure beside its kind. */
export interface FailureDetails {
  data?: DataState;
  /** Why the platform could not be asked. */
  cause?: string;
  /** How long the platform asks to wait, in milliseconds. */
  retryAfter?: number | undefined;
}

/**
 * Nobody is let in. `toResponse()` is the answer to whoever asked; for frameworks with errors of their own, `status`
 * and `headers` say the same, as they look for them. None of it holds the token.
 */
export class VerifyError extends SecureFlowsError {
  declare readonly status: 401 | 403 | 503;
  /** Why nobody is let in. */
  readonly failure: VerifyFailure;
  /** The headers of the answer: `www-authenticate` for 401, `retry-after` for 503. */
  readonly headers: Readonly<Record<string, string>>;

  /** @internal */
  constructor(failure: VerifyFailure, { data = "unknown", cause, retryAfter }: FailureDetails = {}) {
    const { status, code, headers } = ANSWERS[failure];
    const reason = cause ?? failure;
    const retryable = failure === "unavailable";
    super(sentence(failure, cause), { code, status, reason, retryable, data, outcome: "no_effect", retryAfter });
    this.failure = failure;
    const wait = retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter / 1000)) };
    this.headers = { "content-type": "application/json", ...headers, ...wait };
  }

  /**
   * The answer, in the platform's own form.
   *
   * @param headers - what it is to carry besides, such as those that let a page of another origin read it
   */
  toResponse(headers?: HeadersInit): Response {
    const all = new Headers(headers);
    for (const [name, value] of Object.entries(this.headers)) all.set(name, value);
    const { status, message: error } = this;
    return new Response(JSON.stringify({ status, error }), { status, headers: all });
  }
}

/** Whether `error` says that nobody is let in, whichever copy of this package made it. */
export function isVerifyError(error: unknown): error is VerifyError {
  return isSecureFlowsError(error) && "failure" in error && "toResponse" in error;
}

function sentence(failure: VerifyFailure, cause = ""): string {
  switch (failure) {
    case "missing":
      return "no bearer token: sign in";
    case "refused":
      return "the token is not accepted: sign in again";
    case "forbidden":
      return "the platform does not allow this user in";
    case "unavailable":
      return `the platform could not be asked (${cause.replaceAll("_", " ")}): try again later`;
  }
}
