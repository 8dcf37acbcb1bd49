/**
 * The client of the secureFlows platform: sign a user in, keep their data, sign them in again.
 *
 * ```ts
 * import { createClient } from "@secureflows/web";
 *
 * const sf = createClient<{ theme: "dark" | "light" }>({
 *   workspace: "acme",
 *   appId: "acme-web",
 *   redirectUri: "https://app.example/callback",
 * });
 * await sf.handleRedirect();
 * button.onclick = () => sf.signIn();
 * await sf.set("theme", "dark");
 * ```
 *
 * @packageDocumentation
 */

import { WebClient } from "./client.js";
import { hex } from "./module/inline.js";
import { load } from "./load.js";
import { isLoaded } from "./page.js";
import type { Client, ClientOptions } from "./types.js";

export { ConflictError, SecureFlowsError, isConflict, isRetryable, isSecureFlowsError, isSignedOut } from "./error.js";
export type * from "./types.js";

/**
 * Makes a client. Nothing is sent.
 *
 * The first one makes the core, in well under five milliseconds, of what this file carries.
 *
 * @typeParam Data - what is stored: the keys, and the types of their values
 * @throws {@link SecureFlowsError} with the code `invalid`, when an option cannot be used: the message names it and
 *   says what to do. Also when the page's Content-Security-Policy allows no WebAssembly.
 */
export function createClient<Data extends object = Record<string, unknown>>(options: ClientOptions): Client<Data> {
  if (!isLoaded()) load(bytes());
  return new WebClient<Data>(options);
}

function bytes(): Uint8Array<ArrayBuffer> {
  // What newer browsers do at once, the others do digit by digit.
  const { fromHex } = Uint8Array as { fromHex?: (hex: string) => Uint8Array<ArrayBuffer> };
  if (fromHex) return fromHex.call(Uint8Array, hex);
  const digits = new TextEncoder().encode(hex);
  const digit = (at: number) => ((digits[at] ?? 0) & 15) + ((digits[at] ?? 0) > 57 ? 9 : 0);
  return new Uint8Array(hex.length / 2).map((_, at) => 16 * digit(2 * at) + digit(2 * at + 1));
}
