/** What a verifier is made for; everything has a default. Times are in milliseconds. */
export interface VerifierOptions {
  /** Where the platform lives: `https://host[:port]`, or `http` on loopback. Production by default. */
  origin?: string;
  /**
   * How long an accepted token is accepted without asking again; 30,000 by default. It is how long a revoked token
   * goes unnoticed.
   */
  keepAccepted?: number;
  /** How long a refused token is refused without asking again; 5,000 by default. */
  keepRefused?: number;
  /** Of how many tokens the answers are kept; 10,000 by default. */
  maxTokens?: number;
  /** How long one attempt to ask may take; 3,000 by default. */
  attemptTimeout?: number;
  /** How long asking may take with all its attempts; 8,000 by default. */
  timeout?: number;
  /** How often one question goes out at most when it fails in passing, the first time included; 3 by default. */
  attempts?: number;
  /** Sends the questions in place of the global `fetch`. It gets to see the token. */
  fetch?: typeof fetch;
}

/** Who sent a request, as the platform says. */
export interface User {
  /** The user's id, stable across sessions. A text: not every number of 64 bits survives `JSON.parse`. */
  readonly userId: string;
  /** The user's e-mail address, where there is one. */
  readonly email: string | undefined;
}

/**
 * Where the bearer token is: a request, its headers, or the text of its `Authorization` header. Node's own requests,
 * and those of the frameworks on them, will do.
 */
export type Credentials =
  | string
  | null
  | undefined
  | HeaderReader
  | { readonly headers: HeaderReader | Readonly<Record<string, string | readonly string[] | undefined>> };

/** As much of `Headers` as is needed. */
export interface HeaderReader {
  get(name: string): string | null | undefined;
}

/**
 * Says who sent a request.
 *
 * @throws {@link VerifyError} when nobody is let in; `toResponse()` is what to answer
 */
export type Verify = (credentials: Credentials) => Promise<User>;
