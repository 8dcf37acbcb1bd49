/** The mock platform could not be started, or did not do what it was asked for. The message says what to mend. */
export class MockError extends Error {
  /** The status of the control API's refusal, when it is one. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "MockError";
    this.status = options.status;
  }
}

/** Whether `error` is one of the mock's, whichever copy of this package made it. */
export function isMockError(error: unknown): error is MockError {
  return error instanceof Error && error.name === "MockError";
}
