// The published surface as apps find it in the package: by their compilers, and in place of another client.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";

import * as esbuild from "esbuild";

import { home, workshop } from "../kit/package.js";

const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));

describe("compat in the package", () => {
  let folder;
  let remove;

  before(async () => {
    ({ folder, remove } = await workshop());
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
  });
  after(() => remove());

  it("has the types that it promises", { timeout: 60_000 }, async () => {
    const own = dirname(fileURLToPath(import.meta.resolve("expect-type/package.json")));
    await cp(own, join(folder, "node_modules/expect-type"), { recursive: true });
    await cp(join(import.meta.dirname, "usage.ts"), join(folder, "usage.ts"));
    const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [] };
    const compilerOptions = { module: "nodenext", lib: ["es2022", "dom"], ...strict };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["usage.ts"] }));
    const run = (resolve) => execFile(process.execPath, [tsc, "-p", folder], (_, stdout) => resolve(stdout));
    assert.equal(await new Promise(run), "");
  });

  it("takes the place of another client by an alias, and brings nothing of the main entry", async () => {
    const contents = `
      import { SecureFlows } from "the-client-of-before";
      export const sf = new SecureFlows({ origin: "https://p.example", workspace: "acme", appId: "web" });`;
    const outfile = join(folder, "app.js");
    const { metafile } = await esbuild.build({
      absWorkingDir: folder,
      stdin: { contents, resolveDir: folder },
      alias: { "the-client-of-before": "@secureflows/web/compat" },
      bundle: true,
      minify: true,
      format: "esm",
      metafile: true,
      outfile,
    });
    const parts = Object.keys(metafile.inputs).filter((file) => file.includes("@secureflows"));
    assert.deepEqual(parts.map((file) => file.replace(/.*\/dist\//, "")), ["esm/compat.js"]);
    const { sf } = await import(pathToFileURL(outfile).href);
    assert.equal(await sf.ensureSession(), null);
  });

  it("declares without any", async () => {
    const declarations = join(home, "dist/esm/compat");
    for (const file of (await readdir(declarations)).filter((name) => name.endsWith(".d.ts"))) {
      const text = await readFile(join(declarations, file), "utf8");
      assert.doesNotMatch(text.replace(/\/\*\*.*?\*\//gs, ""), /\bany\b/, file);
    }
  });
});
