// A browser that is signed in to the platform, and hosted login passed.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { openBrowser } from "../kit/browser.js";
import { load } from "../kit/package.js";
import { serve } from "../kit/server.js";
import { program } from "./program.js";

const APP = `<button>in</button><script type="module">
  import { createClient } from "/package/dist/esm/index.js";
  const { origin, workspace, appId } = await (await fetch("/options")).json();
  const sf = createClient({ origin, workspace, appId, redirectUri: location.origin + "/app" });
  document.querySelector("button").onclick = () => sf.signIn();
  const { signedIn } = await sf.handleRedirect();
  document.title = signedIn ? (await sf.identity()).email : "signed out";
</script>`;

describe("the Playwright helper", () => {
  let testing;
  let first;
  let browser;
  let site;
  let world;

  before(async () => {
    testing = await load("testing");
    first = await testing.startMock({ bin: program });
    browser = await openBrowser();
    site = await serve({ "/app": { body: APP }, "/options": () => ({ type: "application/json", body: JSON.stringify(world.clientOptions()) }) });
    const application = { appId: "app", displayName: "App", redirectUris: [`${site.origin}/app`] };
    const users = [{ email: "ada@example.com", password: "correct horse" }];
    world = await first.startWorld({ workspaces: [{ name: "w", applications: [application], users }] });
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await first?.close();
  });

  const visit = async (prepare, options) => {
    const context = await browser.newContext();
    await prepare(context);
    const page = await context.newPage();
    await page.goto(`${site.origin}/app`);
    await page.getByRole("button", { name: "in" }).click();
    await testing.completeLogin(page, options);
    await page.waitForFunction(() => document.title === "ada@example.com");
    await context.close();
  };

  it("signs a browser in: one press on Continue is left", async () => {
    await visit((context) => world.signInBrowser(context, "ada@example.com"));
  });

  it("types what a person would", async () => {
    await visit(async () => {}, { user: "ada@example.com", password: "correct horse" });
    const entries = await world.journal.entries({ operation: "auth.callback" });
    assert.ok(entries.length >= 2, "both went through hosted login");
  });
});
