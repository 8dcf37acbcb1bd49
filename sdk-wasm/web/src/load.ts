import { SecureFlowsError } from "./error.js";
import { instantiate } from "./page.js";

/** Makes the core of its bytes, or of a module that was compiled already. */
export function load(module: BufferSource | WebAssembly.Module): void {
  try {
    instantiate(module);
  } catch (error) {
    throw refused(error);
  }
}

/** A refusal to compile, in words that say what to do. */
export function refused(error: unknown): unknown {
  const text = String(error);
  if (!/unsafe-eval|Content Security Policy/i.test(text)) return error;
  return new SecureFlowsError(
    "the page's Content-Security-Policy does not allow WebAssembly: add 'wasm-unsafe-eval' to its script-src",
    { code: "invalid", reason: "Content-Security-Policy", cause: error },
  );
}
