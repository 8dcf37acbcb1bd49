import { VerifyError } from "./failure.js";
import type { Credentials } from "./types.js";

/** The longest token that is accepted, in bytes: what common servers take as one header. */
const LONGEST_TOKEN = 8 * 1024;

/**
 * The bearer token of a request.
 *
 * @throws {@link VerifyError} when there is none, and when it can be none: the platform is not even asked
 */
export function bearer(credentials: Credentials): string {
  const value = header(credentials) ?? "";
  const [, token] = /^bearer[ ](.*)$/is.exec(value) ?? [];
  // Headers of one name are read as one, with commas.
  if (token === undefined || /,\s/.test(token)) throw new VerifyError("missing");
  const trimmed = token.trim();
  if (trimmed.length > LONGEST_TOKEN || !/^[\x21-\x7e]+$/.test(trimmed)) throw new VerifyError("refused");
  return trimmed;
}

function header(credentials: Credentials): string | null | undefined {
  if (typeof credentials !== "object" || credentials === null) return credentials;
  const headers = "headers" in credentials ? credentials.headers : credentials;
  if (typeof headers.get === "function") return headers.get("authorization");
  const value = "authorization" in headers ? headers.authorization : undefined;
  return typeof value === "object" ? value.join(", ") : value;
}
