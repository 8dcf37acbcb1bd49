// Makes dist/ of src/ and of the core: `node build.js [--core FILE]`, where the file is the module that `cargo xtask web`
// makes.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = import.meta.dirname;
const { core } = parseArgs({ options: { core: { type: "string" } } }).values;
const from = core ?? join(here, "../../target/web/core.wasm");
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
takeCore();
const entries = readdirSync(join(here, "src"))
  .filter((file) => /^(index|slim|react|server|testing|compat)\.tsx?$/.test(file))
  .map((file) => join(here, "src", file));
const common = {
  absWorkingDir: here,
  entryPoints: entries,
  bundle: true,
  minify: true,
  sourcemap: true,
  legalComments: "none",
  target: "es2022",
  platform: "neutral",
  external: ["react", "react-dom", "node:*", "@secureflows/*"],
  logLevel: "warning",
};
// What pages load shares its parts; the others stand alone, so that no page loads a part that was split for them.
const forPages = entries.filter((file) => /\b(index|slim|react)\.tsx?$/.test(file));
const alone = entries.filter((file) => !forPages.includes(file));
const esm = { ...common, format: "esm", outdir: join(dist, "esm") };
await build({ ...esm, entryPoints: forPages, splitting: true, chunkNames: "parts/[hash]" });
await build({ ...esm, entryPoints: alone });
await build({ ...common, format: "cjs", outdir: join(dist, "cjs") });
declare();

/** Puts the core where the source finds it. */
function takeCore() {
  const to = join(here, "src/module");
  mkdirSync(to, { recursive: true });
  mkdirSync(dist, { recursive: true });
  const wasm = readFileSync(from);
  writeFileSync(join(dist, "core.wasm"), wasm);
  writeFileSync(join(to, "inline.ts"), `export const hex = "${wasm.toString("hex")}";\n`);
}

/** The declarations, beside both forms of the code. */
function declare() {
  const tsc = join(here, "node_modules/typescript/bin/tsc");
  const options = ["--emitDeclarationOnly", "--outDir", join(dist, "esm")];
  const { status } = spawnSync(process.execPath, [tsc, "-p", here, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  // What is in them of the core is nobody's business.
  rmSync(join(dist, "esm/module"), { recursive: true, force: true });
  cpSync(join(dist, "esm"), join(dist, "cjs"), { recursive: true, filter: (file) => !/\.js(\.map)?$|\/parts$/.test(file) });
  writeFileSync(join(dist, "cjs/package.json"), '{"type":"commonjs"}\n');
  if (!existsSync(join(dist, "esm/index.d.ts"))) throw new Error("no declarations were made");
}
