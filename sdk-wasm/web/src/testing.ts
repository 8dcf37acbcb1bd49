/**
 * For tests: the mock platform from JavaScript, signing in without pages, its clock, its faults, its journal.
 *
 * ```ts
 * import { createClient } from "@secureflows/web";
 * import { startMock } from "@secureflows/web/testing";
 *
 * const world = await startMock();
 * const client = createClient({ ...world.clientOptions(), redirectUri: "http://127.0.0.1:7878/callback" });
 * await world.signIn("ada@example.com", client);
 * await client.set("theme", "dark");
 * await world.clock.advance({ days: 8 }); // the token is dead now
 * await world.close();
 * ```
 *
 * It works in Node under any test runner, and asks for no globals of theirs.
 *
 * @packageDocumentation
 */

export { attachMock, startMock } from "./testing/start.js";
export type { AttachOptions, StartOptions } from "./testing/start.js";
export { MockError, isMockError } from "./testing/error.js";
export { completeLogin } from "./testing/playwright.js";
export type { BrowserContextLike, BrowserCookie, CompleteLoginOptions, PageLike } from "./testing/playwright.js";
export type * from "./testing/types.js";
