// An app of before, in Chromium.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { openBrowser } from "../kit/browser.js";
import { ADA, PASSWORD, startMock } from "../kit/mock.js";
import { serve } from "../kit/server.js";

const html = await readFile(join(import.meta.dirname, "app.html"), "utf8");

describe("compat in Chromium", { concurrency: 4 }, () => {
  const pages = { "/": { body: "<title>Home</title>" } };
  let platform;
  let browser;
  let site;
  let apps = 0;

  before(async () => ([platform, browser, site] = await Promise.all([startMock(), openBrowser(), serve(pages)])));
  after(async () => {
    await browser.close();
    site.close();
    platform.close();
  });

  /** An app on a platform of its own, in a tab of a browser of its own. */
  async function open({ origin, query = "" } = {}) {
    const path = `/old/${++apps}`;
    const url = site.origin + path;
    const world = await platform.world({ redirectUris: [url] });
    pages[path] = { body: html.replace("ORIGIN", origin ?? world.baseUrl) };
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url + query);
    await ready(page);
    return { page, url, world, context };
  }

  const ready = (page) => page.waitForSelector("body[data-ready]", { state: "attached" });
  const state = (page) => page.textContent("#state");

  async function signIn(page, begin = () => page.click("#in")) {
    await begin();
    await page.fill("input[name=email]", ADA);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button:text-is('Sign in')");
    await page.waitForURL(/\/old\/\d+/);
    await ready(page);
  }

  it("signs in, stays signed in over a reload, and in this tab alone", async () => {
    const { page, url, context } = await open();
    assert.equal(await state(page), "signed out");
    await signIn(page);
    assert.equal(page.url(), url, "nothing is left of the callback");
    const [first, second] = await page.evaluate(() => came);
    assert.deepEqual(first, second);
    assert.deepEqual(await page.evaluate(() => sf.fetchSession(sf.getToken())), {});
    await page.reload();
    await ready(page);
    assert.equal(await state(page), "signed in");
    assert.equal(await page.evaluate(() => came[0].value === sf.getToken()), true);
    const kept = await page.evaluate(() => [Object.keys(sessionStorage).sort(), Object.keys(localStorage), document.cookie]);
    assert.deepEqual(kept, [["sf.issuer.v2.acme.acme-notes", "sf.token.v2.acme.acme-notes"], [], ""]);
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    assert.equal(await state(other), "signed out");
  });

  it("really signs out: the token, the platform's own login, and what the back button shows", async () => {
    const { page, world } = await open();
    await signIn(page);
    const token = await page.evaluate(() => sf.getToken());
    await page.click("#out");
    await page.waitForURL(`${site.origin}/`);
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${world.baseUrl}/api/v1/sessions`, { headers })).status, 410);
    await page.goBack();
    await ready(page);
    await page.waitForFunction(() => document.querySelector("#state").textContent === "signed out");
    await page.click("#in");
    await page.waitForURL((at) => at.origin === world.baseUrl);
    assert.equal(await page.locator("button:text-is('Continue')").count(), 0);
  });

  it("refuses a forged callback and scrubs it, but for what is not its own", async () => {
    const { page, url } = await open({ query: "?sessionToken=evil&state=sfc.0&tab=2#part" });
    assert.equal(page.url(), `${url}?tab=2#part`);
    const reasons = await page.evaluate(() => came.map(({ reason }) => reason.reason));
    assert.deepEqual(reasons, ["state_unknown", "state_unknown"]);
    assert.equal(await state(page), "signed out");
  });

  it("signs in after a double click as after one", async () => {
    const { page } = await open();
    await signIn(page, () => page.dblclick("#in"));
    assert.equal(await state(page), "signed in");
  });

  it("does not take a slow login page for a blocked one", async () => {
    pages["/app/sessions/login"] = { body: "<title>At last</title>", delay: 4000 };
    const { page } = await open({ origin: site.origin });
    const left = page.waitForURL(/sessions\/login/, { timeout: 15_000 });
    await page.click("#in");
    await page.waitForTimeout(3000);
    assert.equal(await page.evaluate(() => globalThis.error?.name), undefined);
    await left;
    assert.equal(await page.title(), "At last");
  });

  it("tells of a navigation that was blocked, and keeps the token", async () => {
    const { page, url } = await open();
    await signIn(page);
    await page.evaluate(() => navigation.addEventListener("navigate", (event) => event.preventDefault(), { once: true }));
    await page.click("#out");
    await page.waitForFunction(() => globalThis.error);
    assert.equal(await page.evaluate(() => error.name), "HostedLoginNavigationError");
    assert.equal(page.url(), url);
    await page.reload();
    await ready(page);
    assert.equal(await state(page), "signed in");
  });

  it("is signed out by a dead token only", async () => {
    const { page, world } = await open();
    await signIn(page);
    await world.control("/faults", { operation: "sessions.identity", effect: { kind: "status", status: 503 } });
    await page.reload();
    await ready(page);
    assert.equal(await state(page), "signed in");
    await world.control("/sessions/revoke", { user: ADA });
    await page.reload();
    await ready(page);
    assert.equal(await state(page), "signed out");
  });
});
