// Signing in and out, as people do it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { ADA, backIn, open, ready, setStage, signIn, state } from "./stage.js";

describe("signing in and out in Chromium", { concurrency: 4 }, () => {
  let stage;
  before(async () => (stage = await setStage()));
  after(() => stage.close());

  it("goes through hosted login, scrubs the address, and both mounts of a StrictMode get one answer", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, `${url}?tab=2#part`);
    await page.evaluate(() => history.replaceState({ mine: 1 }, ""));
    assert.equal(await state(page), "signedOut");
    await signIn(page);
    assert.equal(await state(page), "signedIn");
    assert.equal(page.url(), url, "nothing is left of the callback");
    const both = await page.evaluate(() => globalThis.came);
    assert.deepEqual(both[0], both[1]);
    const returnTo = new URL(`${url}?tab=2#part`);
    assert.deepEqual(both[0].value, { signedIn: true, returnTo: returnTo.pathname + returnTo.search + returnTo.hash });
    await page.evaluate(() => sf.set("theme", "dark"));
    assert.deepEqual(await page.evaluate(() => sf.payload()), { theme: "dark" });
  });

  it("keeps what is not hosted login's in the address and in the history's state", async () => {
    const { url, world } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await page.click("#in");
    await page.waitForURL((at) => at.origin === world.baseUrl);
    const asked = new URL(page.url()).searchParams.get("state");
    const user = { user: ADA, application: "acme-notes", state: asked, redirectUri: url };
    const { callbackUrl } = await world.control("/sign-in", user);
    await page.goto(`${callbackUrl}&lang=de%20CH#part`);
    await ready(page);
    assert.equal(await state(page), "signedIn");
    assert.equal(page.url(), `${url}?lang=de%20CH#part`);
  });

  it("is signed out by a reload, since tokens are kept in memory only, and back with one click", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    await page.reload();
    await ready(page);
    assert.equal(await state(page), "signedOut");
    await page.click("#in");
    await page.click("button:text-is('Continue')");
    await backIn(page);
    assert.equal(await state(page), "signedIn");
  });

  it("really signs out: the token, the platform's own login, and what the back button shows", async () => {
    const { url, world } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    stage.pages["/"] = { body: "<title>Home</title>" };
    await signIn(page);
    await page.evaluate(() => sf.set("theme", "dark"));
    await page.reload();
    await ready(page);
    await page.click("#in");
    await page.click("button:text-is('Continue')");
    await backIn(page);
    assert.equal(await page.textContent("#theme"), "dark");
    await page.click("#out");
    await page.waitForURL(`${stage.site.origin}/`);
    await page.goBack();
    await ready(page);
    await page.waitForFunction(() => sf.state.status !== "signedIn");
    assert.equal(await page.evaluate(() => sf.get("theme").catch((error) => error.code)), "signed_out");
    await page.click("#in");
    await page.waitForURL((at) => at.origin === world.baseUrl);
    assert.equal(await page.locator("button:text-is('Continue')").count(), 0, "the platform's own login is gone");
  });

  it("makes one login of a double click", async () => {
    const { url, world } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await page.evaluate(() => {
      const same = sf.signIn() === sf.signIn();
      sessionStorage.setItem("same", same);
      sessionStorage.setItem("logins", Object.keys(sessionStorage).filter((key) => key.startsWith("sf.login.")).length);
    });
    await page.waitForURL((at) => at.origin === world.baseUrl);
    await page.goto(url);
    assert.deepEqual(await page.evaluate(() => [sessionStorage.same, sessionStorage.logins]), ["true", "1"]);
  });

  it("does not take a slow login page for a blocked one", async () => {
    const { url } = await stage.app({ options: { origin: stage.site.origin } });
    stage.pages["/app/sessions/login"] = { body: "<title>At last</title>", delay: 5000 };
    const page = await stage.browser.newPage();
    await open(page, url);
    const left = page.waitForURL(/sessions\/login/, { timeout: 15_000 });
    await page.click("#in");
    await page.waitForTimeout(3500);
    assert.equal(await page.evaluate(() => globalThis.error?.code), undefined);
    await left;
    assert.equal(await page.title(), "At last");
  });

  it("tells of a navigation that was blocked, and can be tried again", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await page.evaluate(() => navigation.addEventListener("navigate", (event) => event.preventDefault(), { once: true }));
    await page.click("#in");
    await page.waitForFunction(() => globalThis.error);
    const error = await page.evaluate(() => ({ code: error.code, reason: error.reason, name: error.name }));
    assert.deepEqual(error, { code: "login_refused", reason: "navigation_blocked", name: "SecureFlowsError" });
    assert.equal(await state(page), "signedOut");
    await signIn(page);
    assert.equal(await state(page), "signedIn");
  });

  it("stops the third redirect in a minute that nothing was read after", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    for (let n = 0; n < 2; n++) {
      await page.click("#in");
      await page.waitForURL(/sessions\/login/);
      await page.goto(url);
      await ready(page);
    }
    await page.click("#in");
    await page.waitForFunction(() => globalThis.error);
    assert.equal(await page.evaluate(() => error.reason), "redirect_loop");
    assert.equal(page.url(), url);
  });

  it("refuses a forged callback, scrubs it all the same, and says how to begin anew", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, `${url}?sessionToken=evil&state=sf1.${"0".repeat(32)}`);
    assert.equal(page.url(), url);
    const error = await page.evaluate(() => ({ code: error.code, reason: error.reason, restart: typeof error.restart }));
    assert.deepEqual(error, { code: "callback_refused", reason: "state_unknown", restart: "function" });
    await page.evaluate(() => void error.restart());
    await page.waitForURL(/sessions\/login/);
  });
});
