// What happens to a signed-in page: other tabs, dead tokens, failures, frames, the browser's memory.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { open, ready, setStage, signIn, state } from "./stage.js";

describe("a page's life in Chromium", { concurrency: 4 }, () => {
  let stage;
  before(async () => (stage = await setStage()));
  after(() => stage.close());

  it("signs a second tab out with the first, and tells it of a sign-in", async () => {
    const { url } = await stage.app();
    stage.pages["/"] = { body: "<title>Home</title>" };
    const context = await stage.browser.newContext();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await open(two, url);
    await open(one, url);
    await signIn(one);
    await two.waitForFunction(() => events.some(({ type, signedIn }) => type === "otherTab" && signedIn));
    await two.click("#in");
    await two.click("button:text-is('Continue')");
    await ready(two);
    await two.waitForFunction(() => sf.state.status === "signedIn");
    await one.click("#out");
    await one.waitForURL(`${stage.site.origin}/`);
    await two.waitForFunction(() => sf.state.status === "signedOut");
    assert.deepEqual(await two.evaluate(() => sf.state), { status: "signedOut", reason: "by_user", data: "intact" });
    assert.equal(await two.evaluate(() => JSON.stringify(events).includes("eyJ")), false, "no token is told");
  });

  it("shows a token that expired in mid-use, and goes nowhere by itself", async () => {
    const { url, world } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    await page.evaluate(() => sf.set("theme", "dark"));
    await world.control("/clock/advance", { seconds: 8 * 24 * 3600 });
    const error = await page.evaluate(() => sf.get("theme").catch(({ code, data, reason }) => ({ code, data, reason })));
    assert.deepEqual(error, { code: "signed_out", data: "intact", reason: "expired" });
    assert.equal(await state(page), "signedOut");
    assert.equal(page.url(), url);
  });

  it("goes to hosted login by itself where it was asked to, and comes back with the data", async () => {
    const { url, world } = await stage.app({ options: { onSignedOut: "redirect" } });
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    await page.evaluate(() => sf.set("theme", "dark"));
    await world.control("/clock/advance", { seconds: 8 * 24 * 3600 });
    await page.evaluate(() => void sf.get("theme").catch(() => {}));
    await page.waitForURL((at) => at.origin === world.baseUrl);
    await page.click("button:text-is('Continue')");
    await page.waitForURL(/\/app\/\d+/);
    await ready(page);
    assert.equal(await page.textContent("#theme"), "dark");
  });

  it("forgets what was read when the user signs out", async () => {
    const { url } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    await page.evaluate(() => sf.set("theme", "dark"));
    await page.evaluate(() => {
      globalThis.seen = [];
      sf.watch("theme", (theme) => seen.push(theme ?? "none"));
    });
    await page.waitForFunction(() => seen.length === 1);
    await page.evaluate(() => sf.signOut({ redirect: false }));
    await page.waitForFunction(() => seen.length === 2);
    assert.deepEqual(await page.evaluate(() => seen), ["dark", "none"]);
    assert.equal(await state(page), "signedOut");
  });

  it("stays signed in when the platform fails right after the callback", async () => {
    const { url, world } = await stage.app();
    const page = await stage.browser.newPage();
    await open(page, url);
    const effect = { kind: "status", status: 503 };
    await world.control("/faults", { operation: "sessions.identity", times: 9, effect });
    await signIn(page);
    assert.equal(await state(page), "signedIn");
    await world.control("/faults", undefined, "DELETE");
    assert.equal(await page.evaluate(() => sf.get("theme")), undefined);
  });

  it("never navigates the page that it lies in: a click opens a tab, which signs in by itself", async () => {
    const { url, world } = await stage.app();
    stage.pages["/frame"] = { body: `<title>Preview</title><iframe src="${url}" width="600" height="400"></iframe>` };
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    // Another host, so that the frame is a foreign one.
    await page.goto(`${stage.site.origin.replace("127.0.0.1", "localhost")}/frame`);
    const frame = page.frames()[1];
    await frame.waitForSelector("body[data-ready]", { state: "attached" });
    const [tab] = await Promise.all([context.waitForEvent("page"), frame.click("#in")]);
    await tab.waitForURL((at) => at.origin === world.baseUrl);
    assert.match(page.url(), /\/frame$/);
    assert.equal(await frame.evaluate(() => globalThis.error), undefined);
  });

  it("says what to do where a frame may open no tab", async () => {
    const { url } = await stage.app();
    const sandbox = "allow-scripts allow-same-origin";
    stage.pages["/closed"] = { body: `<iframe src="${url}" sandbox="${sandbox}"></iframe>` };
    const page = await stage.browser.newPage();
    await page.goto(`${stage.site.origin.replace("127.0.0.1", "localhost")}/closed`);
    const frame = page.frames()[1];
    await frame.waitForSelector("body[data-ready]", { state: "attached" });
    await frame.click("#in");
    await frame.waitForFunction(() => globalThis.error);
    const error = await frame.evaluate(() => ({ reason: error.reason, message: error.message }));
    assert.equal(error.reason, "popup_blocked");
    assert.match(error.message, /open the app in a tab of its own/);
  });
});
