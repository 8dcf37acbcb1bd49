import { SecureFlowsHttpError, isSessionGone, isSessionSignedOutStatus, members } from "./error.js";

/** How long an answer may take, in milliseconds. */
const LONGEST_ANSWER = 30_000;

/** A success: its text, and the members of its object. */
export interface Answer {
  text: string;
  members: Record<string, unknown>;
}

interface CallOptions extends Pick<RequestInit, "method" | "keepalive"> {
  /** How long the answer may take, in milliseconds. */
  timeout?: number | undefined;
}

/**
 * Calls the session API with a token.
 *
 * @throws {@link SecureFlowsHttpError} for every answer but a success of the platform's, and what `fetch` throws when
 *   there is none
 */
export async function call(url: string, token: string, { timeout, ...more }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    ...more,
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
    credentials: "omit",
    // A token goes to the platform, and to nobody that it points to.
    redirect: "error",
    signal: AbortSignal.timeout(timeout ?? LONGEST_ANSWER),
  });
  const { status } = response;
  const text = await response.text();
  const object = members(text);
  if (status === 200 && object) return { text, members: object };
  throw new SecureFlowsHttpError(status, text, isSessionSignedOutStatus(status, text) || isSessionGone(status, text));
}
