// The package as it is installed; as it was built, when none is.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The folder that the package's entries lie in. */
export const home = process.env.SECUREFLOWS_WEB_PACKAGE
  ? join(process.env.SECUREFLOWS_WEB_PACKAGE, "node_modules/@secureflows/web")
  : join(import.meta.dirname, "../..");

/** An entry as a module. */
export function load(entry = "index") {
  return import(pathToFileURL(join(home, `dist/esm/${entry}.js`)).href);
}

/** An entry as CommonJS. */
export function need(entry = "index") {
  return createRequire(import.meta.url)(join(home, `dist/cjs/${entry}.js`));
}
