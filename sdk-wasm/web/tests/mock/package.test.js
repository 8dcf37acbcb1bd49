// The npm package with the mock's program in it, as packed.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { workshop } from "../kit/package.js";
import { program } from "../testing/program.js";

const run = promisify(execFile);
const home = new URL("../../../mock", import.meta.url).pathname;
const host = `${process.platform}-${process.arch}`;
const { SECUREFLOWS_MOCK_BIN: _, NODE_TEST_CONTEXT: __, ...environment } = process.env;

describe("the package with the mock in it", { concurrency: 2 }, () => {
  let bench;
  let installed;

  before(async () => {
    bench = await workshop();
    installed = join(bench.folder, "node_modules/@secureflows/mock");
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: home });
    const [{ files }] = JSON.parse(stdout);
    for (const { path } of files.filter(({ path }) => !path.startsWith("bin/"))) {
      await mkdir(dirname(join(installed, path)), { recursive: true });
      await cp(join(home, path), join(installed, path));
    }
    await mkdir(join(installed, "bin", host), { recursive: true });
    await cp(program, join(installed, "bin", host, "secureflows-mock"));
  });
  after(() => bench.remove());

  const launch = (folder, words) => spawn(process.execPath, [join(folder, "launch.js"), ...words], { env: environment });

  it("has the program run, and ends with it", async () => {
    const child = launch(installed, ["serve", "--json", "--port", "0"]);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { baseUrl } = JSON.parse(line);
    assert.equal((await fetch(`${baseUrl}/_mock/clock`)).status, 200);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    await assert.rejects(fetch(baseUrl));
  });

  it("passes on what the program ends with", async () => {
    const child = launch(installed, ["exec", "--", process.execPath, "-e", "process.exit(7)"]);
    assert.equal((await once(child, "exit"))[0], 7);
  });

  it("is found by `startMock`, from ESM and from CommonJS", async () => {
    const body = "console.log((await startMock()).clientOptions().appId);";
    await writeFile(join(bench.folder, "a.mjs"), `import { startMock } from "@secureflows/web/testing"; ${body}`);
    await writeFile(join(bench.folder, "b.cjs"), `const { startMock } = require("@secureflows/web/testing"); (async () => { ${body} })();`);
    for (const script of ["a.mjs", "b.cjs"]) {
      const { stdout } = await run(process.execPath, [script], { cwd: bench.folder, env: environment });
      assert.equal(stdout, "acme-notes\n", script);
    }
  });

  it("says what to do on a platform that it has no program for", async () => {
    const empty = await mkdtemp(join(tmpdir(), "mock-package-"));
    for (const file of ["launch.js", "index.js"]) await cp(join(installed, file), join(empty, file));
    const { code, stderr } = await run(process.execPath, [join(empty, "launch.js"), "serve"]).catch((error) => error);
    assert.equal(code, 1);
    assert.match(stderr, /cargo install secureflows-mock/);
    assert.equal(createRequire(import.meta.url)(empty).binary(), undefined);
    await rm(empty, { recursive: true });
  });
});
