// The declarations, as users' compilers find them: strict, and with every way of finding modules.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";

import { home, workshop } from "../kit/package.js";

const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));

const WAYS = {
  bundler: { module: "esnext", moduleResolution: "bundler" },
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  "node16, CommonJS": { module: "node16", moduleResolution: "node16", commonJs: true },
};

describe("types", { concurrency: 2 }, () => {
  let bench;
  let folder;

  before(async () => {
    bench = await workshop();
    folder = bench.folder;
    const modules = join(folder, "node_modules");
    const own = (name) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
    for (const name of ["expect-type", "@types/node"]) await cp(own(name), join(modules, name), { recursive: true });
  });

  after(() => bench.remove());

  for (const [way, { commonJs, ...options }] of Object.entries(WAYS)) {
    it(`are what they promise, found by ${way}`, { timeout: 60_000 }, async () => {
      const at = join(folder, way.replace(/\W+/g, "-"));
      await mkdir(at);
      await cp(join(import.meta.dirname, "usage.ts"), join(at, "usage.ts"));
      await writeFile(join(at, "package.json"), JSON.stringify({ type: commonJs ? "commonjs" : "module" }));
      const compilerOptions = { target: "es2022", lib: ["es2023", "dom"], strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [], ...options };
      await writeFile(join(at, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["usage.ts"] }));
      const said = await new Promise((resolve) => execFile(process.execPath, [tsc, "-p", at], (_, stdout) => resolve(stdout)));
      assert.equal(said, "");
    });
  }

  it("are written for people: documented, and without any", async () => {
    const declarations = join(home, "dist/esm");
    for (const file of ["index.d.ts", "slim.d.ts", "types.d.ts", "error.d.ts"]) {
      const text = await readFile(join(declarations, file), "utf8");
      assert.doesNotMatch(text.replace(/\/\*\*.*?\*\//gs, ""), /\bany\b/, file);
      assert.match(text, /\/\*\*/, file);
    }
    assert.ok((await readdir(declarations)).every((file) => file !== "module"), "the core's own are nobody's business");
  });
});
