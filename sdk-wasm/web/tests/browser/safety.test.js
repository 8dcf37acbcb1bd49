// Where the token is not, and what a page may forbid.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { open, setStage, signIn, state } from "./stage.js";

/** Hands out everything that a page writes anywhere that outlives it, or shows to others. */
function spy() {
  const note = (...values) => {
    for (const value of values) void noted(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  };
  const watch = (object, name) => {
    const original = object[name];
    object[name] = function (...values) {
      note(...values);
      return original.apply(this, values);
    };
  };
  watch(Storage.prototype, "setItem");
  watch(BroadcastChannel.prototype, "postMessage");
  watch(Window.prototype, "postMessage");
  watch(IDBFactory.prototype, "open");
  watch(IDBObjectStore.prototype, "put");
  watch(IDBObjectStore.prototype, "add");
  watch(Cache.prototype, "put");
  for (const name of ["log", "info", "warn", "error", "debug"]) watch(console, name);
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", { ...cookie, set: (value) => (note(value), cookie.set.call(document, value)) });
  watch(History.prototype, "pushState");
  watch(History.prototype, "replaceState");
}

describe("safety in Chromium", { concurrency: 4 }, () => {
  let stage;
  before(async () => (stage = await setStage()));
  after(() => stage.close());

  it("writes no token anywhere", async () => {
    const { url, world } = await stage.app();
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    const texts = [];
    await context.exposeFunction("noted", (text) => void texts.push(text));
    await context.addInitScript(spy);
    const tokens = new Set();
    page.on("request", (request) => {
      const bearer = request.headers().authorization?.replace("Bearer ", "");
      if (bearer) tokens.add(bearer);
    });
    await open(page, url);
    await signIn(page);
    await page.evaluate(() => sf.set("theme", "dark"));
    await page.evaluate(() => sf.identity());
    await world.control("/clock/advance", { seconds: 8 * 24 * 3600 });
    await page.evaluate(() => sf.get("theme").catch(() => {}));
    assert.equal(tokens.size, 1, "there is a token to look for");
    const kept = await page.evaluate(() => [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      document.cookie,
      location.href,
      JSON.stringify(history.state),
      document.documentElement.outerHTML,
      Object.keys(globalThis).join(),
    ]);
    assert.ok(texts.some((text) => text.startsWith("sf.login.")), "the spy sees what is written");
    texts.push(...kept);
    for (const token of tokens) for (const text of texts) assert.ok(!text.includes(token), text);
    for (const text of texts) assert.ok(!/eyJ[\w-]+\./.test(text), text);
  });

  it("works under a strict policy that allows WebAssembly", async () => {
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; connect-src *";
    const { url } = await stage.app({ headers: { "content-security-policy": policy } });
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    assert.equal(await state(page), "signedIn");
  });

  it("names the directive where the policy does not allow it", async () => {
    const policy = "script-src 'self' 'unsafe-inline'";
    stage.pages["/csp"] = {
      headers: { "content-security-policy": policy },
      body: `<script type="module">
        import { createClient } from "/package/dist/esm/index.js";
        try { createClient({ workspace: "a", appId: "b", redirectUri: "https://c.example/" }); }
        catch (error) { globalThis.error = error; }
      </script>`,
    };
    const page = await stage.browser.newPage();
    await page.goto(`${stage.site.origin}/csp`);
    await page.waitForFunction(() => globalThis.error);
    const error = await page.evaluate(() => ({ code: error.code, name: error.name, message: error.message }));
    assert.equal(error.code, "invalid");
    assert.match(error.message, /'wasm-unsafe-eval'/);
  });

  it("tells of blocked storage before it leaves the page", async () => {
    const { url } = await stage.app();
    const context = await stage.browser.newContext();
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, "sessionStorage", {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    });
    const page = await context.newPage();
    await open(page, url);
    await page.click("#in");
    await page.waitForFunction(() => globalThis.error);
    const error = await page.evaluate(() => ({ code: error.code, message: error.message, restart: typeof error.restart }));
    assert.equal(error.code, "invalid");
    assert.match(error.message, /storage/);
    assert.equal(error.restart, "function");
    assert.equal(page.url(), url);
  });

  it("loads its core as a file of its own in the slim form", async () => {
    const { url, world } = await stage.app();
    stage.pages["/slim"] = {
      body: `<script type="module">
        import { createClient, load } from "/package/dist/esm/slim.js";
        const options = { origin: "${world.baseUrl}", workspace: "acme", appId: "acme-notes", redirectUri: "${url}" };
        try { createClient(options); } catch (error) { globalThis.early = error.message; }
        await load("/package/dist/core.wasm");
        globalThis.sf = createClient(options);
      </script>`,
    };
    const page = await stage.browser.newPage();
    await page.goto(`${stage.site.origin}/slim`);
    await page.waitForFunction(() => globalThis.sf);
    assert.match(await page.evaluate(() => early), /load/);
    await page.evaluate(() => void sf.signIn());
    await page.waitForURL((at) => at.origin === world.baseUrl);
  });

  it("comes back from the browser's memory with its state looked at anew", async () => {
    const { url, world } = await stage.app();
    stage.pages["/elsewhere"] = { body: "<title>Elsewhere</title>" };
    const page = await stage.browser.newPage();
    await open(page, url);
    await signIn(page);
    await page.evaluate(() => (globalThis.sameHeap = true));
    await page.goto(`${stage.site.origin}/elsewhere`);
    await world.control("/sessions/revoke", { user: "ada@example.com" });
    await page.goBack();
    await page.waitForFunction(() => sf.state.status === "signedOut");
    const [kept, at] = await page.evaluate(() => [globalThis.sameHeap === true, sf.state]);
    if (kept) assert.deepEqual(at, { status: "signedOut", reason: "session_ended", data: "unknown" });
  });
});
