// What docs/testing.md shows, run.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";

import { openBrowser } from "../kit/browser.js";
import { serve } from "../kit/server.js";
import { examplesOf } from "./examples.js";
import { program } from "./program.js";

const APP = `<button>Sign in</button><script type="module">
  import { createClient } from "/package/dist/esm/index.js";
  const { origin, workspace, appId } = await (await fetch("/options")).json();
  const sf = createClient({ origin, workspace, appId, redirectUri: location.origin + "/app" });
  document.querySelector("button").onclick = () => sf.signIn();
  document.title = (await sf.handleRedirect()).signedIn ? "in" : "out";
</script>`;

describe("what docs/testing.md shows", () => {
  let examples;
  const names = ["SECUREFLOWS_MOCK_BIN", "SECUREFLOWS_CONTROL_URL", "SECUREFLOWS_WORKSPACE", "SECUREFLOWS_APP_ID"];
  const kept = names.map((name) => process.env[name]);

  before(async () => {
    examples = await examplesOf("testing");
    process.env.SECUREFLOWS_MOCK_BIN = program;
  });
  after(async () => {
    names.forEach((name, at) => (kept[at] === undefined ? delete process.env[name] : (process.env[name] = kept[at])));
    await examples.remove();
  });

  it("is a test file that passes", async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const words = ["--test", "--test-reporter", "tap", "notes.test.js"];
    const said = await new Promise((resolve) => execFile(process.execPath, words, { cwd: examples.folder, env }, (_, stdout) => resolve(stdout)));
    assert.match(said, /^# pass 3$/m, said);
    assert.match(said, /^# fail 0$/m, said);
  });

  it("is one platform for many files, and a browser that is signed in", async () => {
    const stop = await (await examples.load("global-setup.js")).default();
    const { mock, world: own } = await examples.load("in-a-file.js");
    assert.equal(own.clientOptions().appId, mock.clientOptions().appId);
    const browser = await openBrowser();
    let world;
    const site = await serve({ "/app": { body: APP }, "/options": () => ({ type: "application/json", body: JSON.stringify(world.clientOptions()) }) });
    const application = { appId: "app", redirectUris: [`${site.origin}/app`] };
    world = await mock.startWorld({ workspaces: [{ name: "w", applications: [application], users: [{ email: "ada@example.com" }] }] });
    const { openSignedIn } = await examples.load("sign-in.js");
    const page = await openSignedIn(await browser.newContext(), world, `${site.origin}/app`);
    await page.waitForFunction(() => document.title === "in");
    await browser.close();
    site.close();
    await stop();
    await assert.rejects(fetch(mock.origin));
  });
});
