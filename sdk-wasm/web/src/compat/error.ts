/** An answer of the platform that is no success. `status` and `body` are as they came. */
export class SecureFlowsHttpError extends Error {
  readonly status: number;
  /** The text of the answer. */
  readonly body: string;
  /** Whether the user has to sign in again: see {@link isSessionSignedOutError}. */
  readonly signedOut: boolean;

  constructor(status: number, body: string, signedOut = isSessionSignedOutStatus(status, body)) {
    const advice = signedOut ? "the user is signed out: offer to sign in" : "the user stays signed in";
    super(`the platform answered ${status}; ${advice}`);
    this.name = "SecureFlowsHttpError";
    this.status = status;
    this.body = body;
    this.signedOut = signedOut;
  }
}

/** The page could not be left for hosted login or for the logout. Nothing has changed: try again from a click. */
export class HostedLoginNavigationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HostedLoginNavigationError";
  }
}

/**
 * What is wrong with a callback.
 *
 * - `refused`: hosted login signed nobody in; `error` says why, such as `access_denied` after **Cancel**.
 * - `state_missing`, `state_unknown`: it belongs to no login that this tab began within the last ten minutes.
 * - `malformed`: it cannot be read.
 */
export type CallbackProblem = "refused" | "state_missing" | "state_unknown" | "malformed";

/** A callback that signs nobody in. Offer to sign in; going to hosted login by itself would go round in circles. */
export class HostedLoginCallbackError extends Error {
  readonly reason: CallbackProblem;
  /** Why hosted login refused, as one word. */
  readonly error: string | undefined;

  constructor(reason: CallbackProblem, error?: string) {
    super(`${SENTENCES[reason]}: offer to sign in`);
    this.name = "HostedLoginCallbackError";
    this.reason = reason;
    this.error = error;
  }
}

const SENTENCES: Record<CallbackProblem, string> = {
  refused: "hosted login signed nobody in",
  state_missing: "the callback carries no `state`, so anybody could have made it",
  state_unknown: "the callback belongs to no login that this tab began within ten minutes",
  malformed: "the callback cannot be read",
};

/**
 * Whether `error` says that the user has to sign in again. Failing servers, networks and a locked workspace never do.
 */
export function isSessionSignedOutError(error: unknown): error is SecureFlowsHttpError {
  if (!(error instanceof Error) || error.name !== "SecureFlowsHttpError") return false;
  // A page may hold two copies of this package, so that the class says nothing.
  const { status, body, signedOut } = error as Partial<SecureFlowsHttpError>;
  return signedOut ?? (typeof status === "number" && isSessionSignedOutStatus(status, body));
}

/**
 * Whether an answer to a call with a session token says that the user has to sign in again (contract §4). A 404 does
 * not: to `GET /sessions/get/{key}` it says that nothing was written there yet.
 *
 * @param body - the text of the answer, or what was parsed of it
 */
export function isSessionSignedOutStatus(status: number, body?: unknown): boolean {
  if (status === 401 || status === 410) return true;
  if (status !== 403) return false;
  // How older servers say that a token is missing or expired.
  if (typeof body === "string" && body.trim() === "") return true;
  const { code, error, message } = members(body) ?? {};
  return typeof code !== "string" && (typeof error === "string" ? error : message) === "Access denied";
}

/** Whether a 404 to a call about the session itself says that this is gone; a page of somebody else's does not. */
export function isSessionGone(status: number, body: string): boolean {
  return status === 404 && (body.trim() === "" || members(body) !== undefined);
}

/** The members of an object, or of the text of one. */
export function members(body: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = typeof body === "string" ? JSON.parse(body) : body;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
