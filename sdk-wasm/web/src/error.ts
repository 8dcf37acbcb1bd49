import type { DataState, ErrorCode, Outcome, SecureFlowsErrorShape } from "./types.js";

/** What is told of a failure beside its sentence. */
export interface ErrorDetails {
  code: ErrorCode;
  data?: DataState;
  outcome?: Outcome;
  retryable?: boolean;
  status?: number | undefined;
  reason?: string | undefined;
  retryAfter?: number | undefined;
  cause?: unknown;
}

/**
 * Why something failed. `code` is one of a closed set, the same in every language; `data` says what became of the
 * user's data, `retryable` whether the same call may be made again, `outcome` whether it took effect. The message
 * says what to do. None of it holds a token or a stored value.
 */
export class SecureFlowsError extends Error implements SecureFlowsErrorShape {
  readonly code: ErrorCode;
  readonly data: DataState;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;
  /** Begins the login anew, where that is what to do. Call it from the user's click. */
  restart?: () => Promise<void>;

  constructor(message: string, details: ErrorDetails) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.name = "SecureFlowsError";
    this.code = details.code;
    this.data = details.data ?? "intact";
    this.outcome = details.outcome ?? "not_sent";
    this.retryable = details.retryable ?? false;
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfter = details.retryAfter;
  }
}

/** An update that somebody else was faster than, as often as it was tried. Nothing was written. */
export class ConflictError<Value = unknown> extends SecureFlowsError {
  /** What would have been written. */
  readonly ours: Value;
  /** What somebody else wrote; `undefined` when they removed it. */
  readonly theirs: Value | undefined;

  constructor(ours: Value, theirs: Value | undefined) {
    super("somebody else changed the value meanwhile: show theirs, or update again", {
      code: "rejected",
      outcome: "no_effect",
      retryable: true,
      reason: "conflict",
    });
    this.name = "ConflictError";
    this.ours = ours;
    this.theirs = theirs;
  }
}

/** Whether `error` is one of this package, whichever copy of it made it. */
export function isSecureFlowsError(error: unknown): error is SecureFlowsError {
  return error instanceof Error && (error.name === "SecureFlowsError" || error.name === "ConflictError");
}

/** Whether the user has to sign in again before another call can work. */
export function isSignedOut(error: unknown): error is SecureFlowsError {
  return isSecureFlowsError(error) && error.code === "signed_out";
}

/** Whether the same call may be made again as it is. */
export function isRetryable(error: unknown): error is SecureFlowsError {
  return isSecureFlowsError(error) && error.retryable;
}

/** Whether an update failed because somebody else was faster. */
export function isConflict(error: unknown): error is ConflictError {
  return isSecureFlowsError(error) && error.reason === "conflict";
}

/** An argument that cannot be used: which, what is wrong with it, and what to do about it. */
export function invalid(field: string, problem: string, mend: string): SecureFlowsError {
  return new SecureFlowsError(`\`${field}\` ${problem}: ${mend}`, { code: "invalid", reason: field });
}
