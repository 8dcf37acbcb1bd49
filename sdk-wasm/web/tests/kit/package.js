// The package as it is installed; as it was built, when none is.

import { cp, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
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

/** A new folder from which the package is found as it is by an app; `remove` it afterwards. */
export async function workshop() {
  const base = process.env.SECUREFLOWS_WEB_PACKAGE ?? tmpdir();
  const folder = await mkdtemp(join(await realpath(base), "app-"));
  const own = join(folder, "node_modules/@secureflows/web");
  await mkdir(own, { recursive: true });
  for (const part of ["package.json", "dist"]) await cp(join(home, part), join(own, part), { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
