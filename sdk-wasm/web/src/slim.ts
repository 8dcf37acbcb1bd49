/**
 * The same client with its core as a file of its own, `@secureflows/web/core.wasm`, which is loaded beside the page.
 *
 * ```ts
 * import { createClient, load } from "@secureflows/web/slim";
 * import core from "@secureflows/web/core.wasm?url";
 *
 * await load(core);
 * const sf = createClient({ workspace: "acme", appId: "acme-web", redirectUri: "https://app.example/callback" });
 * ```
 *
 * @packageDocumentation
 */

import { WebClient } from "./client.js";
import { SecureFlowsError } from "./error.js";
import { load as make, refused } from "./load.js";
import { isLoaded } from "./page.js";
import type { Client, ClientOptions } from "./types.js";

export { ConflictError, SecureFlowsError, isConflict, isRetryable, isSecureFlowsError, isSignedOut } from "./error.js";
export type * from "./types.js";

/** Where the core is, or what it is made of. */
export type CoreSource = string | URL | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/**
 * Loads the core. Await it before the first click; doing it again does nothing.
 *
 * @throws {@link SecureFlowsError} when it cannot be had: the code is `unavailable`, or `invalid` where the page's
 *   Content-Security-Policy allows no WebAssembly.
 */
export async function load(source: CoreSource): Promise<void> {
  if (isLoaded()) return;
  const module = await compiled(await source);
  if (!isLoaded()) make(module);
}

async function compiled(source: Awaited<CoreSource>): Promise<BufferSource | WebAssembly.Module> {
  if (typeof source !== "string" && !(source instanceof URL) && !(source instanceof Response)) return source;
  try {
    const response = source instanceof Response ? source : await fetch(source);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    const because = refused(cause);
    if (because !== cause) throw because;
    throw new SecureFlowsError("the core could not be loaded: serve core.wasm, and give its address", {
      code: "unavailable",
      retryable: true,
      cause,
    });
  }
}

/**
 * Makes a client, once the core is {@link load}ed. Nothing is sent.
 *
 * @typeParam Data - what is stored: the keys, and the types of their values
 * @throws {@link SecureFlowsError} with the code `invalid`, when an option cannot be used, or the core is not there yet.
 */
export function createClient<Data extends object = Record<string, unknown>>(options: ClientOptions): Client<Data> {
  if (!isLoaded()) {
    throw new SecureFlowsError("the core is not loaded: await load(…) first", { code: "invalid", reason: "core" });
  }
  return new WebClient<Data>(options);
}
