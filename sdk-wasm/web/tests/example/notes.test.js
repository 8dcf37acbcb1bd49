// The example, as its users see it.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";

import { openBrowser } from "../kit/browser.js";
import { ADA, BOB, PASSWORD, startMock } from "../kit/mock.js";
import { serve } from "../kit/server.js";
import { buildExample, checkTypes, cleanUp } from "./build.js";
import { contrasts } from "./contrast.js";

describe("examples/web-notes in Chromium", () => {
  const pages = {};
  let mock, browser, site, world, clean, context, page, errors;

  before(async () => {
    [mock, browser, site] = await Promise.all([startMock(), openBrowser(), serve(pages)]);
    world = await mock.world({ redirectUris: [`${site.origin}/callback`] });
    Object.assign(pages, await buildExample(world.baseUrl));
    pages["/callback"] = pages["/"];
    clean = (await world.control("/worlds/self/snapshot")).snapshot;
  });
  after(async () => {
    await browser?.close();
    site?.close();
    mock?.close();
    cleanUp();
  });
  afterEach(() => context.close());
  beforeEach(async () => {
    await world.control("/worlds/self/restore", { snapshot: clean });
    context = await browser.newContext({ colorScheme: "light" });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
  });

  const button = (name) => page.getByRole("button", { name, exact: true });
  const notes = () => page.getByRole("listitem");
  const opened = () => page.getByRole("textbox", { name: "New note" }).waitFor();

  async function signIn(email = ADA) {
    await page.goto(site.origin);
    await button("Sign in").click();
    await page.fill("input[name=email]", email);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button:text-is('Sign in')");
    await opened();
  }

  /** Signs in where the browser is known to the platform. */
  async function comeBack() {
    await page.click("button:text-is('Continue')");
    await opened();
  }

  async function write(text) {
    await page.getByRole("textbox", { name: "New note" }).fill(text);
    await button("Save note").click();
    await notes().filter({ hasText: text }).waitFor();
    await page.waitForFunction(() => document.querySelector("textarea").value === "");
  }

  /** Waits for what the page does not show. */
  async function until(holds) {
    for (let round = 0; !(await holds()); round += 1) {
      assert.ok(round < 100, `in time: ${holds}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the platform has of a user. */
  async function stored(user = ADA) {
    const { sessionToken } = await world.control("/sign-in", { user, application: "acme-notes" });
    const answer = await fetch(`${world.baseUrl}/api/v1/sessions`, { headers: { authorization: `Bearer ${sessionToken}` } });
    return answer.json();
  }

  it("is well typed against the package", () => assert.equal(checkTypes(), ""));

  it("keeps notes under note:<id>, shows who is signed in, and has the notes again after a reload", async () => {
    await signIn();
    await page.getByText("Nothing here yet.").waitFor();
    await page.getByTestId("identity").getByText(ADA).waitFor();
    assert.equal(page.url(), `${site.origin}/`, "no token is left in the address");
    await write("Tea with Charles");
    await write("Punched cards");
    assert.deepEqual(await notes().locator(".text").allTextContents(), ["Punched cards", "Tea with Charles"]);

    const payload = await stored();
    assert.deepEqual(Object.keys(payload).every((key) => /^note:.+/.test(key)), true);
    const values = Object.values(payload);
    assert.deepEqual(values.map(({ text }) => text).sort(), ["Punched cards", "Tea with Charles"]);
    for (const { createdAt } of values) assert.equal(new Date(createdAt).toISOString(), createdAt);

    await page.reload();
    await button("Sign in").click();
    await comeBack();
    await notes().nth(1).waitFor();
    assert.deepEqual(errors, []);
  });

  it("changes a note, removes it, and takes the removal back", async () => {
    await signIn();
    await write("Draft of a letter");
    await button("Edit: Draft of a letter").click();
    await page.getByRole("textbox", { name: "Edit the note" }).fill("A letter");
    await button("Save").click();
    await notes().filter({ hasText: "A letter" }).waitFor();
    await button("Remove: A letter").click();
    await page.getByText("The note was removed.").waitFor();
    assert.equal(await notes().count(), 0);
    await button("Undo").click();
    await notes().filter({ hasText: "A letter" }).waitFor();
    await page.waitForFunction(() => !document.body.textContent.includes("The note was removed."));
    await until(async () => Object.values(await stored()).map(({ text }) => text).join() === "A letter");
  });

  it("tells of an expired token, loses neither notes nor what was being written, and goes on", async () => {
    await signIn();
    await write("Kept");
    await page.getByRole("textbox", { name: "New note" }).fill("Half a thou");
    await world.control("/clock/advance", { seconds: 604_800 });
    await button("Save note").click();
    await page.getByText("Your notes are safe").waitFor();
    assert.equal(await page.getByText("Kept").count(), 0, "nothing private is left on the page");
    await button("Sign in again").click();
    await page.waitForLoadState();
    if (await page.locator("input[name=password]").count()) {
      await page.fill("input[name=email]", ADA);
      await page.fill("input[name=password]", PASSWORD);
      await page.click("button:text-is('Sign in')");
      await opened();
    } else await comeBack();
    await notes().filter({ hasText: "Kept" }).waitFor();
    await page.waitForFunction(() => document.querySelector("textarea").value === "Half a thou");
    assert.deepEqual(errors, []);
  });

  it("has a button that ends the token's life", async () => {
    await signIn();
    await write("Kept");
    await button("Expire my token").click();
    await page.getByText("Your notes are safe").waitFor();
    assert.equal(await page.getByText("Kept").count(), 0);
    assert.deepEqual(errors, []);
  });

  it("has a theme of the user's own, on the next device too", async () => {
    await signIn();
    await button("Use the dark theme").click();
    await page.waitForSelector("html[data-theme=dark]", { state: "attached" });
    await button("Use the light theme").waitFor();
    await until(async () => (await stored()).theme === "dark");

    page = await (await browser.newContext({ colorScheme: "light" })).newPage();
    await signIn();
    await page.waitForSelector("html[data-theme=dark]", { state: "attached" });
    await page.context().close();
  });

  it("says that a note could not be saved, and keeps its text", async () => {
    await signIn();
    const text = "x".repeat(17_000);
    await page.getByRole("textbox", { name: "New note" }).fill(text);
    await button("Save note").click();
    await page.getByText("The notebook is full.").waitFor();
    assert.equal(await page.getByRole("textbox", { name: "New note" }).inputValue(), text);
    assert.equal(await notes().count(), 0, "what was shown in advance is taken back");
    assert.deepEqual(errors, []);
  });

  it("says that notes could not be read, and reads them when asked again", async () => {
    await page.route("**/api/v1/sessions", (route) =>
      route.request().method() === "GET" ? route.fulfill({ status: 400, body: "{}", headers: { "access-control-allow-origin": "*" } }) : route.continue(),
    );
    await signIn();
    await button("Try again").waitFor();
    await page.unroute("**/api/v1/sessions");
    await button("Try again").click();
    await page.getByText("Nothing here yet.").waitFor();
  });

  it("signs out for good, and the next user sees nothing of the one before", async () => {
    await signIn();
    await write("Ada's alone");
    await page.getByRole("textbox", { name: "New note" }).fill("Nobody's business");
    await button("Sign out").click();
    await button("Sign in").waitFor();
    await button("Sign in").click();
    await page.fill("input[name=email]", BOB);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button:text-is('Sign in')");
    await page.getByText("Nothing here yet.").waitFor();
    await page.getByTestId("identity").getByText(BOB).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "New note" }).inputValue(), "");
    assert.equal(await page.getByText("Ada's alone").count(), 0);
  });

  it("is used with the keyboard alone", async () => {
    await signIn();
    await page.getByTestId("identity").getByText(ADA).waitFor();
    await page.getByRole("textbox", { name: "New note" }).focus();
    await page.keyboard.type("From the keyboard");
    await page.keyboard.press("Control+Enter");
    await notes().filter({ hasText: "From the keyboard" }).waitFor();
    await button("Edit: From the keyboard").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement.textContent === "Edit");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("The note was removed.").waitFor();
  });

  for (const theme of ["light", "dark"]) {
    it(`can be read: every text has the contrast of WCAG AA, ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(site.origin);
      await button("Sign in").waitFor();
      const low = await page.evaluate(contrasts);
      await signIn();
      await write("Ink on paper");
      await button("Edit: Ink on paper").click();
      low.push(...(await page.evaluate(contrasts)));
      await button("Cancel").click();
      await button("Remove: Ink on paper").click();
      await page.getByText("The note was removed.").waitFor();
      low.push(...(await page.evaluate(contrasts)));
      assert.deepEqual(low, []);
    });
  }

  it("fits a phone", async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await signIn();
    await write("A note with a very-long-word-".repeat(12));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs over the edge");
  });
});
