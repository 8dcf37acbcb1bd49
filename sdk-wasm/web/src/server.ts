/**
 * For an app's own backends, in Node, Deno, Bun and on the edge: whose is this bearer token? The platform is asked,
 * and nothing in a token is ever decoded.
 *
 * ```ts
 * import { createVerifier, isVerifyError } from "@secureflows/web/server";
 *
 * const verify = createVerifier();
 *
 * export default {
 *   async fetch(request: Request): Promise<Response> {
 *     try {
 *       const { userId } = await verify(request);
 *       return Response.json({ hello: userId });
 *     } catch (error) {
 *       if (isVerifyError(error)) return error.toResponse();
 *       throw error;
 *     }
 *   },
 * };
 * ```
 *
 * @packageDocumentation
 */

export { VerifyError, isVerifyError } from "./server/failure.js";
export type { VerifyFailure } from "./server/failure.js";
export { createVerifier } from "./server/verifier.js";
export type { Credentials, User, VerifierOptions, Verify } from "./server/types.js";
export type { DataState, ErrorCode, Outcome, SecureFlowsErrorShape } from "./types.js";
