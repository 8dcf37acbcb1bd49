import { bearer } from "./bearer.js";
import { Cache } from "./cache.js";
import { VerifyError } from "./failure.js";
import { Line } from "./line.js";
import { checked } from "./options.js";
import type { User, VerifierOptions, Verify } from "./types.js";
import type { Decision } from "./verdict.js";

/**
 * Makes the question whose a request's bearer token is. Nothing is sent.
 *
 * What the platform said is kept for a while: 30 seconds when it named a user, 5 when it refused the token, of 10,000
 * tokens by default. So a token that is revoked or logged out is accepted for up to 30 seconds more. Requests with the
 * same token that come at once ask once. Tokens are not kept, only their digests. When the platform cannot be asked,
 * nobody is let in.
 *
 * @throws `SecureFlowsError` with the code `invalid`, when an option cannot be used: the message names it and says
 *   what to do
 */
export function createVerifier(options: VerifierOptions = {}): Verify {
  const settings = checked(options);
  const line = new Line(settings);
  const cache = new Cache<Decision>(settings.maxTokens);
  const questions = new Map<string, Question>();

  const ask = (key: string, token: string): Promise<Decision> => {
    const begun = Date.now();
    const under = questions.get(key);
    // One that was begun by a request which the runtime has given up may never be answered.
    if (under && begun - under.begun < settings.timeout && begun >= under.begun) return under.answer;
    const question: Question = { begun, answer: line.ask(token) };
    questions.set(key, question);
    const over = () => {
      if (questions.get(key) === question) questions.delete(key);
    };
    question.answer = question.answer.then((decision) => {
      over();
      const { kind } = decision;
      if (kind === "accepted") cache.keep(key, decision, true, settings.keepAccepted);
      else if (kind !== "unavailable") cache.keep(key, decision, false, settings.keepRefused);
      return decision;
    });
    return question.answer;
  };

  return async (credentials) => {
    const token = bearer(credentials);
    const key = await digest(token);
    return user(cache.get(key) ?? (await inTime(ask(key, token), settings.timeout)));
  };
}

/** A question that is on its way. */
interface Question {
  begun: number;
  answer: Promise<Decision>;
}

function user(decision: Decision): User {
  if (decision.kind === "accepted") return decision.user;
  throw new VerifyError(decision.kind, decision);
}

/** What stands for a token: it cannot be turned back into one. */
async function digest(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return String.fromCharCode(...new Uint8Array(hash));
}

/** Each who waits has a timer of their own: on the edge, another request's may never fire. */
async function inTime(answer: Promise<Decision>, time: number): Promise<Decision> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Decision>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "unavailable", cause: "timed_out" }), time);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
