// What users build with: each builds the same app of the installed package, loads it, and signs in.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";

import { openBrowser } from "../kit/browser.js";
import { ADA, PASSWORD, startMock } from "../kit/mock.js";
import { workshop } from "../kit/package.js";
import { serve } from "../kit/server.js";

const run = promisify(execFile);

/** Each makes `out/app.js`, and whatever goes with it, of `app.js` in a folder. */
const BUNDLERS = {
  esbuild: (folder) =>
    esbuild.build({
      absWorkingDir: folder,
      entryPoints: ["app.js"],
      outdir: "out",
      bundle: true,
      minify: true,
      format: "esm",
      logLevel: "error",
    }),
  async vite(folder) {
    const input = join(folder, "app.js");
    const output = { entryFileNames: "app.js" };
    const build = { outDir: "out", target: "es2022", rollupOptions: { input, output } };
    await vite.build({ root: folder, logLevel: "error", configFile: false, build });
  },
  async webpack(folder) {
    const output = { path: join(folder, "out"), filename: "app.js", module: true, chunkFormat: "module" };
    const options = { mode: "production", context: folder, entry: "./app.js", output, experiments: { outputModule: true } };
    const stats = await promisify(webpack)({ ...options, performance: { hints: false } });
    assert.ok(!stats.hasErrors(), stats.toString());
  },
};

describe("bundlers", () => {
  const pages = {};
  let bench;
  let folder;
  let mock;
  let browser;
  let site;

  before(async () => {
    bench = await workshop();
    folder = bench.folder;
    [mock, browser, site] = await Promise.all([startMock(), openBrowser(), serve(pages)]);
  });
  after(async () => {
    await browser?.close();
    site?.close();
    mock?.close();
    await bench?.remove();
  });

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    it(`${name} builds an app that signs in`, { timeout: 60_000 }, async () => {
      const at = join(folder, name);
      await mkdir(at);
      await cp(join(import.meta.dirname, "app.js"), join(at, "app.js"));
      await writeFile(join(at, "package.json"), '{"type":"module"}');
      await bundle(at);
      const url = `${site.origin}/${name}`;
      const world = await mock.world({ redirectUris: [url] });
      const given = JSON.stringify({ origin: world.baseUrl, redirectUri: url });
      const script = await readFile(join(at, "out/app.js"), "utf8");
      pages[`/${name}.js`] = { body: script, type: "text/javascript" };
      pages[`/${name}`] = {
        body: `<button id="in">Sign in</button><script>given = ${given}</script><script type="module" src="/${name}.js"></script>`,
      };
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForSelector("body[data-shown=signedOut]");
      await page.click("#in");
      await page.fill("input[name=email]", ADA);
      await page.fill("input[name=password]", PASSWORD);
      await page.click("button:text-is('Sign in')");
      await page.waitForSelector("body[data-shown=dark]");
    });
  }

  for (const [kind, file, load] of [
    ["ESM", "app.mjs", 'const { createClient, isSecureFlowsError } = await import("@secureflows/web");'],
    ["CommonJS", "app.cjs", 'const { createClient, isSecureFlowsError } = require("@secureflows/web");'],
  ]) {
    it(`Node loads it as ${kind}, reads nothing global on the way, and signs in`, async () => {
      const world = await mock.world({ redirectUris: ["http://127.0.0.1:7999/callback"] });
      const app = `
        // A server that renders has none of these, and must not be asked for one.
        for (const name of ["window", "document", "location", "history", "sessionStorage", "localStorage"]) {
          const get = () => { if (loading) throw new Error(name + " was read"); };
          Object.defineProperty(globalThis, name, { configurable: true, get });
        }
        let loading = true;
        (async () => {
          ${load}
          loading = false;
          for (const name of ["window", "document", "location", "history", "sessionStorage", "localStorage"]) delete globalThis[name];
          try {
            createClient({});
          } catch (error) {
            if (!isSecureFlowsError(error)) throw error;
          }
          const options = { origin: "${world.baseUrl}", workspace: "acme", appId: "acme-notes", redirectUri: "http://127.0.0.1:7999/callback" };
          let page;
          const sf = createClient({ ...options, navigate: (url) => void (page = url) });
          await sf.signIn();
          console.log(page);
        })();`;
      await writeFile(join(folder, file), app);
      const { stdout } = await run(process.execPath, [join(folder, file)]);
      assert.ok(stdout.startsWith(`${world.baseUrl}/app/sessions/login?`), stdout);
    });
  }
});
