// The declarations of both entries, as users' compilers find them, beside Playwright's own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";

import { home, workshop } from "../kit/package.js";

const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));

describe("types of server and testing", () => {
  let bench;

  before(async () => {
    bench = await workshop();
    const own = (name) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
    for (const name of ["expect-type", "playwright-core", "@types/node", "undici-types"]) {
      await cp(own(name), join(bench.folder, "node_modules", name), { recursive: true });
    }
    await cp(join(import.meta.dirname, "usage.ts"), join(bench.folder, "usage.ts"));
    await writeFile(join(bench.folder, "package.json"), '{"type":"module"}');
  });
  after(() => bench.remove());

  const compile = async (types, file) => {
    const language = { target: "es2022", lib: ["es2023", "dom"], module: "nodenext" };
    const compilerOptions = { ...language, strict: true, exactOptionalPropertyTypes: true, noEmit: true, types };
    await writeFile(join(bench.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    return new Promise((resolve) => execFile(process.execPath, [tsc, "-p", bench.folder], (_, stdout) => resolve(stdout)));
  };

  it("are what they promise", { timeout: 60_000 }, async () => {
    assert.equal(await compile(["node"], "usage.ts"), "");
  });

  it("ask for no types of Node's or Playwright's", { timeout: 60_000 }, async () => {
    const all = ["server", "testing"].map((entry) => `export * as ${entry} from "@secureflows/web/${entry}";`);
    await writeFile(join(bench.folder, "bare.ts"), all.join("\n"));
    assert.equal(await compile([], "bare.ts"), "");
  });

  it("are written without any", async () => {
    for (const part of ["server", "testing"]) {
      const folder = join(home, "dist/esm", part);
      const files = [`${folder}.d.ts`, ...(await readdir(folder)).map((file) => join(folder, file))];
      for (const file of files.filter((file) => file.endsWith(".d.ts"))) {
        const text = await readFile(file, "utf8");
        assert.doesNotMatch(text.replace(/\/\*\*.*?\*\//gs, ""), /\bany\b/, file);
      }
    }
  });
});
