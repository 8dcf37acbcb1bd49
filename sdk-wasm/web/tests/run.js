// Runs every test of the package, on what SECUREFLOWS_WEB_PACKAGE has installed.
//
//   node tests/run.js [PART…]     only the folders of these names

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const parts = process.argv.slice(2);
const files = readdirSync(here, { recursive: true })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => parts.length === 0 || parts.includes(file.split(/[\\/]/)[0]))
  .sort()
  .map((file) => join(here, file));
if (files.length === 0) throw new Error(`no test in ${parts.join(", ") || here}`);
// Two at once: a browser and a mock each.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=2", ...files], { stdio: "inherit" });
process.exitCode = status ?? 1;
