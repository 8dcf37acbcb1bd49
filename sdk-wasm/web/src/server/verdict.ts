import type { DataState } from "../types.js";
import { parseExact } from "./exact.js";
import type { User } from "./types.js";

/** What the platform says of a token. */
export type Decision =
  | { readonly kind: "accepted"; readonly user: User }
  | { readonly kind: "refused" | "forbidden"; readonly data: DataState }
  /** Nothing is known. */
  | { readonly kind: "unavailable"; readonly cause: string; readonly retryAfter?: number | undefined };

/**
 * What an answer to `GET /sessions/identity` means (contract §4 and ruling 2).
 *
 * @param text - its body; `undefined` when that is no text
 */
export function judge(response: Response, text: string | undefined): Decision {
  const { status } = response;
  const stranger: Decision = { kind: "unavailable", cause: `not_the_platform_${status}` };
  const body = object(text);
  const said = refusal(body);
  switch (status) {
    case 200:
      return named(body) ?? stranger;
    case 401:
      return refused(/^Session (revoked|expired)$/.test(said.error) ? "unknown" : "intact");
    case 403:
      if (said.code === "BILLING_GRACE_LOCK") return { kind: "unavailable", cause: "locked" };
      // How older servers say that a token is missing or expired.
      if (text?.trim() === "" || (said.code === undefined && said.error === "Access denied")) return refused("intact");
      return { kind: "forbidden", data: "intact" };
    case 404:
      return body || text?.trim() === "" ? refused("unknown") : stranger;
    case 410: {
      const tokenOnly = /^(Session token expired|Invalid token|Missing Authorization header)$/.test(said.error);
      return refused(tokenOnly ? "intact" : "unknown");
    }
    case 429:
      return { kind: "unavailable", cause: "rate_limited", retryAfter: wait(response) };
    case 501:
      return refused("intact");
  }
  if (status >= 500) return { kind: "unavailable", cause: `server_${status}`, retryAfter: wait(response) };
  return status >= 400 ? refused("intact") : stranger;
}

function refused(data: DataState): Decision {
  return { kind: "refused", data };
}

type Members = Readonly<Record<string, unknown>>;

function object(text: string | undefined): Members | undefined {
  try {
    const value = parseExact(text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

/** Who a success names; `undefined` when it is none of the platform's. */
function named(body: Members | undefined): Decision | undefined {
  const { userId, email } = body ?? {};
  const nullable = (value: unknown) => value === null || typeof value === "string";
  if (!nullable(userId) || !nullable(email)) return undefined;
  // Nobody that a backend could tell from anybody else.
  if (typeof userId !== "string") return refused("unknown");
  return { kind: "accepted", user: Object.freeze({ userId, email: typeof email === "string" ? email : undefined }) };
}

/** The words of a refusal, in every form that clients must survive. */
function refusal(body: Members = {}): { error: string; code: string | undefined } {
  const { error, message, code } = body;
  const words = typeof error === "string" ? error : message;
  return { error: typeof words === "string" ? words : "", code: typeof code === "string" ? code : undefined };
}

/** `Retry-After` in milliseconds: seconds, or a date by this machine's clock. */
function wait(response: Response): number | undefined {
  const header = response.headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
