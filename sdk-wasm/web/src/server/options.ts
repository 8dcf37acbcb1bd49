import { SecureFlowsError, invalid } from "../error.js";
import type { VerifierOptions } from "./types.js";

/** Options that passed their checks. */
export type Settings = Required<VerifierOptions>;

/** Where the platform lives, unless told otherwise (contract §1). */
const PRODUCTION = "https://www.secure-flows.com";

export function checked(options: VerifierOptions): Settings {
  const settings: Settings = {
    origin: PRODUCTION,
    keepAccepted: 30_000,
    keepRefused: 5_000,
    maxTokens: 10_000,
    // Somebody is waiting for an answer of the backend's own.
    attemptTimeout: 3_000,
    timeout: 8_000,
    attempts: 3,
    fetch: (...request) => globalThis.fetch(...request),
    ...defined(options),
  };
  for (const field of ["keepAccepted", "keepRefused"] as const) {
    if (!(settings[field] >= 0)) throw invalid(field, "is no time", "give milliseconds, or 0 to keep nothing");
  }
  for (const field of ["attemptTimeout", "timeout"] as const) {
    if (!(settings[field] > 0 && settings[field] < 2 ** 31)) throw invalid(field, "is no time", "give milliseconds, 1 or more");
  }
  for (const field of ["maxTokens", "attempts"] as const) {
    if (!(settings[field] >= 1)) throw invalid(field, "is less than one", "use 1 or more");
  }
  return { ...settings, origin: origin(settings.origin) };
}

/** An option that is there and undefined is not given. */
function defined(options: VerifierOptions): VerifierOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function origin(text: string): string {
  const refuse = (problem: string, mend: string): SecureFlowsError => invalid("origin", problem, mend);
  if (!/^https?:\/\//.test(text)) throw refuse("has no known scheme", "start it with https://");
  if (text.includes("@")) throw refuse("carries a user name", "leave out everything before the @");
  const [, host = ""] = /^https?:\/\/([^/?#\\]*)$/.exec(text) ?? [];
  if (host === "") throw refuse("has something behind its host, or no host", "leave out the path and the final slash");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usual = url?.protocol === "https:" ? ":443" : ":80";
  if (!url || (url.host !== host && `${url.host}${usual}` !== host)) {
    throw refuse("has a host or a port that cannot be one", "use a lower-case DNS name or an IPv4 address, and 1 to 65535");
  }
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !loopback) throw refuse("is plain http", "use https (http is for loopback only)");
  return url.origin;
}
